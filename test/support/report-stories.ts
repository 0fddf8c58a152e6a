import { CounterTable } from '../../src/report/counter-table.ts';
import { DispersionCounter } from '../../src/report/dispersion.ts';
import { GroupEvenness } from '../../src/report/group-evenness.ts';
import { groupSizes } from '../../src/report/group-sizes.ts';
import type { Report } from '../../src/report/report.ts';
import { runsOf } from '../../src/report/runs.ts';
import { Stints } from '../../src/report/stints.ts';
import { Layout } from '../../src/corpus/grid.ts';
import { Findings } from '../../src/scan/findings.ts';
import { noRows, rowKeys } from '../../src/tally/row-keys.ts';
import { tallyOf } from '../../src/tally/tallies.ts';
import { blockEvent } from './events.ts';
import { samplePlan } from './log-folder.ts';
import { eventsOf, type RankStory } from './rank-events.ts';
import { countSpec } from './spec.ts';

// Reports of counts that never ran.

/** The events and facts of a count, for a report. */
export interface Story {
  readonly patterns: readonly (string | Buffer)[];
  readonly ranks: readonly RankStory[];
  /** How the counts are broken down by files, and the unit of records. */
  readonly by?: string;
  readonly records?: 'line';
  /** For each block, the counters of its row, or of the rows of its files; undefined for one that is not counted. */
  readonly counts: readonly (readonly number[] | undefined)[];
  readonly files?: readonly { readonly path: string; readonly size: number }[];
}

/** Returns the report of a count that did this, without a log folder. */
export function reportOf({ patterns, ranks, counts, files, by, records }: Story): Report {
  const size = 100 * counts.length;
  const spec = { ...countSpec(patterns), by, records };
  const plan = samplePlan({
    spec,
    files: (files ?? [{ path: '/texts/book', size }]).map((file) => ({
      ...file,
      path: Buffer.from(file.path),
      modified: 1n,
    })),
    grid: { blockSize: 100, blocks: counts.length },
  });
  const tally = tallyOf(plan.spec);
  const layout = new Layout(plan.files.parts, plan.grid);
  const dispersion = new DispersionCounter(plan.grid, tally.width, size);
  const rows = noRows(tally);
  for (const [block, each] of counts.entries()) {
    if (!each) continue;
    dispersion.add(blockEvent({ block, counts: each }));
    rows.add(
      rowKeys(tally, () => layout, plan.files, block),
      each,
    );
  }
  const stints = new Stints();
  for (const rank of ranks) {
    const path = Buffer.from(`rank-${String(rank.rank).padStart(6, '0')}.jsonl`);
    for (const event of eventsOf(rank)) stints.take(event, path);
  }
  const missing = counts.flatMap((each, first) => (each ? [] : [{ first, end: first + 1 }]));
  const [totals, { grouping }] = [rows.sum(), tally];
  const inRecords = tally.recordCounts?.(totals, plan);
  const groups = grouping && new GroupEvenness(rows, patterns.length, groupSizes(plan, grouping, missing, rows));
  return {
    plan,
    journal: {
      missing,
      blocksDone: counts.length - missing.length,
      totals: rows,
      findings: new Findings(),
      pending: [],
      skipped: new Map(),
      starts: ranks.length,
      hosts: [],
      ignoredLines: 0,
    },
    skipped: undefined,
    invalid: undefined,
    bytes: size,
    bytesDone: size - 100 * missing.length,
    runs: runsOf(stints.all),
    omitted: 0,
    dispersion,
    groups,
    counters: new CounterTable({ names: spec, totals, records: inRecords, dispersion, groups }),
    records: inRecords?.all,
  };
}

/** A rank that counts two blocks. */
export const twoBlocks = (number: number, host = 'node1', slowness = 1): RankStory => ({
  rank: number,
  host,
  ranks: 2,
  slice: 200,
  blocks: [0, 1].map((block) => ({
    block: 2 * number + block,
    at: 10 * slowness * (block + 1),
    scanning: 9.5 * slowness,
  })),
  counted: 20 * slowness,
  ended: 61,
});

/** Two ranks, of which one is slow. */
export const plainStory: Story = {
  patterns: ['love', 'hate', 'peace'],
  ranks: [twoBlocks(0), twoBlocks(1, 'node2', 3)],
  counts: [
    [8, 0, 1],
    [4, 0, 1],
    [0, 16, 1],
    [0, 0, 1],
  ],
};

/** The same by file, of which there are four, and with records. */
export const groupedStory: Story = {
  ...plainStory,
  by: 'file',
  records: 'line',
  files: ['one', 'two', 'three', 'four'].map((name) => ({ path: `/texts/${name}`, size: 100 })),
  counts: [
    [8, 0, 1, 5, 0, 1, 6],
    [4, 0, 1, 2, 0, 1, 3],
    [0, 16, 1, 0, 4, 1, 4],
    [0, 0, 1, 0, 0, 1, 7],
  ],
};

/** Names that would harm a page or a terminal if they became more than text. */
export const hostileNames = [
  '<script>alert(1)</script>',
  '</style></title></script>"\'&amp;&lt;`${x}`',
  ']]><!--',
  '\u202e\u2066evil\u200b\u0007\u001b[31m\u0000',
  '<img src=x onerror=alert(1)>',
  'שלום',
  'a\tb\r\nc\u0085\u2028d',
  '"; onmouseover=alert(1) x="',
  `${'鯨'.repeat(5000)}<b>`,
];

/** Patterns, hosts and files of these names. */
export function storyOfNames(names: readonly string[]): Story {
  return {
    patterns: names,
    ranks: names.map((name, index) => ({ ...twoBlocks(index, name.slice(0, 255)), ranks: names.length })),
    counts: Array.from({ length: 2 * names.length }, () => names.map(() => 1)),
    files: names.map((name) => ({ path: `/${name.replaceAll('\0', '')}`, size: 200 })),
  };
}

/** The same by file and with records, and with large numbers. */
export function storyOfLargeNumbers(names: readonly string[]): Story {
  const row = [...names.map(() => 10 ** 12), ...names.map(() => 10 ** 11), 10 ** 12];
  return { ...storyOfNames(names), by: 'file', records: 'line', counts: names.flatMap(() => [row, row]) };
}

/** 10,000 ranks on 250 hosts, of which one rank is slow, and 100 patterns in 100,000 blocks. */
export function largeStory(): Story {
  const patterns = Array.from({ length: 100 }, (_, index) => `word${index}`);
  return {
    patterns,
    ranks: Array.from({ length: 10_000 }, (_, number) => ({
      ...twoBlocks(number, `node${Math.floor(number / 40)}`, number === 6_300 ? 3 : 1),
      ranks: 10_000,
    })),
    counts: Array.from({ length: 100_000 }, (_, block) => patterns.map((_, index) => (index * block) % 97)),
  };
}
