import { describe, expect, test } from 'vitest';

import { runsOf } from '../../../src/report/runs.ts';
import { Stints } from '../../../src/report/stints.ts';
import { beginning, eventsOf, type BlockStory, type RankStory } from '../../support/rank-events.ts';

/** Reads the logs of ranks, each with what the rank did in one run after the other. */
function stintsOf(logs: readonly (readonly RankStory[])[]): Stints {
  const stints = new Stints();
  for (const log of logs) {
    const path = Buffer.from(`/logs/ranks/000/rank-${String(log[0]?.rank).padStart(6, '0')}.jsonl`);
    for (const event of log.flatMap(eventsOf)) stints.take(event, path);
  }
  return stints;
}

const runsIn = (...logs: readonly (readonly RankStory[])[]) => runsOf(stintsOf(logs).all);

test('a stint adds up what a rank did in one run', () => {
  const blocks = [
    { block: 0, at: 2, bytes: 100, reading: 0.5, scanning: 1 },
    { block: 1, at: 5, bytes: 95, reading: 0.25, scanning: 2 },
  ];
  const log = [{ rank: 3, host: 'node1', ranks: 4, slice: 195, threads: 2, cores: 8, blocks, counted: 5.5, ended: 9 }];
  expect(runsIn(log)).toMatchObject([
    {
      begun: beginning,
      last: beginning + 9000,
      ranks: [
        {
          rank: 3,
          host: 'node1',
          slice: 195,
          threads: 2,
          cores: 8,
          blocks: 2,
          bytes: 195,
          readSeconds: 0.75,
          scanSeconds: 3,
          counting: 5.5,
          waiting: 3.5,
          longestGap: 3.5,
        },
      ],
    },
  ]);
});

test('a rank that has counted waits up to the last event of its run, if that has no end', () => {
  const runs = runsIn(
    [{ rank: 0, host: 'a', ranks: 2, blocks: [{ block: 0, at: 1 }], counted: 1 }],
    [{ rank: 1, host: 'a', ranks: 2, blocks: [{ block: 1, at: 8 }] }],
  );
  expect(runs.map(({ ranks }) => ranks.map(({ counting, waiting }) => [counting, waiting]))).toEqual([
    [
      [1, 7],
      [8, undefined],
    ],
  ]);
});

test('a job that is resumed with other ranks has several runs', () => {
  const first = (rank: number): RankStory => ({ rank, host: 'a', ranks: 2, begun: 0.01 * rank });
  const second = (rank: number): RankStory => ({ rank, host: 'b', ranks: 4, begun: 100 + 0.01 * rank });
  const third = (rank: number): RankStory => ({ rank, host: 'c', ranks: 1, begun: 200 });
  // The order of folders is any.
  const runs = runsIn([second(3)], [first(1), second(1)], [first(0), second(0), third(0)], [second(2)]);
  expect(runs.map(({ ranks }) => ranks.map(({ rank, host }) => `${rank}${host}`))).toEqual([
    ['0a', '1a'],
    ['0b', '1b', '2b', '3b'],
    ['0c'],
  ]);
});

test('the start of a rank may be missing', () => {
  const [, ...events] = eventsOf({ rank: 5, host: 'a', ranks: 8, blocks: [{ block: 0, at: 3 }], counted: 4 });
  const stints = new Stints();
  const path = Buffer.from('rank-000005.jsonl');
  for (const event of events) stints.take(event, path);
  expect(runsOf(stints.all)).toMatchObject([{ ranks: [{ rank: 5, host: '', blocks: 1, counting: 1 }] }]);
});

test('there are no runs without events', () => {
  expect(runsOf([])).toEqual([]);
});

describe('a rank is slow', () => {
  /** Ranks that count two blocks of 100 bytes in ten seconds each, and the last rank, which does something else. */
  function slowOf(other: Partial<RankStory>, { ranks = 4 } = {}): (string | undefined)[] {
    const blocksOf = (rank: number): BlockStory[] => [
      { block: 2 * rank, at: 10, reading: 1, scanning: 8.5 },
      { block: 2 * rank + 1, at: 20, reading: 1, scanning: 8.5 },
    ];
    const logs = Array.from({ length: ranks }, (_, rank) => [
      {
        rank,
        host: 'a',
        ranks,
        blocks: blocksOf(rank),
        counted: 20,
        ended: 60,
        ...(rank === ranks - 1 && other),
      },
    ]);
    return runsIn(...logs).flatMap((run) => run.ranks.map(({ slow }) => slow));
  }
  const others = [undefined, undefined, undefined];

  test.each<[string, Partial<RankStory>]>([
    ['scanning', { blocks: [{ block: 6, at: 40, bytes: 200, reading: 2, scanning: 37 }], counted: 40 }],
    ['reading', { blocks: [{ block: 6, at: 40, bytes: 200, reading: 20, scanning: 17 }], counted: 40 }],
    ['decoding', { blocks: [{ block: 6, at: 40, bytes: 200, reading: 2, decoding: 18, scanning: 17 }], counted: 40 }],
    ['bytes', { blocks: [{ block: 6, at: 40, bytes: 400, reading: 4, scanning: 34 }], counted: 40 }],
    ['idle', { blocks: [{ block: 6, at: 40, bytes: 200, reading: 2, scanning: 17 }], counted: 40 }],
    [
      'cores',
      { threads: 2, cores: 1, blocks: [{ block: 6, at: 40, bytes: 200, reading: 4, scanning: 74 }], counted: 40 },
    ],
    ['silent', { blocks: [{ block: 6, at: 10, reading: 1, scanning: 8.5 }], counted: undefined, ended: undefined }],
  ])('for the reason: %s', (reason, other) => {
    expect(slowOf(other)).toEqual([...others, reason]);
  });

  test('also where ranks get further blocks as they become free, so that all count equally long', () => {
    const slow = { blocks: [{ block: 6, at: 20, bytes: 50, reading: 0.5, scanning: 19 }] };
    expect(slowOf(slow)).toEqual([...others, 'scanning']);
  });

  test('and the fast ones are not, though they have more bytes then', () => {
    const fast = { blocks: [{ block: 6, at: 20, bytes: 2000, reading: 1, scanning: 19 }] };
    expect(slowOf(fast)).toEqual([...others, undefined]);
  });

  test('of two, since the faster one is the measure', () => {
    const slow = { blocks: [{ block: 6, at: 40, bytes: 200, reading: 2, scanning: 37 }], counted: 40 };
    expect(slowOf(slow, { ranks: 2 })).toEqual([undefined, 'scanning']);
  });

  test.each<[string, Partial<RankStory>]>([
    ['is as fast as the others', {}],
    ['is slower by less than a quarter', { blocks: [{ block: 6, at: 24, bytes: 200, reading: 2, scanning: 21 }] }],
    [
      'is in a long block',
      { blocks: [{ block: 6, at: 20, bytes: 200, reading: 2, scanning: 17 }], counted: undefined, ended: undefined },
    ],
    ['has nothing to count', { blocks: [], counted: 0 }],
  ])('but not one that %s', (_name, other) => {
    expect(slowOf(other)).toEqual([...others, undefined]);
  });
});
