import fc from 'fast-check';
import { expect, test } from 'vitest';

import { toSparse } from '../../../src/tally/counters.ts';
import { Rows, type RowKey } from '../../../src/tally/rows.ts';
import { SparseRows } from '../../../src/tally/sparse-rows.ts';

const width = 7;
const count = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 2 ** 50 }));
const additionsOf = (key: fc.Arbitrary<RowKey>) =>
  fc.array(
    fc.array(fc.tuple(key, fc.array(count, { minLength: width, maxLength: width })), { maxLength: 5 }).map((rows) => ({
      keys: rows.map(([each]) => each),
      counts: rows.flatMap(([, counts]) => counts),
    })),
    { maxLength: 40 },
  );
const additions = fc.oneof(
  additionsOf(fc.oneof(fc.nat(20), fc.integer({ min: 2 ** 40, max: 2 ** 40 + 5 }))),
  additionsOf(fc.oneof(fc.constantFrom('', 'a', 'b', 'ab', '\xff', '\x00'), fc.string({ maxLength: 2 }))),
);

test('sparse rows have the sums of dense ones, in the order of their keys', () => {
  fc.assert(
    fc.property(additions, fc.infiniteStream(fc.boolean()), (all, sparsely) => {
      const dense = new Rows(width);
      const sums = new SparseRows(width);
      const more = sums.none();
      for (const { keys, counts } of all) {
        dense.add(keys, counts);
        const into = sparsely.next().value ? sums : more;
        into.add(keys, sparsely.next().value ? toSparse(counts) : counts);
      }
      sums.addAll(more);
      expect(sums.sum()).toEqual(dense.sum());
      const keys = [...dense.indices.keys()];
      for (const key of [...keys, 12345, 'none']) expect(sums.row(key)).toEqual(dense.row(key));
      const rows = [...sums.inOrder()];
      const expected = keys
        .filter((key) => dense.row(key).some((each) => each > 0n))
        .sort((one, other) => (one < other ? -1 : 1));
      expect(rows.map(({ key }) => key)).toEqual(expected);
      for (const { key, columns, counts } of rows) {
        const row = [...dense.row(key).entries()].filter(([, each]) => each > 0n);
        expect(Array.from(columns, (column, at) => [column, counts[at]])).toEqual(row);
      }
    }),
    { numRuns: 300 },
  );
});

test('sparse rows may have millions of columns and very many keys', () => {
  const sums = new SparseRows(4_000_000);
  for (let key = 0; key < 20_000; key += 1) {
    sums.add([key * 2 ** 20], { length: 4_000_000, indices: [key, 3_999_999], counts: [1, key + 1] });
  }
  let keys = 0;
  for (const { key, columns, counts } of sums.inOrder()) {
    expect([key, ...columns, ...counts]).toEqual([keys * 2 ** 20, keys, 3_999_999, 1n, BigInt(keys + 1)]);
    keys += 1;
  }
  expect(keys).toBe(20_000);
});

test('a counter in no row is a bug', () => {
  const sums = new SparseRows(width);
  expect(() => {
    sums.add(['a'], { length: 14, indices: [7], counts: [1] });
  }).toThrow(RangeError);
});
