import { foldClass } from './unicode/tables.ts';

// A pattern is a sequence of units: what may stand at a place of it (native/match/char_variants.h). Here it is a list of bytes, as
// UnitTable::Decode() reads it there.

/** A pattern with its case not ignored: every byte stands for itself. */
export function exactPattern(pattern: Uint8Array): Uint8Array {
  return Uint8Array.from(Array.from(pattern).flatMap(byteVariants));
}

/**
 * A pattern with its case ignored: for a character, any with the same simple case folding may stand; a byte that is not part of a
 * well-formed character stands for itself.
 */
export function foldedPattern(pattern: Uint8Array): Uint8Array {
  const bytes = Buffer.from(pattern);
  const units: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const codePoint = characterAt(bytes, at);
    if (codePoint === undefined) {
      units.push(...byteVariants(bytes[at] ?? 0));
      at += 1;
    } else {
      units.push(...characterVariants(codePoint));
      at += Buffer.byteLength(String.fromCodePoint(codePoint));
    }
  }
  return Uint8Array.from(units);
}

function byteVariants(byte: number): readonly number[] {
  return [1, 1, byte];
}

/** By code point: long lists of patterns have the same letters again and again. */
const knownVariants = new Map<number, readonly number[]>();

function characterVariants(codePoint: number): readonly number[] {
  const known = knownVariants.get(codePoint);
  if (known) return known;
  const alternatives = foldClass(codePoint).map((member) => Buffer.from(String.fromCodePoint(member)));
  const unit = [alternatives.length, ...alternatives.flatMap((bytes) => [bytes.length, ...bytes])];
  knownVariants.set(codePoint, unit);
  return unit;
}

// Strict, so a byte order mark is a character like any other and nothing is replaced.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function characterAt(bytes: Buffer, at: number): number | undefined {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return lead;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  try {
    const text = decoder.decode(bytes.subarray(at, at + length));
    return text.codePointAt(0);
  } catch {
    return undefined; // not well-formed
  }
}
