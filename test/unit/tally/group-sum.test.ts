import { expect, test } from 'vitest';

import { toDense } from '../../../src/tally/counters.ts';
import { GroupSum } from '../../../src/tally/group-sum.ts';

/** Groups of a kernel with two counters. */
const groups = (rows: Record<string, [number, number]>) => {
  const counters = Object.values(rows).flat();
  const indices = [...counters.keys()].filter((index) => counters[index] !== 0);
  return {
    names: Object.keys(rows),
    rows: { length: counters.length, indices, counts: indices.map((index) => counters[index] ?? 0) },
  };
};

test('the groups of several parts of a block are merged in the order of their names', () => {
  const sum = new GroupSum(2);
  sum.add(groups({ '': [1, 0], b: [0, 2] }));
  sum.add(groups({ a: [3, 4], '\xe9': [5, 0] }));
  sum.add(groups({}));
  sum.add(groups({ b: [6, 7] }));
  const { groups: names, counts } = sum.counts();
  expect(names).toEqual(['', 'a', 'b', '\xe9']);
  expect(toDense(counts)).toEqual([1, 0, 3, 4, 6, 9, 5, 0]);
});

test('those of one part are as they are, and a block without any has none', () => {
  const sum = new GroupSum(2);
  expect(sum.counts()).toEqual({ groups: [], counts: expect.objectContaining({ length: 0, indices: [] }) as unknown });
  sum.add(groups({ b: [0, 2] }));
  expect(sum.counts()).toEqual({ groups: ['b'], counts: { length: 2, indices: [1], counts: [2] } });
});
