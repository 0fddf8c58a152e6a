import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { FileTable } from '../../../src/corpus/file-table.ts';
import type { CorpusFile } from '../../../src/corpus/file-checks.ts';

const files = fc.array(
  fc.record({
    path: fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    size: fc.maxSafeNat(),
    modified: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    inode: fc.option(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), { nil: undefined }),
  }),
  { maxLength: 40 },
);
const one: CorpusFile = { path: Buffer.from('/texts/book'), size: 995, modified: 7n };

describe('a table of files', () => {
  test('contains the files that were added', () => {
    fc.assert(
      fc.property(files, (given) => {
        const table = FileTable.from(given);
        expect([...table]).toEqual(given);
        expect(table.length).toBe(given.length);
        expect(given.map((_, index) => table.at(index))).toEqual(given);
        expect(given.map((_, index) => table.size(index))).toEqual(given.map(({ size }) => size));
        expect(table.bytes).toBe(given.reduce((sum, { size }) => sum + size, 0));
      }),
    );
  });

  test('is created from any iterable', () => {
    const table = FileTable.from(new Set([1, 2]), (size) => ({ ...one, size }));
    expect([...table]).toEqual([
      { ...one, size: 1 },
      { ...one, size: 2 },
    ]);
  });

  test('has a table of any of its files', () => {
    fc.assert(
      fc.property(files, fc.infiniteStream(fc.boolean()), fc.infiniteStream(fc.boolean()), (given, picks, skips) => {
        const skipped = given.map((_, index) => index).filter(() => skips.next().value);
        const table = FileTable.from(given).skipping(skipped);
        const some = given.map((_, index) => index).filter(() => picks.next().value);
        const first = some[0] ?? 0;
        const run = Array.from({ length: given.length - first }, (_, after) => first + after);
        for (const indices of [some, run, run.slice(0, 1)]) {
          expect([...table.pick(indices)]).toEqual(indices.map((index) => table.at(index)));
        }
      }),
    );
  });

  test('has no entries out of bounds', () => {
    const table = FileTable.from([one]);
    for (const index of [-1, 1, 0.5, NaN]) {
      expect(() => table.at(index)).toThrow(new RangeError(`there is no file ${index}`));
      expect(() => table.size(index)).toThrow(RangeError);
    }
  });

  test('equals only a table with the same files', () => {
    expect(FileTable.from([one])).toEqual(FileTable.from([{ ...one }]));
    for (const other of [
      [],
      [one, one],
      [{ ...one, size: 994 }],
      [{ ...one, modified: 8n }],
      [{ ...one, inode: 1n }],
    ]) {
      expect(FileTable.from([one])).not.toEqual(FileTable.from(other));
    }
    expect(FileTable.from([one])).not.toEqual(FileTable.from([{ ...one, path: Buffer.from('/texts/Book') }]));
  });
});
