import fc from 'fast-check';
import { expect, test } from 'vitest';

import { FileTable } from '../../../src/corpus/file-table.ts';
import { Layout, makeGrid, sliceOf, type BlockRange, type FileRange } from '../../../src/corpus/grid.ts';
import { layoutOf, assignmentFor } from '../../../src/corpus/assignment.ts';

/** A corpus of some files, many of them empty, in blocks of which some are to be counted, by some ranks. */
const corpora = fc.record({
  sizes: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 200 })), {
    maxLength: 12,
  }),
  blockSize: fc.integer({ min: 1, max: 60 }),
  /** Which files are decoded, so that they belong whole to one block. */
  decoded: fc.array(fc.boolean(), { maxLength: 12 }),
  counted: fc.array(fc.boolean(), { maxLength: 30 }),
  ranks: fc.integer({ min: 1, max: 9 }),
});

function missingOf(blocks: number, counted: readonly boolean[]): BlockRange[] {
  const missing = Array.from({ length: blocks }, (_, block) => block).filter((block) => !counted[block]);
  return missing.map((first) => ({ first, end: first + 1 }));
}

/** What is to be counted of which file, whatever number the file has there. */
function namedRanges(fileRanges: Iterable<FileRange>, files: FileTable): unknown[] {
  return Array.from(fileRanges, ({ file, begin, end }) => ({ path: files.at(file).path.toString(), begin, end }));
}

test('every rank finds the fileRanges of its blocks without knowing of other files', () => {
  fc.assert(
    fc.property(corpora, ({ sizes, blockSize, decoded, counted, ranks }) => {
      const files = FileTable.from(sizes.entries(), ([index, size]) => ({
        path: Buffer.from(`file ${index}`),
        size,
        modified: BigInt(index),
        format: decoded[index] ? ('xz' as const) : undefined,
      }));
      const grid = makeGrid(files.bytes, ranks, blockSize);
      const layout = new Layout(files.parts, grid);
      for (let rank = 0; rank < ranks; rank += 1) {
        const slice = sliceOf(rank, ranks, missingOf(grid.blocks, counted));
        const share = assignmentFor(slice, files, layout);
        const own = layoutOf(share, grid);
        expect(share.slice).toEqual(slice);
        expect(namedRanges(own.fileRanges(slice), share.files)).toEqual(namedRanges(layout.fileRanges(slice), files));

        const blocks = [...own.blocks(slice)];
        const expected = [...layout.blocks(slice)];
        expect(blocks.map(({ index, bytes }) => [index, bytes])).toEqual(
          expected.map(({ index, bytes }) => [index, bytes]),
        );
        expect(blocks.map(({ fileRanges }) => namedRanges(fileRanges, share.files))).toEqual(
          expected.map(({ fileRanges }) => namedRanges(fileRanges, files)),
        );

        const wanted = new Set(Array.from(layout.fileRanges(slice), ({ file }) => file));
        expect([...share.files]).toEqual(Array.from(wanted, (file) => files.at(file)));
      }
    }),
    { numRuns: 500 },
  );
});
