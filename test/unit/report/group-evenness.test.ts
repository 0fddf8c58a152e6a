import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import fc from 'fast-check';

import { createPlan } from '../../../src/job/plan/plan-file.ts';
import type { Plan } from '../../../src/job/plan/plan.ts';
import { GroupEvenness } from '../../../src/report/group-evenness.ts';
import { readReport, type Report } from '../../../src/report/report.ts';
import { SparseRows } from '../../../src/tally/sparse-rows.ts';
import { temporaryFolder } from '../../support/job.ts';
import { samplePlan, seal, startLine, writeRankLog } from '../../support/log-folder.ts';
import { countSpec } from '../../support/spec.ts';

// Range and deviation over groups, beside those of a naive reference that looks at each byte, or each record.

let folder: string;
let remove: () => void;
beforeEach(() => ({ folder, remove } = temporaryFolder()));
afterEach(() => {
  remove();
});

interface Group {
  size: number;
  counts: number[];
}

/** A group for each name. */
class Groups extends Map<string, Group> {
  named(name: string): Group {
    const group = this.get(name) ?? { size: 0, counts: [0, 0] };
    this.set(name, group);
    return group;
  }
}

const near = (number: number) => expect.closeTo(number, 9) as number;

/** Returns what the definitions say: of all groups that are not empty, those with a pattern, and half the differences of shares. */
function expectedOf(groups: Groups): object[] {
  const all = [...groups.values()].filter(({ size }) => size > 0);
  const sizes = all.reduce((sum, { size }) => sum + size, 0);
  return [0, 1].map((pattern) => {
    const counts = all.map((group) => group.counts[pattern] ?? 0);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const differences = all.map(({ size }, index) => Math.abs((counts[index] ?? 0) / total - size / sizes));
    return {
      total: BigInt(total),
      range: counts.filter((count) => count > 0).length,
      parts: all.length,
      deviation: total === 0 ? undefined : near(differences.reduce((sum, each) => sum + each, 0) / 2),
    };
  });
}

function foundIn({ counters }: Report): object[] {
  return Array.from(counters, ({ total, overGroups }) => ({ total, ...overGroups }));
}

/** Writes the log folder of a job, and reads its report. */
async function reportOf(plan: Plan, events: readonly object[]): Promise<Report> {
  remove();
  ({ folder, remove } = temporaryFolder());
  createPlan(Buffer.from(folder), plan);
  const time = '2030-01-01T00:00:00.000Z';
  writeRankLog(folder, 0, startLine(plan, 'a'), ...events.map((event) => seal({ time, ...event }, plan)));
  return readReport(Buffer.from(folder));
}

const counts = fc.tuple(fc.oneof(fc.constant(0), fc.nat(9)), fc.nat(3));

describe.each(['file', 'path:^/(.)'])('groups by %s', (by) => {
  const file = fc.record({
    group: fc.constantFrom('a', 'b', '\u202e', '<'),
    size: fc.oneof(fc.constant(0), fc.nat(40)),
    isSkipped: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
    rows: fc.array(counts, { minLength: 5, maxLength: 5 }),
  });
  const job = fc.record({
    files: fc.array(file, { minLength: 1, maxLength: 12 }),
    missing: fc.array(
      fc.integer({ min: 0, max: 5 }).map((number) => number === 0),
      { minLength: 50, maxLength: 50 },
    ),
  });

  test('have the shares of the bytes that are counted, without files that are skipped', async () => {
    const property = fc.asyncProperty(job, async ({ files, missing }) => {
      const blockSize = 10;
      const corpus = files.reduce((sum, { size }) => sum + size, 0);
      const grid = corpus === 0 ? { blockSize: 0, blocks: 0 } : { blockSize, blocks: Math.ceil(corpus / blockSize) };
      const plan = samplePlan({
        spec: { ...countSpec(['love', 'hate']), by },
        files: files.map(({ group, size }, index) => ({ path: Buffer.from(`/${group}/${index}`), size, modified: 1n })),
        grid,
      });
      const expected = new Groups();
      const blocks = Array.from({ length: grid.blocks }, (_, block) => ({
        event: 'block',
        block,
        counts: [] as number[],
        without: [] as number[],
      }));
      const skips: object[] = [];
      let begin = 0;
      for (const [index, { group, size, isSkipped, rows }] of files.entries()) {
        const reason = 'it is damaged';
        if (isSkipped && size > 0) skips.push({ event: 'skip', file: `/${group}/${index}`, begin, reason });
        const found = expected.named(by === 'file' ? String(index) : group);
        const bytes = Array.from({ length: size }, (_, offset) => Math.floor((begin + offset) / blockSize));
        for (const [row, block] of [...new Set(bytes)].entries()) {
          if (isSkipped) {
            blocks[block]?.without.push(begin);
            continue;
          }
          blocks[block]?.counts.push(...(rows[row] ?? []));
          if (missing[block]) continue;
          found.size += bytes.filter((each) => each === block).length;
          found.counts = found.counts.map((count, pattern) => count + (rows[row]?.[pattern] ?? 0));
        }
        begin += size;
      }
      const events = blocks.filter(({ block }) => !missing[block]);
      const report = await reportOf(plan, [...events, ...skips]);
      expect(foundIn(report)).toEqual(expectedOf(expected));
      expect([report.groups?.unit, report.journal.ignoredLines]).toEqual(['bytes', 0]);
    });
    await fc.assert(property, { numRuns: 60 });
  });
});

test('groups by a field have the shares of the records, also where nothing occurs', async () => {
  const row = fc.record({
    name: fc.constantFrom('', 'a', 'b', 'c', '\u001b[31m'),
    records: fc.integer({ min: 1, max: 5 }),
    counts,
  });
  const block = fc.uniqueArray(row, { maxLength: 5, selector: ({ name }) => name });
  const property = fc.asyncProperty(fc.array(fc.option(block), { minLength: 1, maxLength: 6 }), async (blocks) => {
    const plan = samplePlan({
      spec: { ...countSpec(['love', 'hate']), records: 'jsonl:text', by: 'jsonl:source' },
      grid: { blockSize: 100, blocks: blocks.length },
      files: [{ path: Buffer.from('/docs'), size: 100 * blocks.length, modified: 1n }],
    });
    const expected = new Groups();
    const events = blocks.flatMap((rows, index) => {
      if (!rows) return [];
      for (const { name, records, counts: found } of rows) {
        const group = expected.named(name);
        group.size += records;
        group.counts = group.counts.map((count, pattern) => count + (found[pattern] ?? 0));
      }
      return {
        event: 'block',
        block: index,
        groups: rows.map(({ name }) => name),
        counts: rows.flatMap(({ records, counts: [love, hate] }) => [
          ...[love, hate],
          ...[love, hate].map((count) => Math.min(count, records)),
          records,
        ]),
      };
    });
    const report = await reportOf(plan, events);
    expect(foundIn(report)).toEqual(expectedOf(expected));
    expect(report.groups?.unit).toBe('records');
    expect(report.records).toBe(BigInt([...expected.values()].reduce((sum, { size }) => sum + size, 0)));
  });
  await fc.assert(property, { numRuns: 60 });
});

test.each<[string, number[], number[], object]>([
  ['as the groups are large', [10, 20, 30], [1, 2, 3], { range: 3, parts: 3, deviation: 0 }],
  ['in the smallest group alone', [10, 20, 70], [5, 0, 0], { range: 1, parts: 3, deviation: 0.9 }],
  ['in two halves of four', [1, 1, 1, 1], [4, 4, 0, 0], { range: 2, parts: 4, deviation: 0.5 }],
  ['nowhere', [10, 20], [0, 0], { range: 0, parts: 2, deviation: undefined }],
  ['in the only group', [10], [3], { range: 1, parts: 1, deviation: 0 }],
  ['where there is no group', [], [], { range: 0, parts: 0, deviation: undefined }],
])('spread %s', (_name, sizes, found, evenness) => {
  const rows = new SparseRows(1);
  for (const [key, count] of found.entries()) rows.add([key], [count]);
  const groups = new GroupEvenness(rows, 1, { unit: 'bytes', sizes: new Map(sizes.entries()) });
  expect(groups.of(0)).toEqual(evenness);
});

test('counts that are not broken down have no groups', async () => {
  const report = await reportOf(samplePlan(), [{ event: 'block', block: 0, counts: [1, 2] }]);
  expect([report.groups, report.records, report.counters.at(0).overGroups]).toEqual([undefined, undefined, undefined]);
});
