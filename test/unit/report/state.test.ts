import { expect, test } from 'vitest';

import { GroupEvenness } from '../../../src/report/group-evenness.ts';
import { factsOf } from '../../../src/report/state.ts';
import { SparseRows } from '../../../src/tally/sparse-rows.ts';
import type { RankStory } from '../../support/rank-events.ts';
import { plainStory, reportOf } from '../../support/report-stories.ts';

// Tests of the facts at the top of a report.

/** The facts about the runs of a job with these ranks. */
function runFacts(ranks: readonly RankStory[]): [string, string][] {
  const facts = factsOf(reportOf({ ...plainStory, ranks }));
  return facts.filter(([name]) => name === '' || /^run\b/.test(name));
}

const stint = { host: 'a', ranks: 2, slice: 100 };
const both = (more: Omit<RankStory, 'rank' | 'host' | 'ranks'>): RankStory[] =>
  [0, 1].map((rank) => ({ ...stint, rank, blocks: [{ block: rank, at: (more.begun ?? 0) + 10 }], ...more }));
const timeOf = (minute: number) => `2 ranks on 1 host, 2030-01-01 00:0${minute}:00 UTC`;

test('each run tells how it ended, unless it is done', () => {
  const stopped = both({ begun: 60, counted: 80 }).map((story) => ({ ...story, left: story.rank }));
  const done = both({ begun: 120, counted: 130, ended: 140 });
  expect(runFacts([...both({}), ...stopped, ...done])).toEqual([
    ['run 1', `${timeOf(0)}, 10.0 s, 20 B/s`],
    ['', 'it broke off'],
    ['run 2', `${timeOf(1)}, 20.0 s, 10 B/s`],
    ['', 'it stopped early'],
    ['run 3', `${timeOf(2)}, 20.0 s, 10 B/s`],
  ]);
});

test.each([
  ['that has counted nothing yet', both({}).map((story) => ({ ...story, blocks: [] }))],
  [
    'of which one rank has an end',
    both({ counted: 10 }).map((story) => (story.rank === 0 ? { ...story, ended: 20 } : story)),
  ],
  [
    'of which one rank has stopped',
    both({}).map((story) => (story.rank === 0 ? { ...story, counted: 20, left: 1 } : story)),
  ],
  ['of which one rank has no log', both({ counted: 10, ended: 20 }).slice(1)],
])('the last run, %s, may still go on', (_, ranks) => {
  expect(runFacts(ranks).slice(1)).toEqual([['', 'it has no end yet: it still runs, or it broke off']]);
});

test('rates are those of ranks that had something to count', () => {
  const [first, second] = both({ counted: 10, ended: 10 });
  const idle = { ...second!, slice: 0, blocks: [] };
  const stuck = { ...idle, slice: 100 };
  const ratesOf = (...ranks: RankStory[]) =>
    factsOf(reportOf({ ...plainStory, ranks })).find(([name]) => name === 'rates')?.[1];
  expect(ratesOf(first!, idle)).toBe('of a rank: least 10 B/s, median 10 B/s, most 10 B/s');
  expect(ratesOf(first!, stuck)).toBe('of a rank: least 0 B/s, median 0 B/s, most 10 B/s');
});

test('records and groups are told as they were asked for', () => {
  const report = reportOf(plainStory);
  const spec = { ...report.plan.spec, records: 'jsonl:a\u202e', by: 'path:^(<b>)\u001b' } as typeof report.plan.spec;
  const groups = new GroupEvenness(new SparseRows(3), 3, { unit: 'bytes', sizes: new Map([['a', 5]]) });
  const facts = factsOf({ ...report, records: 2n ** 60n, groups, plan: { ...report.plan, spec } });
  expect(facts.filter(([name]) => name === 'records' || name === 'groups')).toEqual([
    ['records', String.raw`1152921504606846976 (jsonl:a\xe2\x80\xae)`],
    ['groups', String.raw`1, by path:^(<b>)\x1b`],
  ]);
});
