import { expect, test } from 'vitest';

import { decodeEvent, encodeEvent, type EventContext } from '../../../src/job/journal/event-codec.ts';
import type { RankEvent } from '../../../src/job/journal/events.ts';
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
  blockEvent({ counts: [1, 2, 3, 4, 5, 6], readSeconds: 0.25, scanSeconds: 1.5, findings: { gzip: [2, 5] } }),
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
