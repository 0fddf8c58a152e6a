import { foldClass } from './unicode/tables.ts';

// A pattern is a sequence of characters, each with its variants: the byte strings that match it (native/match/char_variants.h). For
// each character it is encoded as the number of variants, then the length and the bytes of each of them.

/** Encodes a pattern for a case-sensitive search: every byte matches only itself. */
export function exactPattern(pattern: Uint8Array): Uint8Array {
  return Uint8Array.from(Array.from(pattern).flatMap(byteVariants));
}

/**
 * Encodes a pattern for a caseless search: a character matches all characters with the same simple case folding; a byte that is not
 * part of a well-formed character matches only itself.
 */
export function foldedPattern(pattern: Uint8Array): Uint8Array {
  const bytes = Buffer.from(pattern);
  const variants: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const codePoint = characterAt(bytes, at);
    if (codePoint === undefined) {
      variants.push(...byteVariants(bytes[at] ?? 0));
      at += 1;
    } else {
      variants.push(...characterVariants(codePoint));
      at += Buffer.byteLength(String.fromCodePoint(codePoint));
    }
  }
  return Uint8Array.from(variants);
}

function byteVariants(byte: number): readonly number[] {
  return [1, 1, byte];
}

/** A cache by code point: long lists of patterns repeat the same letters. */
const knownVariants = new Map<number, readonly number[]>();

function characterVariants(codePoint: number): readonly number[] {
  const known = knownVariants.get(codePoint);
  if (known) return known;
  const alternatives = foldClass(codePoint).map((member) => Buffer.from(String.fromCodePoint(member)));
  const variants = [alternatives.length, ...alternatives.flatMap((bytes) => [bytes.length, ...bytes])];
  knownVariants.set(codePoint, variants);
  return variants;
}

// With these options, a byte order mark is an ordinary character and no byte is replaced.
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
