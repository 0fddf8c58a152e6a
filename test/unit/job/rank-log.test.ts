import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { OutputError } from '../../../src/job/durable/output-error.ts';
import { logChannel, openRankLog, rankLogFolders, rankLogName } from '../../../src/job/journal/rank-log.ts';
import { temporaryFolder } from '../../support/job.ts';
import { blockEvent, startEvent } from '../../support/events.ts';

const identity = 'of this job';
const logging = { level: 'blocks', syncSeconds: 10 } as const;

let folder: string;
let remove: () => void;
beforeEach(() => ({ folder, remove } = temporaryFolder()));
afterEach(() => {
  remove();
});

test.each([
  [0, 'ranks/000/rank-000000.jsonl'],
  [7, 'ranks/000/rank-000007.jsonl'],
  [255, 'ranks/000/rank-000255.jsonl'],
  [256, 'ranks/001/rank-000256.jsonl'],
  [65_535, 'ranks/255/rank-065535.jsonl'],
  [999_999, 'ranks/3906/rank-999999.jsonl'],
  [1_000_000, 'ranks/3906/rank-1000000.jsonl'],
])('the log of rank %d is %s', (rank, name) => {
  expect(rankLogName(rank)).toBe(name);
});

test.each([
  [1, ['ranks/000']],
  [256, ['ranks/000']],
  [257, ['ranks/000', 'ranks/001']],
  [513, ['ranks/000', 'ranks/001', 'ranks/002']],
])('the logs of %d ranks are in %j', (ranks, folders) => {
  expect(rankLogFolders(ranks)).toEqual(folders);
  const names = Array.from({ length: ranks }, (_, rank) => dirname(rankLogName(rank)));
  expect([...new Set(names)]).toEqual(folders);
});

/** The place of a rank's log, in a folder that is there. */
function place(rank: number): string {
  const path = join(folder, rankLogName(rank));
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

describe('a rank log', () => {
  test('announces each line on a channel when it is written', async () => {
    const path = place(0);
    const announced: unknown[] = [];
    const listener = (message: unknown) => announced.push([message, readFileSync(path, 'utf8').split('\n').length - 1]);
    subscribe(logChannel, listener);
    const log = openRankLog(Buffer.from(folder), 0, identity, logging);
    log.write(startEvent());
    log.write(blockEvent({ block: 7 }));
    unsubscribe(logChannel, listener);
    log.write({ event: 'end', seconds: 1 });
    await log.close();
    expect(announced).toEqual([
      [{ event: 'start' }, 1],
      [{ event: 'block' }, 2],
    ]);
  });

  test('has one line of JSON per event, written immediately', async () => {
    const path = place(300);
    const log = openRankLog(Buffer.from(folder), 300, identity, logging);
    log.write(startEvent({ rank: 300, host: 'löve\n' }));
    const [first = '', rest] = readFileSync(path, 'utf8').split('\n');
    expect(rest).toBe('');
    expect(JSON.parse(first)).toMatchObject({ event: 'start', rank: 300, host: 'löve\n' });
    log.write({ event: 'end', seconds: 1 });
    await log.close();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe(first);
    for (const line of lines) {
      const { time } = JSON.parse(line) as { time: string };
      expect(new Date(time).toISOString()).toBe(time);
    }
  });

  test.each([
    ['on lines of their own', '{"event":"start"}\n', '{"event":"start"}\n'],
    ['that was cut off in the middle of a line', '{"event":"st', '{"event":"st\n'],
  ])('is appended to that of an earlier run, %s', async (_name, before, kept) => {
    const path = place(0);
    writeFileSync(path, before);
    const log = openRankLog(Buffer.from(folder), 0, identity, logging);
    log.write(startEvent());
    await log.close();
    const text = readFileSync(path, 'utf8');
    expect(text.slice(0, kept.length)).toBe(kept);
    expect(JSON.parse(text.slice(kept.length))).toMatchObject({ event: 'start' });
  });

  test('writes nothing with --log off', async () => {
    for (const log of [
      openRankLog(undefined, 0, identity, logging),
      openRankLog(Buffer.from(folder), 0, identity, { ...logging, level: 'off' }),
    ]) {
      log.write(startEvent({ rank: 0 }));
      await log.sync();
      await log.close();
    }
    expect(() => readFileSync(join(folder, rankLogName(0)))).toThrow('ENOENT');
  });

  test.each([
    ['is not there', () => '', 'there can be no such folder'],
    ['is a file', (path: string) => writeFileSync(path, ''), 'a part of the path is not a folder'],
  ])('cannot be opened when its folder %s', (_name, make, reason) => {
    make(join(folder, 'ranks'));
    const open = () => openRankLog(Buffer.from(folder), 0, identity, logging);
    expect(open).toThrow(OutputError);
    expect(open).toThrow(`cannot write ${folder}/ranks/000/rank-000000.jsonl: ${reason}`);
  });
});
