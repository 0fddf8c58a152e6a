import type { NativeSource } from './native.ts';
import { exactUnits, foldedUnits, searchForms, type Unit } from './units.ts';

/**
 * A pattern as regular expressions over bytes, and what is needed to find out where their matches begin.
 * @param isAlone Whether it is the only one.
 */
export function patternSource(pattern: Uint8Array, ignoreCase: boolean, isAlone: boolean): NativeSource {
  const units = ignoreCase ? foldedUnits(pattern) : exactUnits(pattern);
  const source = ignoreCase ? foldedSource(units) : exactSource(pattern);
  return { ...source, forms: isAlone ? searchForms(units) : [] };
}

// Not by Vectorscan's interface for literals: to it, one that begins with a zero byte is empty (5.4.9).
function exactSource(pattern: Uint8Array): Omit<NativeSource, 'forms'> {
  const { length } = pattern;
  return { expressions: [bytesExpression(pattern)], minLength: length, maxLength: length, units: new Uint8Array() };
}

/** For an expression that is caseless in ASCII; what else a character may stand for are alternatives. */
function foldedSource(units: readonly Unit[]): Omit<NativeSource, 'forms'> {
  const lengths = units.map(({ alternatives }) => alternatives.map((bytes) => bytes.length));
  return {
    expressions: foldedExpressions(units),
    minLength: lengths.reduce((sum, unit) => sum + Math.min(...unit), 0),
    maxLength: lengths.reduce((sum, unit) => sum + Math.max(...unit), 0),
    units: Uint8Array.from(units, ({ isCharacter }) => (isCharacter ? 1 : 0)),
  };
}

// Thousands of patterns compile some six times as fast spelled out as with alternatives in them; more variants gain nothing.
const mostVariants = 4;

function foldedExpressions(units: readonly Unit[]): Buffer[] {
  const choices = units.map(({ alternatives }) =>
    alternatives.filter((bytes) => !isUpperCase(bytes)).map(bytesExpression),
  );
  const variants = choices.reduce((product, { length }) => product * length, 1);
  if (variants > mostVariants) return [Buffer.concat(choices.map(anyOf))];
  return choices.reduce<Buffer[]>(
    (heads, tails) => heads.flatMap((head) => tails.map((tail) => Buffer.concat([head, tail]))),
    [Buffer.of()],
  );
}

function anyOf(choices: readonly Buffer[]): Buffer {
  const [first = Buffer.of(), ...others] = choices;
  if (others.length === 0) return first;
  const rest = others.flatMap((other) => [Buffer.from('|'), other]);
  return Buffer.concat([Buffer.from('(?:'), first, ...rest, Buffer.from(')')]);
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
