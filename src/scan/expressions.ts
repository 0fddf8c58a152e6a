import type { NativeSource } from './native.ts';
import { foldedUnits, type Unit } from './units.ts';

/** A pattern as a regular expression over bytes, and what is needed to find out where its matches begin. */
export function patternSource(pattern: Uint8Array, ignoreCase: boolean): NativeSource {
  return ignoreCase ? foldedSource(pattern) : exactSource(pattern);
}

// Not by Vectorscan's interface for literals: to it, one that begins with a zero byte is empty (5.4.9).
function exactSource(pattern: Uint8Array): NativeSource {
  const { length } = pattern;
  return { expression: bytesExpression(pattern), minLength: length, maxLength: length, units: new Uint8Array() };
}

/** For an expression that is caseless in ASCII; what else a character may stand for are alternatives. */
function foldedSource(pattern: Uint8Array): NativeSource {
  const units = foldedUnits(pattern);
  const lengths = units.map(({ alternatives }) => alternatives.map((bytes) => bytes.length));
  return {
    expression: Buffer.concat(units.map(unitExpression)),
    minLength: lengths.reduce((sum, unit) => sum + Math.min(...unit), 0),
    maxLength: lengths.reduce((sum, unit) => sum + Math.max(...unit), 0),
    units: Uint8Array.from(units, ({ isCharacter }) => (isCharacter ? 1 : 0)),
  };
}

function unitExpression({ alternatives }: Unit): Buffer {
  const [first, ...others] = alternatives.filter((bytes) => !isUpperCase(bytes)).map(bytesExpression);
  if (!first) throw new RangeError('a unit has at least one alternative');
  if (others.length === 0) return first;
  return Buffer.concat([
    Buffer.from('(?:'),
    first,
    ...others.flatMap((other) => [Buffer.from('|'), other]),
    Buffer.from(')'),
  ]);
}

/** An ASCII capital: its small letter is an alternative as well, and the expression is caseless. */
function isUpperCase(bytes: Uint8Array): boolean {
  const [first = 0] = bytes;
  return bytes.length === 1 && first >= 0x41 && first <= 0x5a;
}

/** Letters, digits and bytes outside of ASCII stand for themselves, and all others may mean something. */
function bytesExpression(bytes: Uint8Array): Buffer {
  const isPlain = (byte: number) => byte >= 0x80 || /[0-9A-Za-z ]/.test(String.fromCharCode(byte));
  const escaped = (byte: number) => Buffer.from(`\\x${byte.toString(16).padStart(2, '0')}`);
  return Buffer.concat(Array.from(bytes, (byte) => (isPlain(byte) ? Buffer.of(byte) : escaped(byte))));
}
