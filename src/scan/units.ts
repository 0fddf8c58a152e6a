import { foldClass } from './unicode/tables.ts';

/**
 * What a pattern is a sequence of: the bytes that may stand at a place of it. None of them begins or ends another, and each is one
 * byte or a character.
 */
export type Unit = readonly Uint8Array[];

/** A pattern with its case not ignored: every byte stands for itself. */
export function exactUnits(pattern: Uint8Array): Unit[] {
  return Array.from(pattern, (_byte, at) => [pattern.subarray(at, at + 1)]);
}

/** As native/scan/addon.cc reads them. */
export function encodeUnits(units: readonly Unit[]): Uint8Array {
  return Uint8Array.from(units.flatMap((unit) => [unit.length, ...unit.flatMap((bytes) => [bytes.length, ...bytes])]));
}

/**
 * A pattern with its case ignored: for a character, any with the same simple case folding may stand; a byte that is not part of a
 * well-formed character stands for itself.
 */
export function foldedUnits(pattern: Uint8Array): Unit[] {
  const bytes = Buffer.from(pattern);
  const units: Unit[] = [];
  for (let at = 0; at < bytes.length;) {
    const codePoint = characterAt(bytes, at);
    if (codePoint === undefined) {
      units.push([bytes.subarray(at, at + 1)]);
      at += 1;
    } else {
      units.push(foldClass(codePoint).map((member) => Buffer.from(String.fromCodePoint(member))));
      at += Buffer.byteLength(String.fromCodePoint(codePoint));
    }
  }
  return units;
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
