// What mpicount counts, said as plainly as possible: the real scanner must agree with this, and shares no code with it but
// the table of case folding, which unicode.test.ts compares with JavaScript's own.
import { foldClass } from '../support/fold-class.ts';

export interface ReferenceOptions {
  readonly ignoreCase: boolean;
  readonly word: boolean;
  readonly overlapping: boolean;
}

interface Occurrence {
  readonly start: number;
  readonly end: number;
}

/** The well-formed UTF-8 character that starts at `at` (Unicode 17, table 3-7), if one does. */
function characterAt(bytes: Uint8Array, at: number): { codePoint: number; length: number } | undefined {
  const lead = bytes[at];
  if (lead === undefined) return undefined;
  if (lead < 0x80) return { codePoint: lead, length: 1 };
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  let codePoint = lead - [0, 0, 0xc0, 0xe0, 0xf0][length]!;
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i];
    if (byte === undefined || byte < 0x80 || byte > 0xbf) return undefined;
    codePoint = codePoint * 64 + (byte - 0x80);
  }
  const smallest = [0, 0, 0x80, 0x800, 0x10000][length]!;
  const surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  return codePoint < smallest || codePoint > 0x10ffff || surrogate ? undefined : { codePoint, length };
}

/** Whether the byte at `at` belongs to a well-formed character that is a word character. */
function isInWordCharacter(bytes: Uint8Array, at: number): boolean {
  for (let start = Math.max(0, at - 3); start <= at && at < bytes.length; start++) {
    const character = characterAt(bytes, start);
    if (character !== undefined && start + character.length > at) {
      return /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u.test(String.fromCodePoint(character.codePoint));
    }
  }
  return false;
}

/** What a pattern stands for: one after the other, any of these byte strings. */
function unitsOf(pattern: Uint8Array, ignoreCase: boolean): Uint8Array[][] {
  const units: Uint8Array[][] = [];
  for (let at = 0; at < pattern.length;) {
    const character = ignoreCase ? characterAt(pattern, at) : undefined;
    if (character === undefined) {
      units.push([pattern.slice(at, at + 1)]);
      at++;
    } else {
      units.push(foldClass(character.codePoint).map((member) => Buffer.from(String.fromCodePoint(member), 'utf8')));
      at += character.length;
    }
  }
  return units;
}

function endOfOccurrenceAt(text: Uint8Array, start: number, units: readonly Uint8Array[][]): number | undefined {
  let at = start;
  for (const alternatives of units) {
    const found = alternatives.find((bytes) => bytes.every((byte, i) => text[at + i] === byte));
    if (found === undefined) return undefined;
    at += found.length;
  }
  return at;
}

/** Every place where the pattern stands, overlapping ones too, that passes the word rule. */
function occurrencesOf(text: Uint8Array, pattern: Uint8Array, options: ReferenceOptions): Occurrence[] {
  const units = unitsOf(pattern, options.ignoreCase);
  const occurrences: Occurrence[] = [];
  for (let start = 0; start < text.length; start++) {
    const end = endOfOccurrenceAt(text, start, units);
    if (end === undefined) continue;
    if (options.word && (isInWordCharacter(text, start - 1) || isInWordCharacter(text, end))) continue;
    occurrences.push({ start, end });
  }
  return occurrences;
}

/** Those that are counted when they may not overlap: left to right, each at or after the end of the one before. */
function greedy(occurrences: readonly Occurrence[]): Occurrence[] {
  const taken: Occurrence[] = [];
  for (const occurrence of occurrences) {
    if (occurrence.start >= (taken.at(-1)?.end ?? 0)) taken.push(occurrence);
  }
  return taken;
}

/** Groups of occurrences that overlap: a run ends where the next starts at or after the end of all before it. */
function runsOf(occurrences: readonly Occurrence[]): Occurrence[][] {
  const runs: Occurrence[][] = [];
  let end = 0;
  for (const occurrence of occurrences) {
    const run = runs.at(-1);
    if (run === undefined || occurrence.start >= end) runs.push([occurrence]);
    else run.push(occurrence);
    end = Math.max(end, occurrence.end);
  }
  return runs;
}

/** The totals: what one process that reads everything from start to end counts. */
export function referenceCounts(
  text: Uint8Array,
  patterns: readonly Uint8Array[],
  options: ReferenceOptions,
): bigint[] {
  return patterns.map((pattern) => {
    const occurrences = occurrencesOf(text, pattern, options);
    return BigInt(options.overlapping ? occurrences.length : greedy(occurrences).length);
  });
}

/**
 * The share of the block [start, end), by the seam rule: what belongs to a block is what starts in it, a whole run at a
 * time, and where occurrences may overlap every one by itself. The result is a function of the block, as finding the
 * occurrences of a text once is enough for all its blocks.
 */
export function referenceBlocks(
  text: Uint8Array,
  patterns: readonly Uint8Array[],
  options: ReferenceOptions,
): (start: number, end: number) => bigint[] {
  const shares = patterns.map((pattern) => {
    const occurrences = occurrencesOf(text, pattern, options);
    if (options.overlapping) return occurrences.map(({ start }) => ({ start, count: 1 }));
    return runsOf(occurrences).map((run) => ({ start: run[0]!.start, count: greedy(run).length }));
  });
  return (start, end) =>
    shares.map((runs) => {
      const own = runs.filter((run) => run.start >= start && run.start < end);
      return BigInt(own.reduce((sum, run) => sum + run.count, 0));
    });
}

/** The share of one block: see referenceBlocks. */
export function referenceBlockCounts(
  text: Uint8Array,
  patterns: readonly Uint8Array[],
  options: ReferenceOptions,
  start: number,
  end: number,
): bigint[] {
  return referenceBlocks(text, patterns, options)(start, end);
}

/** The lines of a text: what is between newlines, and a last line without one, as `grep -c ''` counts them. */
function linesOf(text: Uint8Array): Occurrence[] {
  const lines: Occurrence[] = [];
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf(0x0a, start);
    const end = newline < 0 ? text.length : newline + 1;
    lines.push({ start, end });
    start = end;
  }
  return lines;
}

/**
 * The lines that contain each pattern, then the number of all lines: of those that begin in the block [start, end). The result is a function
 * of the block.
 */
export function referenceLines(
  text: Uint8Array,
  patterns: readonly Uint8Array[],
  options: ReferenceOptions,
): (start: number, end: number) => bigint[] {
  const lines = linesOf(text);
  const found = patterns.map((pattern) => {
    const occurrences = occurrencesOf(text, pattern, options);
    return lines.filter((line) => occurrences.some(({ start }) => start >= line.start && start < line.end));
  });
  return (start, end) =>
    [...found, lines].map((some) => BigInt(some.filter((line) => line.start >= start && line.start < end).length));
}
