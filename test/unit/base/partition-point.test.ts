import fc from 'fast-check';
import { expect, test } from 'vitest';

import { partitionPoint } from '../../../src/base/partition-point.ts';

test('the partition point is the number of indices for which the predicate holds', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), fc.nat(21), (numbers, limit) => {
      const sorted = numbers.sort((one, other) => one - other);
      const expected = sorted.filter((number) => number < limit).length;
      expect(partitionPoint(sorted.length, (index) => sorted[index]! < limit)).toBe(expected);
    }),
  );
});
