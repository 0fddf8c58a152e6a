// Counts in file ranges with a kernel that counts records, and compares with what a reference says of each range.
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, expect } from 'vitest';

import type { CompiledKernel, KernelResult, LongLines } from '../../src/scan/kernel.ts';
import { temporaryFolder } from '../support/job.ts';
import { referenceCounts, type ReferenceOptions } from '../search/reference.ts';

/** How a text is cut and read. */
export interface Reading {
  /** Where to cut the text into many ranges, as parts of its length. */
  readonly cuts: readonly number[];
  readonly windowSize: number;
  readonly chunk: number;
}

export const readings: fc.Arbitrary<Reading> = fc.record({
  cuts: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 12 }),
  windowSize: fc.constantFrom(1, 2, 7, 16, 64, 1000, 131_072),
  chunk: fc.constantFrom(0, 1, 5, 100, 4096),
});

/**
 * What becomes of long lines: as in jobs, where the lines of tests are not long, or all lines longer than so many bytes are parsed in
 * parts, and their texts are searched so many bytes at a time.
 */
const longLines: fc.Arbitrary<LongLines | undefined> = fc.option(
  fc.record({
    longestHeld: fc.constantFrom(2, 2, 2, 10, 30, 100),
    searched: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(64, 1000)),
  }),
  { nil: undefined, freq: 3 },
);

export const scanOptions = fc.record({
  ignoreCase: fc.boolean(),
  word: fc.boolean(),
  overlapping: fc.boolean(),
  longLines,
});

/** What a range holds: its row, and the lines that are left out; or the fault that was found in it. */
export type Counted =
  | { readonly row: readonly bigint[]; readonly invalid: readonly number[]; readonly invalidLines: number }
  | { readonly fault: string };

/** Returns the row of records with these texts. */
export function rowOf(
  texts: readonly Uint8Array[],
  patterns: readonly Uint8Array[],
  options: ReferenceOptions,
): bigint[] {
  const rows = texts.map((text) => referenceCounts(text, patterns, options));
  const sum = (of: (count: bigint) => bigint) =>
    patterns.map((_, index) => rows.reduce((total, row) => total + of(row[index]!), 0n));
  return [...sum((count) => count), ...sum((count) => (count > 0n ? 1n : 0n)), BigInt(texts.length)];
}

const invalidFinding = 12;

function countedOf({ counts, findings, invalidLines = [] }: KernelResult): Counted {
  const { count = 0 } = findings.find(({ finding }) => finding === invalidFinding) ?? {};
  return { row: [...counts], invalid: invalidLines.map(({ offset }) => offset), invalidLines: count };
}

/** A file whose text changes from case to case. */
export function textFile() {
  const { folder, remove } = temporaryFolder();
  const file = openSync(join(folder, 'text'), 'w+');
  afterAll(() => {
    closeSync(file);
    remove();
  });

  const resultIn = async (kernel: CompiledKernel, size: number, begin: number, end: number, how: Reading) =>
    kernel.countFileRanges([{ fd: file, fileSize: size, begin, end, windowSize: how.windowSize, chunk: how.chunk }]);

  const countIn = async (...[kernel, size, begin, end, how]: Parameters<typeof resultIn>) =>
    resultIn(kernel, size, begin, end, how).then(countedOf, (error: unknown) => ({ fault: (error as Error).message }));

  const write = (text: Buffer) => {
    ftruncateSync(file, 0);
    writeSync(file, text, 0, text.length, 0);
  };

  /** Returns the results of the ranges between the cuts that are not empty. */
  const resultsAt = async (text: Buffer, kernel: CompiledKernel, how: Reading, cuts: readonly number[]) => {
    write(text);
    return Promise.all(
      rangesOf(cuts, text.length).map(async ([begin, end]) => {
        return { begin, end, result: await resultIn(kernel, text.length, begin, end, how) };
      }),
    );
  };

  /** Counts in the ranges between the cuts together, as if they were those of one block. */
  const resultOfAll = (
    text: Buffer,
    kernel: CompiledKernel,
    { windowSize, chunk }: Reading,
    cuts: readonly number[],
  ) => {
    write(text);
    const ranges = rangesOf(cuts, text.length);
    return kernel.countFileRanges(
      ranges.map(([begin, end]) => ({ fd: file, fileSize: text.length, begin, end, windowSize, chunk })),
    );
  };

  /** Counts in each of the ranges between the cuts that is not empty. */
  const countAt = async (text: Buffer, kernel: CompiledKernel, how: Reading, cuts: readonly number[]) => {
    write(text);
    return Promise.all(
      rangesOf(cuts, text.length).map(async ([begin, end]) => {
        return { begin, end, ...(await countIn(kernel, text.length, begin, end, how)) };
      }),
    );
  };

  /**
   * Counts in the whole text, in every cut into two ranges if wanted, and in many ranges.
   * @param share Returns what the range [begin, end) holds.
   * @returns The number of ranges.
   */
  const check = async (
    text: Buffer,
    kernel: CompiledKernel,
    how: Reading,
    everyCut: boolean,
    share: (begin: number, end: number) => Counted,
  ): Promise<number> => {
    let ranges = 0;
    for (const cuts of cutsOf(how, text.length, everyCut)) {
      const found = await countAt(text, kernel, how, cuts);
      expect(found).toEqual(rangesOf(cuts, text.length).map(([begin, end]) => ({ begin, end, ...share(begin, end) })));
      ranges += found.length;
    }
    return ranges;
  };
  return { check, countAt, resultsAt, resultOfAll };
}

function rangesOf(cuts: readonly number[], size: number): (readonly [number, number])[] {
  const edges = [0, ...cuts, size];
  return edges
    .slice(1)
    .map((end, index) => [edges[index]!, end] as const)
    .filter(([begin, end]) => begin < end);
}

/** Returns lists of cuts: none, those into many ranges, and, if wanted, every cut into two. */
export function cutsOf({ cuts }: Reading, size: number, everyCut: boolean): number[][] {
  const many = cuts.map((part) => Math.floor(part * (size + 1))).sort((one, other) => one - other);
  const two = everyCut ? Array.from({ length: Math.max(0, size - 1) }, (_, index) => [index + 1]) : [];
  return [[], many, ...two];
}
