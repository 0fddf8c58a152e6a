import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { formatNumber } from '../../../src/corpus/file-format.ts';
import {
  dividesFile,
  countBlocksIn,
  defaultBlockSize,
  GridError,
  Layout,
  makeGrid,
  sliceOf,
  type BlockRange,
  type FileRange,
} from '../../../src/corpus/grid.ts';

/** All blocks of a grid, as ranges. */
const whole = (blocks: number): BlockRange[] => (blocks > 0 ? [{ first: 0, end: blocks }] : []);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Files of all sizes, many of them empty; up to 2^45 bytes (35 TB) each. */
const sizes = fc.array(
  fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 5000 }),
    fc.constantFrom(2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1),
    fc.maxSafeInteger().map((size) => Math.abs(size) % 2 ** 45),
  ),
  { maxLength: 12 },
);

/** A corpus, its layout in at most about 60 blocks, and a number of ranks. */
const layouts = fc
  .record({ sizes, blocks: fc.integer({ min: 1, max: 60 }), ranks: fc.integer({ min: 1, max: 9 }) })
  .map(({ sizes, blocks, ranks }) => {
    const bytes = sum(sizes);
    const grid = makeGrid(bytes, ranks, Math.max(1, Math.ceil(bytes / blocks)));
    return { sizes, bytes, ranks, grid, layout: new Layout({ sizes: Float64Array.from(sizes) }, grid) };
  });

/** Pieces that adjoin in the same file, as one. */
function joined(fileRanges: readonly FileRange[]): FileRange[] {
  const result: FileRange[] = [];
  for (const fileRange of fileRanges) {
    const before = result.at(-1);
    if (before?.file === fileRange.file && before.end === fileRange.begin) {
      result[result.length - 1] = { ...before, end: fileRange.end };
    } else {
      result.push(fileRange);
    }
  }
  return result;
}

/** Ranges of blocks, in order, with others between them. */
function rangesBetween(cuts: number[]): BlockRange[] {
  const bounds = [...new Set(cuts)].sort((a, b) => a - b);
  return bounds.flatMap((first, index) => {
    const end = bounds[index + 1];
    return end === undefined || index % 2 === 1 ? [] : [{ first, end }];
  });
}

describe('the blocks', () => {
  test('cover every byte of every file exactly once, in order', () => {
    fc.assert(
      fc.property(layouts, ({ sizes, grid, layout }) => {
        const fileRanges = [...layout.blocks(whole(grid.blocks))].flatMap((block) => [...block.fileRanges]);
        const files = sizes.flatMap((size, file) => (size > 0 ? [{ file, begin: 0, end: size }] : []));
        expect(joined(fileRanges)).toEqual(files);
      }),
      { numRuns: 500 },
    );
  });

  test('have the same size except the last one, and neither they nor their file ranges are empty', () => {
    fc.assert(
      fc.property(layouts, ({ bytes, grid, layout }) => {
        const blocks = [...layout.blocks(whole(grid.blocks))];
        blocks.forEach((block, index) => {
          expect(block.index).toBe(index);
          expect(block.bytes).toBe(
            index + 1 < blocks.length ? grid.blockSize : bytes - grid.blockSize * (blocks.length - 1),
          );
          expect(block.bytes).toBeGreaterThan(0);
          const lengths = Array.from(block.fileRanges, ({ begin, end }) => end - begin);
          expect(sum(lengths)).toBe(block.bytes);
          expect(lengths.filter((length) => length <= 0)).toEqual([]);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('give joined file ranges for any block ranges', () => {
    fc.assert(
      fc.property(layouts, fc.array(fc.nat(), { maxLength: 8 }), ({ grid, layout }, cuts) => {
        const ranges = rangesBetween(cuts.map((cut) => cut % (grid.blocks + 1)));
        const fileRanges = ranges.map((range) =>
          joined([...layout.blocks([range])].flatMap((block) => [...block.fileRanges])),
        );
        expect([...layout.fileRanges(ranges)]).toEqual(fileRanges.flat());
        expect([...layout.blocks(ranges)]).toHaveLength(countBlocksIn(ranges));
      }),
      { numRuns: 500 },
    );
  });

  test('may be smaller than a file, and larger than many', () => {
    const layout = new Layout({ sizes: Float64Array.of(5, 0, 1, 2) }, makeGrid(8, 1, 3));
    const blocks = Array.from(layout.blocks(whole(3)), (block) => ({ ...block, fileRanges: [...block.fileRanges] }));
    expect(blocks).toEqual([
      { index: 0, bytes: 3, fileRanges: [{ file: 0, begin: 0, end: 3 }] },
      {
        index: 1,
        bytes: 3,
        fileRanges: [
          { file: 0, begin: 3, end: 5 },
          { file: 2, begin: 0, end: 1 },
        ],
      },
      { index: 2, bytes: 2, fileRanges: [{ file: 3, begin: 0, end: 2 }] },
    ]);
  });

  test('have correct offsets beyond 32 bits', () => {
    const grid = makeGrid(2 ** 44, 1, 2 ** 32 - 1);
    const layout = new Layout({ sizes: Float64Array.of(2 ** 33, 2 ** 44 - 2 ** 33) }, grid);
    expect(grid.blocks).toBe(4097);
    expect([...layout.block(2).fileRanges]).toEqual([
      { file: 0, begin: 2 ** 33 - 2, end: 2 ** 33 },
      { file: 1, begin: 0, end: 2 ** 32 - 3 },
    ]);
    const end = 2 ** 44 - 2 ** 33;
    expect([...layout.block(4096).fileRanges]).toEqual([{ file: 1, begin: end - 4096, end }]);
  });
});

describe('the grid', () => {
  test('has no blocks for an empty corpus', () => {
    expect(makeGrid(0, 4)).toEqual({ blockSize: 0, blocks: 0 });
    expect(makeGrid(0, 4, 100)).toEqual({ blockSize: 0, blocks: 0 });
    for (const sizes of [[], [0], [0, 0]]) {
      const layout = new Layout({ sizes: Float64Array.from(sizes) }, makeGrid(0, 4));
      expect([...layout.fileRanges(sliceOf(0, 4, []))]).toEqual([]);
    }
  });

  test('has the requested block size', () => {
    expect(makeGrid(1000, 4, 64)).toEqual({ blockSize: 64, blocks: 16 });
    expect(makeGrid(1000, 4, 2 ** 40)).toEqual({ blockSize: 2 ** 40, blocks: 1 });
    expect(makeGrid(1, 7, 1)).toEqual({ blockSize: 1, blocks: 1 });
  });

  test('gives each rank blocks of a small input, too', () => {
    expect(makeGrid(3_201_582, 4)).toEqual({ blockSize: 800_396, blocks: 4 });
    expect(makeGrid(4, 7)).toEqual({ blockSize: 1, blocks: 4 });
    expect(makeGrid(1, 1)).toEqual({ blockSize: 1, blocks: 1 });
  });

  test('has blocks of at most the default size, equally many for each rank', () => {
    const most = defaultBlockSize;
    expect(makeGrid(most, 1)).toEqual({ blockSize: most, blocks: 1 });
    expect(makeGrid(most + 1, 1)).toEqual({ blockSize: most / 2 + 1, blocks: 2 });
    expect(makeGrid(4 * most, 4)).toEqual({ blockSize: most, blocks: 4 });
    expect(makeGrid(4 * most + 1, 4)).toEqual({ blockSize: most / 2 + 1, blocks: 8 });
  });

  test('never exceeds the maximum number of blocks', () => {
    expect(makeGrid(1e8, 4, 1)).toEqual({ blockSize: 1, blocks: 1e8 });
    expect(() => makeGrid(1e8 + 1, 4, 1)).toThrow(
      new GridError('blocks of 1 bytes are too many for 100000001 bytes; make them at least 2'),
    );
    expect(makeGrid(1e8 + 1, 4, 2)).toEqual({ blockSize: 2, blocks: 50_000_001 });
  });

  test('refuses a corpus in which offsets are not exact', () => {
    expect(makeGrid(2 ** 53 - 1, 4, 2 ** 40)).toEqual({ blockSize: 2 ** 40, blocks: 8192 });
    expect(() => makeGrid(2 ** 53, 4, 2 ** 40)).toThrow(
      new GridError('the files have more than 9007199254740991 bytes, the limit; count them in parts'),
    );
  });

  test('covers any corpus with the minimum number of blocks', () => {
    const corpus = fc.record({
      bytes: fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 2 ** 50 })),
      ranks: fc.integer({ min: 1, max: 5000 }),
      wanted: fc.option(fc.integer({ min: 2 ** 24, max: 2 ** 41 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(corpus, ({ bytes, ranks, wanted }) => {
        const { blockSize, blocks } = makeGrid(bytes, ranks, wanted);
        expect(BigInt(blockSize) * BigInt(blocks)).toBeGreaterThanOrEqual(BigInt(bytes));
        expect(BigInt(blockSize) * BigInt(blocks - 1)).toBeLessThan(BigInt(bytes));
        if (wanted !== undefined) expect(blockSize).toBe(wanted);
        else expect(blockSize).toBeLessThanOrEqual(defaultBlockSize);
        // Below that, rounding up to whole bytes may cost the last ranks their share.
        if (wanted === undefined && bytes > 2 * (blocks + ranks) ** 2) expect(blocks % ranks).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the slices', () => {
  test('partition the blocks in order, and differ in size by at most one block', () => {
    const blocks = fc.oneof(fc.nat(50), fc.nat(2 ** 31), fc.integer({ min: 0, max: 2 ** 53 - 1 }));
    fc.assert(
      fc.property(blocks, fc.integer({ min: 1, max: 600 }), (blocks, ranks) => {
        const slices = Array.from({ length: ranks }, (_, rank) => sliceOf(rank, ranks, whole(blocks)));
        expect(merged(slices.flat())).toEqual(whole(blocks));
        expectEven(slices, blocks);
      }),
    );
  });

  test('partition the blocks that an earlier run left', () => {
    const cuts = fc.array(fc.oneof(fc.nat(60), fc.nat(2 ** 40)), { maxLength: 20 });
    fc.assert(
      fc.property(cuts, fc.integer({ min: 1, max: 12 }), (cuts, ranks) => {
        const left = rangesBetween(cuts);
        const slices = Array.from({ length: ranks }, (_, rank) => sliceOf(rank, ranks, left));
        expect(merged(slices.flat())).toEqual(left);
        expectEven(slices, countBlocksIn(left));
      }),
      { numRuns: 500 },
    );
  });

  test('may be empty if there are fewer blocks than ranks', () => {
    const slices = Array.from({ length: 4 }, (_, rank) => sliceOf(rank, 4, whole(2)));
    expect(slices).toEqual([[], [{ first: 0, end: 1 }], [], [{ first: 1, end: 2 }]]);
  });

  test('may consist of several ranges', () => {
    const left = [
      { first: 1, end: 3 },
      { first: 7, end: 8 },
      { first: 20, end: 25 },
    ];
    expect(sliceOf(0, 2, left)).toEqual([left[0], left[1], { first: 20, end: 21 }]);
    expect(sliceOf(1, 2, left)).toEqual([{ first: 21, end: 25 }]);
  });

  test('together contain the whole corpus', () => {
    fc.assert(
      fc.property(layouts, ({ sizes, ranks, grid, layout }) => {
        const slices = Array.from({ length: ranks }, (_, rank) => sliceOf(rank, ranks, whole(grid.blocks)));
        const all = slices.map((slice) => [...layout.fileRanges(slice)]);
        const files = sizes.flatMap((size, file) => (size > 0 ? [{ file, begin: 0, end: size }] : []));
        expect(joined(all.flat())).toEqual(files);
      }),
      { numRuns: 300 },
    );
  });
});

/** Ranges that adjoin, as one. */
function merged(ranges: readonly BlockRange[]): BlockRange[] {
  const result: BlockRange[] = [];
  for (const range of ranges) {
    const before = result.at(-1);
    if (before?.end === range.first) result[result.length - 1] = { ...before, end: range.end };
    else result.push(range);
  }
  return result;
}

function expectEven(slices: readonly (readonly BlockRange[])[], blocks: number): void {
  const least = Math.floor(blocks / slices.length);
  const uneven = slices.filter((slice) => countBlocksIn(slice) < least || countBlocksIn(slice) > least + 1);
  expect(uneven).toEqual([]);
  expect(slices.flat().filter(({ first, end }) => first >= end)).toEqual([]);
}

test('a file without decoding units belongs whole to the block in which it begins, and all others are cut as before', () => {
  fc.assert(
    fc.property(
      layouts,
      fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 12 }),
      fc.boolean(),
      ({ sizes, bytes, grid, layout }, given, keepsWhole) => {
        const formats = Uint8Array.from(sizes, (_, file) => given[file] ?? 0);
        const isWhole = (file: number) => (keepsWhole ? formats[file] !== 0 : formats[file] === formatNumber('UTF-16'));
        const mixed = new Layout(
          { sizes: Float64Array.from(sizes), formats },
          { ...grid, ...(keepsWhole && { keepsWhole }) },
        );
        for (const block of mixed.blocks(whole(grid.blocks))) {
          const begin = block.index * grid.blockSize;
          const plain = [...layout.block(block.index).fileRanges].filter(({ file }) => !isWhole(file));
          const decoded = sizes.flatMap((size, file) => {
            const start = layout.beginOf(file);
            const isHere = isWhole(file) && size > 0 && start >= begin && start < begin + grid.blockSize;
            return isHere ? [{ file, begin: 0, end: size }] : [];
          });
          const expected = [...plain, ...decoded].sort((a, b) => a.file - b.file);
          expect([...block.fileRanges]).toEqual(expected);
          expect(block.bytes).toBe(sum(expected.map((range) => range.end - range.begin)));
        }
        expect(mixed.bytes(whole(grid.blocks))).toBe(bytes);
      },
    ),
  );
});

test('with whole files, each belongs to the block in which it begins, and none is divided', () => {
  const formats = fc.array(fc.constantFrom(0, formatNumber('gzip'), formatNumber('UTF-16')), {
    minLength: 12,
    maxLength: 12,
  });
  fc.assert(
    fc.property(layouts, formats, ({ sizes, grid, bytes }, of) => {
      const files = { sizes: Float64Array.from(sizes), formats: Uint8Array.from(of.slice(0, sizes.length)) };
      const keeping = { ...grid, wholeFiles: true as const };
      const layout = new Layout(files, keeping);
      const blocks = Array.from({ length: grid.blocks }, (_, index) => [...layout.block(index).fileRanges]);
      const expected = sizes.flatMap((size, file) => (size > 0 ? [{ file, begin: 0, end: size }] : []));
      expect(blocks.flat()).toEqual(expected);
      for (const [index, block] of blocks.entries()) {
        for (const { file } of block) expect(Math.floor(layout.beginOf(file) / grid.blockSize)).toBe(index);
        expect(layout.dividesFileAt(index * grid.blockSize)).toBe(false);
      }
      expect(sizes.some((_, file) => layout.isCut(file))).toBe(false);
      expect(layout.bytes(whole(grid.blocks))).toBe(bytes);
      expect(dividesFile(files, keeping)).toBe(false);
    }),
  );
});

test('a file with decoding units is divided where a border of blocks lies inside it', () => {
  fc.assert(
    fc.property(layouts, fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 12 }), ({ sizes, grid }, given) => {
      const formats = Uint8Array.from(sizes, (_, file) => given[file] ?? 0);
      const files = { sizes: Float64Array.from(sizes), formats };
      const layout = new Layout(files, grid);
      const borders = Array.from({ length: grid.blocks + 1 }, (_, block) => block * grid.blockSize);
      const divided = borders.map((border) =>
        sizes.some((size, file) => {
          const begin = layout.beginOf(file);
          return [1, 2, 3, 4, 5].includes(formats[file] ?? 0) && begin < border && border < begin + size;
        }),
      );
      expect(borders.map((border) => layout.dividesFileAt(border))).toEqual(divided);
      expect(dividesFile(files, grid)).toBe(divided.includes(true));
    }),
  );
});

describe('skipped files', () => {
  const skipping = fc.tuple(layouts, fc.infiniteStream(fc.boolean()), fc.infiniteStream(fc.boolean()));

  test('are in no block, and the others are where they would be without them', () => {
    fc.assert(
      fc.property(skipping, ([{ sizes, grid }, isSkipped, isWhole]) => {
        const skipped = Uint8Array.from(sizes, () => Number(isSkipped.next().value));
        const formats = Uint8Array.from(sizes, () => (isWhole.next().value === true ? 6 : 0));
        const all = new Layout({ sizes: Float64Array.from(sizes), formats }, grid);
        const some = new Layout({ sizes: Float64Array.from(sizes), formats, skipped }, grid);
        const blocksOf = new Map<number, number>();
        for (let block = 0; block < grid.blocks; block += 1) {
          const expected = [...all.block(block).fileRanges];
          for (const { file } of expected) blocksOf.set(file, (blocksOf.get(file) ?? 0) + 1);
          expect([...some.block(block).fileRanges]).toEqual(expected.filter(({ file }) => skipped[file] === 0));
          expect([...some.skippedRanges(block)]).toEqual(expected.filter(({ file }) => skipped[file] === 1));
          expect([...all.skippedRanges(block)]).toEqual([]);
        }
        for (const [file, size] of sizes.entries()) {
          if (size > 0) expect(some.isCut(file)).toBe(blocksOf.get(file)! > 1);
        }
      }),
      { numRuns: 300 },
    );
  });
});
