import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  batchesOf,
  GroupReader,
  mergeGroups,
  partsOf,
  rowsOf,
  type GroupBatch,
  type GroupRow,
} from '../../../src/tally/groups.ts';
import type { RowKey } from '../../../src/tally/rows.ts';

/** Counters of groups, by key and column. */
type Sums = Map<RowKey, Map<number, bigint>>;

function rowsIn(sums: Sums): GroupRow[] {
  const keys = [...sums.keys()].sort((one, other) => (one < other ? -1 : 1));
  return keys.map((key) => {
    const cells = [...(sums.get(key) ?? [])].sort(([one], [other]) => one - other);
    const columns = Uint32Array.from(cells, ([column]) => column);
    return { key, columns, counts: BigUint64Array.from(cells, ([, count]) => count) };
  });
}

function readerOf(batches: Iterable<GroupBatch>): GroupReader {
  const iterator = batches[Symbol.iterator]();
  return new GroupReader(() => Promise.resolve(iterator.next().value as GroupBatch | undefined));
}

async function merged(readers: readonly GroupReader[], segment: number): Promise<GroupRow[]> {
  const rows: GroupRow[] = [];
  await mergeGroups(readers, segment, (row) => rows.push(row));
  return rows;
}

const sumsOf = (key: fc.Arbitrary<RowKey>) =>
  fc.array(
    fc.array(fc.tuple(key, fc.nat(9), fc.bigInt({ min: 1n, max: 2n ** 60n })), { maxLength: 30 }).map((cells) => {
      const sums: Sums = new Map();
      for (const [group, column, count] of cells) {
        sums.set(group, (sums.get(group) ?? new Map<number, bigint>()).set(column, count));
      }
      return sums;
    }),
    { maxLength: 9 },
  );

test('merged rows are the sums of all ranks, in the order of their keys', async () => {
  const ranks = fc.oneof(sumsOf(fc.nat(12)), sumsOf(fc.constantFrom('', 'a', 'ab', 'b', '\xe9')));
  await fc.assert(
    fc.asyncProperty(
      ranks,
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      async (all, minCounters, segment) => {
        const expected: Sums = new Map();
        for (const [key, columns] of all.flatMap((sums) => [...sums])) {
          const sum = expected.get(key) ?? new Map<number, bigint>();
          for (const [column, count] of columns) sum.set(column, (sum.get(column) ?? 0n) + count);
          expected.set(key, sum);
        }
        const batches = all.map((sums) => [...batchesOf(partsOf(rowsIn(sums), segment), minCounters)]);
        // Less than what is enough, and a part.
        for (const { columns } of batches.flat()) expect(columns.length).toBeLessThan(minCounters + segment);
        expect(await merged(batches.map(readerOf), segment)).toEqual(rowsIn(expected));
      },
    ),
    { numRuns: 300 },
  );
});

test('batches have all rows, and end with rows', () => {
  const rows = rowsIn(
    new Map(
      [5, 1, 3].map((key) => [
        key,
        new Map([
          [key, 1n],
          [9, 2n],
        ]),
      ]),
    ),
  );
  const batches = [...batchesOf(rows, 3)];
  expect(batches.map(({ keys }) => keys)).toEqual([[1, 3], [5]]);
  expect(batches.flatMap((batch) => [...rowsOf(batch)])).toEqual(rows);
});

test('1,000 groups of 100,000 patterns are merged from 16 ranks with one batch of each in memory', async () => {
  const [groups, patterns, ranks, counters] = [1000, 100_000, 16, 40];
  const totals = new BigUint64Array(patterns);
  const held = new Array<number>(ranks).fill(0);
  function* rowsOfRank(rank: number): Generator<GroupRow> {
    for (let group = 0; group < groups; group += 1) {
      const first = (group * 7919 + rank * 13) % (patterns - 2500);
      // Neighbouring ranks have columns in common.
      const columns = Uint32Array.from({ length: counters }, (_, index) => first + index * 13);
      yield { key: `group ${String(group).padStart(4, '0')}`, columns, counts: new BigUint64Array(counters).fill(1n) };
    }
  }
  const readers = held.map((_, rank) => {
    const batches = batchesOf(rowsOfRank(rank), 1000);
    return new GroupReader(() => {
      held[rank] = (held[rank] ?? 0) + 1;
      return Promise.resolve(batches.next().value as GroupBatch | undefined);
    });
  });
  let seen = 0;
  await mergeGroups(readers, patterns, ({ key, columns, counts }) => {
    expect(key).toBe(`group ${String(seen).padStart(4, '0')}`);
    seen += 1;
    // A batch has 25 rows, and no rank is more than two ahead: the next one tells that a row is over.
    const expected = Math.min(Math.ceil((seen + 2) / 25), groups / 25 + 1);
    expect(held.every((batches) => batches <= expected)).toBe(true);
    for (const [at, column] of columns.entries()) totals[column] = (totals[column] ?? 0n) + (counts[at] ?? 0n);
  });
  expect(seen).toBe(groups);
  expect(totals.reduce((sum, count) => sum + count, 0n)).toBe(BigInt(groups * ranks * counters));
});
