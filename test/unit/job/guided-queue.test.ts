import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { countBlocksIn, type BlockRange } from '../../../src/corpus/grid.ts';
import { GuidedQueue } from '../../../src/job/schedule/guided-queue.ts';

const blockSize = 100;

/** Blocks to hand out, with holes; some of them are large. */
const queues = fc.record({
  blocks: fc.array(fc.constantFrom('counted', 'left', 'left', 'left', 'large'), { maxLength: 120 }),
  larger: fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 120, maxLength: 120 }),
  ranks: fc.integer({ min: 1, max: 40 }),
  least: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }),
});

/** Returns the ranges of the blocks with some property. */
function rangesOf(blocks: readonly string[], isWanted: (block: string) => boolean): BlockRange[] {
  const ranges: BlockRange[] = [];
  blocks.forEach((block, index) => {
    const last = ranges.at(-1);
    if (!isWanted(block)) return;
    if (last?.end === index) ranges[ranges.length - 1] = { first: last.first, end: index + 1 };
    else ranges.push({ first: index, end: index + 1 });
  });
  return ranges;
}

const indicesOf = (ranges: readonly BlockRange[]) =>
  ranges.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, index) => first + index));

/** Takes all that is left. @param least What each taker asks for at least, one after the other and again. */
function takeAll(queue: GuidedQueue, least: readonly number[] = [1]): BlockRange[][] {
  const taken: BlockRange[][] = [];
  for (let turn = 0; ; turn += 1) {
    const ranges = queue.take(least[turn % least.length]);
    if (ranges.length === 0) return taken;
    taken.push(ranges);
  }
}

test('every block is handed out exactly once, in order within a range, and large ones first, the largest at first', () => {
  fc.assert(
    fc.property(queues, ({ blocks, larger, ranks, least }) => {
      const missing = rangesOf(blocks, (block) => block !== 'counted');
      const large = indicesOf(rangesOf(blocks, (block) => block === 'large')).map((index) => ({
        index,
        bytes: blockSize + (larger[index] ?? 0),
      }));
      const queue = new GuidedQueue(missing, large, ranks, blockSize);
      expect(queue.left).toBe(countBlocksIn(missing));
      const taken = takeAll(queue, least);
      expect(queue.left).toBe(0);
      expect(queue.take(5)).toEqual([]);
      const order = taken.map(indicesOf);
      for (const indices of order) expect(indices).toEqual([...indices].sort((one, other) => one - other));
      expect(order.flat().sort((one, other) => one - other)).toEqual(indicesOf(missing));

      const isLarge = order.map((indices) => indices.map((index) => blocks[index] === 'large'));
      for (const kinds of isLarge) expect(new Set(kinds).size).toBe(1);
      const firstOther = isLarge.findIndex(([kind]) => kind === false);
      expect(isLarge.slice(firstOther === -1 ? isLarge.length : firstOther).flat()).not.toContain(true);
      const bytes = order
        .slice(0, firstOther === -1 ? order.length : firstOther)
        .map((indices) => indices.map((index) => larger[index] ?? 0));
      for (const [turn, before] of bytes.slice(0, -1).entries()) {
        expect(Math.min(...before)).toBeGreaterThanOrEqual(Math.max(...(bytes[turn + 1] ?? [])));
      }
    }),
    { numRuns: 200 },
  );
});

describe('without large blocks', () => {
  const cases = fc.record({
    blocks: fc.integer({ min: 0, max: 3000 }),
    ranks: fc.integer({ min: 1, max: 70 }),
    least: fc.integer({ min: 1, max: 64 }),
  });
  const sizesOf = (blocks: number, ranks: number, least: number) =>
    takeAll(new GuidedQueue(blocks === 0 ? [] : [{ first: 0, end: blocks }], [], ranks, blockSize), [least]).map(
      countBlocksIn,
    );

  test('ranges shrink, and none is more than an equal share of what is left', () => {
    fc.assert(
      fc.property(cases, ({ blocks, ranks, least }) => {
        const sizes = sizesOf(blocks, ranks, least);
        let left = blocks;
        for (const [turn, size] of sizes.entries()) {
          const share = Math.ceil(left / ranks);
          const most = Math.min(share, sizes[turn - 1] ?? Infinity);
          if (size > most || size < Math.min(least, share)) expect.fail(`range ${turn} has ${size} blocks of ${left}`);
          left -= size;
        }
        expect(left).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  test('a rank 8 times slower counts a range in the time in which the others count all that is left', () => {
    fc.assert(
      fc.property(cases, ({ blocks, ranks }) => {
        let left = blocks;
        for (const size of sizesOf(blocks, ranks, 1)) {
          if (8 * (size - 1) >= left / ranks) expect.fail(`${size} blocks of ${left}`);
          left -= size;
        }
      }),
      { numRuns: 100 },
    );
  });

  test('the number of ranges grows with the logarithm of the blocks', () => {
    fc.assert(
      fc.property(cases, ({ blocks, ranks }) => {
        const perRank = sizesOf(blocks, ranks, 1).length / ranks;
        expect(perRank).toBeLessThanOrEqual(8 * (Math.log(Math.max(1, blocks / ranks / 8)) + 1) + 1);
      }),
      { numRuns: 100 },
    );
  });
});

test('a large block is a range of its own unless it is a small part of what is left', () => {
  const large = [30, 1000, 20, 25].map((blocks, index) => ({ index: 2 * index, bytes: blocks * blockSize }));
  const queue = new GuidedQueue([{ first: 0, end: 1000 }], large, 2, blockSize);
  // The sixteenth part of all is that of 129 blocks, and then of 67.
  expect([queue.take(), queue.take()]).toEqual([
    [{ first: 2, end: 3 }],
    [
      { first: 0, end: 1 },
      { first: 6, end: 7 },
    ],
  ]);
  expect(queue.take(9)).toEqual([{ first: 4, end: 5 }]);
  expect(queue.left).toBe(996);
  expect(queue.take()[0]).toEqual({ first: 1, end: 2 });
});
