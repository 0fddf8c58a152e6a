import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { encodeCounts } from '../../../src/job/journal/counts-json.ts';
import { decodeEvent, encodeEvent, type EventContext } from '../../../src/job/journal/event-codec.ts';
import type { RankEvent } from '../../../src/job/journal/events.ts';
import { sealLine } from '../../../src/job/journal/sealed-line.ts';
import { toDense, toSparse, type Counters } from '../../../src/tally/counters.ts';
import { blockEvent, startEvent } from '../../support/events.ts';

const context: EventContext = { identity: 'this job', grid: { blockSize: 100, blocks: 10 }, width: 2, maxRows: 3 };
const time = Date.UTC(2030, 0, 1, 12, 30, 15, 250);
const slice = [
  { file: 'text', begin: 0, end: 10 },
  { file: { base64: '6Q==' }, begin: 5, end: 6 },
];

test.each<RankEvent>([
  startEvent({ rank: 7, size: 9, host: 'node2', slice }),
  blockEvent({ block: 9, counts: [1, 2 ** 40] }),
  blockEvent({
    counts: [1, 2, 3, 4, 5, 6],
    readSeconds: 0.25,
    decodeSeconds: 0.5,
    scanSeconds: 1.5,
    textSize: 300,
    findings: { gzip: [2, 5] },
  }),
  blockEvent({ counts: [1, 2], without: [0, 2 ** 40] }),
  { event: 'skip', file: { base64: '6Q==' }, begin: 2 ** 40, reason: 'no such file' },
  { event: 'waiting', seconds: 1.25, blocksLeft: 3 },
  { event: 'end', seconds: 2.5 },
])('an event is decoded as it was encoded: %j', (event) => {
  expect(decodeEvent(encodeEvent(event, time, 'this job'), context)).toEqual({ time, ...event });
});

test('the fields of the tally stand beside the others in a start event', () => {
  const line = encodeEvent(startEvent({ tally: { wordRule: 'coreutils 9.4' } }), time, 'this job');
  expect(JSON.parse(line)).toMatchObject({ event: 'start', wordRule: 'coreutils 9.4', threads: 1 });
  expect(line).not.toContain('"tally"');
});

test.each<[string, RankEvent]>([
  ['a block past the grid', blockEvent({ block: 10 })],
  ['part of a row', blockEvent({ counts: [1, 2, 3] })],
  ['more rows than a block has', blockEvent({ counts: [1, 2, 3, 4, 5, 6, 7, 8] })],
  ['a negative count', blockEvent({ counts: [1, -2] })],
  ['a block without what is no offset', blockEvent({ without: [-1] })],
  ['a host name that is too long', startEvent({ host: 'x'.repeat(256) })],
])('an event is not decoded: %s', (_name, event) => {
  expect(decodeEvent(encodeEvent(event, time, 'this job'), context)).toBeUndefined();
});

test('an event of another job is not decoded', () => {
  expect(decodeEvent(encodeEvent(blockEvent(), time, 'another job'), context)).toBeUndefined();
});

describe('the groups that a text names', () => {
  const named: EventContext = { ...context, maxRows: 'named' };
  const decoded = (event: RankEvent) => decodeEvent(encodeEvent(event, time, 'this job'), named);

  test.each([
    blockEvent({ counts: [1, 2, 3, 0, 5, 6, 7, 8], groups: ['', 'a', 'caf\u00e9', { base64: '6Q==' }] }),
    blockEvent({ counts: [], groups: [] }),
  ])('are decoded as they were encoded: %j', (event) => {
    expect(decoded(event)).toEqual({ time, ...event });
  });

  test.each<[string, RankEvent]>([
    ['without them', blockEvent({ counts: [1, 2] })],
    ['with fewer of them than rows', blockEvent({ counts: [1, 2, 3, 4], groups: ['a'] })],
    ['with a name that is none', blockEvent({ counts: [1, 2], groups: [1 as unknown as string] })],
  ])('an event is not decoded %s', (_name, event) => {
    expect(decoded(event)).toBeUndefined();
  });
});

describe('the counts of a block', () => {
  const wide: EventContext = { ...context, width: 500, maxRows: 4 };
  const counters = fc
    .record({
      rows: fc.integer({ min: 0, max: 4 }),
      found: fc.array(fc.tuple(fc.nat(1999), fc.integer({ min: 1, max: 2 ** 53 - 1 })), { maxLength: 600 }),
    })
    .map(({ rows, found }) => {
      const counts = new Array<number>(rows * 500).fill(0);
      for (const [index, count] of found) if (index < counts.length) counts[index] = count;
      return counts;
    });
  const jsonOf = (counts: Counters) => JSON.stringify(encodeCounts(counts)).length;

  test('are encoded in the form that is shorter, whatever form they have', () => {
    fc.assert(
      fc.property(counters, (counts) => {
        const sparse = toSparse(counts);
        const shorter = Math.min(JSON.stringify({ counts }).length, JSON.stringify({ sparse }).length);
        expect([jsonOf(counts), jsonOf(sparse)]).toEqual([shorter, shorter]);
        expect(toDense(sparse)).toEqual(counts);
        for (const given of [counts, sparse]) {
          const decoded = decodeEvent(encodeEvent(blockEvent({ counts: given }), time, 'this job'), wide);
          expect(decoded).toMatchObject({ event: 'block' });
          if (typeof decoded === 'object' && decoded.event === 'block') expect(toDense(decoded.counts)).toEqual(counts);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('of few patterns are all there, as earlier versions wrote them', () => {
    expect(encodeEvent(blockEvent({ counts: [0, 0, 0, 7] }), time, 'this job')).toContain('"counts":[0,0,0,7]');
  });

  const valid = { length: 1500, indices: [3, 1499], counts: [1, 2] };
  const line = (fields: object) =>
    sealLine({ time: new Date(time).toISOString(), event: 'block', block: 1, ...fields }, 'this job');

  test('may be in sparse form', () => {
    expect(decodeEvent(line({ sparse: valid }), wide)).toMatchObject({ counts: valid });
    expect(decodeEvent(line({ sparse: { length: 0, indices: [], counts: [] } }), wide)).toBeDefined();
  });

  test.each<[string, unknown]>([
    ['no object', [1500, [3], [1]]],
    ['no length', { ...valid, length: undefined }],
    ['a negative length', { ...valid, length: -500 }],
    ['a length that is no number of rows', { ...valid, length: 1501 }],
    ['more rows than a block has', { ...valid, length: 2500 }],
    ['a huge length', { ...valid, length: 2 ** 53 - 8 }],
    ['an index past the length', { ...valid, indices: [3, 1500] }],
    ['a negative index', { ...valid, indices: [-3, 4] }],
    ['half an index', { ...valid, indices: [0.5, 4] }],
    ['an index that is a text', { ...valid, indices: ['3', 4] }],
    ['an index twice', { ...valid, indices: [3, 3] }],
    ['descending indices', { ...valid, indices: [4, 3] }],
    ['an index without a count', { ...valid, counts: [1] }],
    ['a count without an index', { ...valid, counts: [1, 2, 3] }],
    ['a count of zero', { ...valid, counts: [1, 0] }],
    ['a negative count', { ...valid, counts: [1, -2] }],
    ['a count beyond all bytes', { ...valid, counts: [1, 2 ** 64] }],
    ['counts that say their length', { ...valid, counts: { length: 2 } }],
    ['nothing', null],
  ])('are not decoded from a sparse form with %s', (_name, sparse) => {
    expect(decodeEvent(line({ sparse }), wide)).toBeUndefined();
  });

  test('are not decoded if they are there in both forms, or in none', () => {
    expect(decodeEvent(line({ sparse: valid, counts: toDense(valid) }), wide)).toBeUndefined();
    expect(decodeEvent(line({}), wide)).toBeUndefined();
  });
});
