import type { NativeSource } from './native.ts';
import { foldedUnits, type Unit } from './units.ts';

/** A pattern whose bytes are to be found as they are. */
export function literalSource(pattern: Uint8Array): NativeSource {
  const { length } = pattern;
  return { expression: pattern, minLength: length, maxLength: length, units: new Uint8Array() };
}

/** A pattern whose case is ignored, as a regular expression over bytes that is caseless in ASCII. */
export function foldedSource(pattern: Uint8Array): NativeSource {
  const units = foldedUnits(pattern);
  const lengths = units.map(({ alternatives }) => alternatives.map((bytes) => bytes.length));
  return {
    expression: Buffer.from(units.map(unitExpression).join('')),
    minLength: lengths.reduce((sum, unit) => sum + Math.min(...unit), 0),
    maxLength: lengths.reduce((sum, unit) => sum + Math.max(...unit), 0),
    units: Uint8Array.from(units, ({ isCharacter }) => (isCharacter ? 1 : 0)),
  };
}

function unitExpression({ alternatives }: Unit): string {
  const expressions = new Set(alternatives.map((bytes) => Array.from(bytes, byteExpression).join('')));
  return expressions.size === 1 ? [...expressions].join('') : `(?:${[...expressions].join('|')})`;
}

function byteExpression(byte: number): string {
  const character = String.fromCharCode(byte);
  if (/[A-Za-z]/.test(character)) return character.toLowerCase(); // the expression is caseless
  if (/[0-9 ]/.test(character)) return character;
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
