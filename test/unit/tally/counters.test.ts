import fc from 'fast-check';
import { expect, test } from 'vitest';

import { compacted, eachNonZero, isSparse, toDense, type Counters } from '../../../src/tally/counters.ts';

const length = 2000;
const cells = fc.array(fc.tuple(fc.nat(length - 1), fc.bigInt({ min: 1n, max: 2n ** 53n - 1n })), { maxLength: 400 });

function filled(given: readonly (readonly [number, bigint])[]): BigUint64Array {
  // Counts lie anywhere in a larger buffer.
  const counts = new BigUint64Array(length + 3).subarray(2, length + 2);
  for (const [index, count] of given) counts[index] = count;
  return counts;
}

const nonZero = (counters: Counters) => {
  const all: [number, number | bigint][] = [];
  eachNonZero(counters, (index, count) => all.push([index, count]));
  return all;
};

test('the counters that are not zero are those that were set, in order', () => {
  fc.assert(
    fc.property(cells, (given) => {
      const counts = filled(given);
      const expected = [...counts.entries()].filter(([, count]) => count > 0n);
      expect(nonZero(counts)).toEqual(expected);
      expect(nonZero(counts).every(([, count]) => typeof count === 'bigint')).toBe(true);
    }),
  );
});

test('a count is not zero if half of it is', () => {
  expect(nonZero(BigUint64Array.of(0n, 1n, 2n ** 32n, 0n, 2n ** 64n - 1n))).toEqual([
    [1, 1n],
    [2, 2n ** 32n],
    [4, 2n ** 64n - 1n],
  ]);
});

test('compacted counters are the same, and sparse if at most one in eight is not zero', () => {
  fc.assert(
    fc.property(cells, (given) => {
      const counts = filled(given);
      const compact = compacted(counts);
      expect(isSparse(compact)).toBe(counts.filter((count) => count > 0n).length <= length / 8);
      expect(toDense(compact)).toEqual(Array.from(counts, Number));
    }),
  );
});

test('few counters stay as they are', () => {
  const counts = new BigUint64Array(999);
  expect(compacted(counts)).toBe(counts);
});
