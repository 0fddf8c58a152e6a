import { foldClass } from './unicode/tables.ts';

/**
 * A pattern with its case ignored is a sequence of units: a character, which any character with the same simple case folding
 * may stand for, or a byte that is not part of a well-formed character and stands for itself.
 */
export interface Unit {
  /** The bytes that may stand here. None of them begins or ends another. */
  readonly alternatives: readonly Buffer[];
  readonly isCharacter: boolean;
}

/** A pattern with its case not ignored: every byte stands for itself. */
export function exactUnits(pattern: Uint8Array): Unit[] {
  const bytes = Buffer.from(pattern);
  return Array.from(bytes, (_byte, at) => ({ alternatives: [bytes.subarray(at, at + 1)], isCharacter: false }));
}

/**
 * The sequences of units that native/scan/literal.h can look for in place of a pattern. Each needs a unit with alternatives of one
 * length: a pattern without may be a single unit, whose alternatives can be counted apart as they never touch, or else there is
 * none.
 */
export function searchForms(units: readonly Unit[]): Buffer[][][] {
  const alternatives = units.map((unit) => [...unit.alternatives]);
  const [only = []] = alternatives;
  if (units.length === 1) {
    const lengths = new Set(only.map(({ length }) => length));
    return [...lengths].map((length) => [only.filter((bytes) => bytes.length === length)]);
  }
  const isFixed = (choices: Buffer[]) => choices.every(({ length }) => length === choices[0]?.length);
  return alternatives.some(isFixed) ? [alternatives] : [];
}

/** Splits the bytes of a pattern into units. */
export function foldedUnits(pattern: Uint8Array): Unit[] {
  const bytes = Buffer.from(pattern);
  const units: Unit[] = [];
  for (let at = 0; at < bytes.length;) {
    const codePoint = characterAt(bytes, at);
    if (codePoint === undefined) {
      units.push({ alternatives: [bytes.subarray(at, at + 1)], isCharacter: false });
      at += 1;
    } else {
      const alternatives = foldClass(codePoint).map((member) => Buffer.from(String.fromCodePoint(member)));
      units.push({ alternatives, isCharacter: true });
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
