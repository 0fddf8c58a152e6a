import fc from 'fast-check';
import { expect, test } from 'vitest';

import { FileTable } from '../../../src/corpus/file-table.ts';
import { Layout, makeGrid } from '../../../src/corpus/grid.ts';
import { decodeEvent, encodeEvent } from '../../../src/job/journal/event-codec.ts';
import type { RankEvent } from '../../../src/job/journal/events.ts';
import { JobState } from '../../../src/job/journal/job-state.ts';
import { rowKeys } from '../../../src/tally/row-keys.ts';
import { tallyOf, type TallySpec } from '../../../src/tally/tallies.ts';
import { blockEvent } from '../../support/events.ts';
import { countSpec } from '../../support/spec.ts';

const log = Buffer.from('log');

/** What the tally finds in the part of a file that lies in a block. */
const numbersOf = (file: number, block: number, width: number) =>
  Array.from({ length: width }, (_, column) => 1 + file * 100 + block * 10 + column);

const jobs = fc.record({
  sizes: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 8 }),
  whole: fc.infiniteStream(fc.boolean()),
  blockSize: fc.integer({ min: 1, max: 30 }),
  spec: fc.constantFrom<TallySpec>(
    countSpec(['a', 'b']),
    { ...countSpec(['a', 'b']), by: 'file' },
    { kind: 'wc', wordRule: 'coreutils 9.4' },
  ),
  /** For each file, whether it is skipped; for each event of a block, how many of its skipped files were known. */
  skipped: fc.infiniteStream(fc.integer({ min: 0, max: 2 })),
  known: fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
  times: fc.infiniteStream(fc.integer({ min: 0, max: 2 })),
  order: fc.infiniteStream(fc.nat()),
});

test('the totals are those of the blocks that were counted without exactly the skipped files, in any order', () => {
  fc.assert(
    fc.property(jobs, ({ sizes, whole, blockSize, spec, skipped, known, times, order }) => {
      const files = FileTable.from(sizes, (size) => ({
        path: Buffer.from('x'),
        size,
        modified: 0n,
        format: whole.next().value ? ('UTF-16' as const) : undefined,
      }));
      fc.pre(files.bytes > 0);
      const grid = makeGrid(files.bytes, 1, blockSize);
      const plan = { spec, logDir: undefined, decompress: true, files, grid };
      const tally = tallyOf(spec);
      const layout = new Layout(files.parts, grid);
      const skips = sizes.flatMap((size, file) => (size > 0 && skipped.next().value === 0 ? [file] : []));

      const events: RankEvent[] = skips.map((file) => ({
        event: 'skip',
        file: 'x',
        begin: layout.beginOf(file),
        reason: `of ${file}`,
      }));
      const expected = new Map<number, number[]>();
      const missing = new Set<number>();
      for (let block = 0; block < grid.blocks; block += 1) {
        const inBlock = Array.from(layout.block(block).fileRanges, ({ file }) => file);
        const toSkip = inBlock.filter((file) => skips.includes(file));
        let isCounted = false;
        for (let left = Number(times.next().value); left > 0; left -= 1) {
          const without = toSkip.filter(() => known.next().value > 0);
          const counted = inBlock.filter((file) => !without.includes(file));
          const rows = counted.map((file) => numbersOf(file, block, tally.width));
          const sum = Array.from({ length: tally.width }, (_, column) =>
            rows.reduce((all, row) => all + row[column]!, 0),
          );
          events.push(
            blockEvent({
              block,
              counts: tally.byFile ? rows.flat() : sum,
              ...(without.length > 0 && { without: without.map((file) => layout.beginOf(file)) }),
            }),
          );
          isCounted ||= without.length === toSkip.length;
        }
        if (!isCounted) missing.add(block);
        const keys = isCounted ? rowKeys(tally, () => layout, files, block, toSkip) : [];
        for (const file of isCounted ? inBlock.filter((each) => !toSkip.includes(each)) : []) {
          const key = keys.length > 0 && tally.byFile ? layout.beginOf(file) : 0;
          const before = expected.get(key) ?? Array.from({ length: tally.width }, () => 0);
          expected.set(
            key,
            numbersOf(file, block, tally.width).map((number, column) => number + before[column]!),
          );
        }
      }
      const shuffled = events
        .map((event) => ({ event, at: Number(order.next().value) }))
        .sort((one, other) => one.at - other.at);

      const context = { identity: 'this job', grid, width: tally.width, maxRows: files.length };
      const fold = (state: JobState) => {
        for (const { event } of shuffled) {
          const decoded = decodeEvent(encodeEvent(event, 0, 'this job'), context);
          if (decoded !== 'unknown') state.take(decoded, log);
        }
        return state;
      };
      const first = fold(new JobState(plan));
      expect(first.isOutdated).toBe(skips.length > 0);
      const last = first.isOutdated ? fold(new JobState(plan, first.journal().skipped)) : first;
      expect(last.isOutdated).toBe(false);
      const { totals, missing: ranges, skipped: found } = last.journal();
      expect([...found].sort()).toEqual(skips.map((file) => [file, `of ${file}`]).sort());
      expect(ranges.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, at) => first + at))).toEqual([
        ...missing,
      ]);
      for (const [key, numbers] of expected) expect([...totals.row(key)]).toEqual(numbers.map(BigInt));
      expect([...totals.sum()]).toEqual(
        Array.from({ length: tally.width }, (_, column) =>
          [...expected.values()].reduce((sum, row) => sum + BigInt(row[column]!), 0n),
        ),
      );
    }),
    { numRuns: 500 },
  );
});

test('a skip of what is no file of the plan does not count', () => {
  const files = FileTable.from([{ path: Buffer.from('x'), size: 10, modified: 0n }]);
  const plan = { spec: countSpec(['a']), logDir: undefined, decompress: true, files, grid: makeGrid(10, 1, 5) };
  const state = new JobState(plan);
  for (const begin of [3, 10, 99]) state.take({ event: 'skip', file: 'x', begin, reason: 'forged' }, log);
  expect(state.journal()).toMatchObject({ ignoredLines: 3, skipped: new Map() });
});
