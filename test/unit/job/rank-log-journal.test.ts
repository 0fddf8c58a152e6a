import { readFileSync } from 'node:fs';

import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';

import { readJournal } from '../../../src/job/journal/journal.ts';
import { OutputError } from '../../../src/job/durable/output-error.ts';
import { identityOf } from '../../../src/job/plan/plan-file.ts';
import { openRankLog } from '../../../src/job/journal/rank-log.ts';
import { temporaryFolder } from '../../support/job.ts';
import { rankLogPath, samplePlan } from '../../support/log-folder.ts';
import { countTotals } from '../../support/spec.ts';
import { blockEvent, startEvent } from '../../support/events.ts';

// Of the disk: how often it was asked to keep what was written, and what it answers.
// Other test files of this process have loaded the program, and others will.
vi.hoisted(() => vi.resetModules());
afterAll(() => vi.resetModules());
const disk = vi.hoisted(() => ({
  isFull: false,
  syncs: 0,
  answers: [] as { milliseconds: number; code: string | undefined }[],
}));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const writeFileSync: typeof fs.writeFileSync = (...args) => {
    if (disk.isFull) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    fs.writeFileSync(...args);
  };
  return {
    ...fs,
    writeFileSync,
    fdatasync: (_fd: number, done: (error: Error | null) => void) => {
      disk.syncs += 1;
      const { milliseconds, code } = disk.answers.shift() ?? { milliseconds: 0, code: undefined };
      const answer = () => {
        done(code === undefined ? null : Object.assign(new Error(code), { code }));
      };
      if (milliseconds === 0) queueMicrotask(answer);
      else setTimeout(answer, milliseconds);
    },
  };
});

const plan = samplePlan();
const identity = identityOf(plan);
let folder: string;
let path: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  path = rankLogPath(folder, 0);
  Object.assign(disk, { isFull: false, syncs: 0, answers: [] });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  remove();
});

const open = (syncSeconds = 10) => openRankLog(Buffer.from(folder), 0, identity, { level: 'blocks', syncSeconds });
const failure = (code: string) => new OutputError(path, Object.assign(new Error(code), { code }));

test('the journal reads what the rank log wrote', async () => {
  const log = open();
  log.write(startEvent({ host: 'node1' }));
  log.write(blockEvent({ block: 3, counts: [1, 2] }));
  expect(await readJournal(Buffer.from(folder), plan)).toMatchObject({ blocksDone: 1, starts: 1, ignoredLines: 0 });
  log.write({ event: 'end', seconds: 1 });
  await log.close();
  const again = open();
  again.write(blockEvent({ block: 4, counts: [1, 2] }));
  await again.close();
  const journal = await readJournal(Buffer.from(folder), plan);
  expect(journal).toMatchObject({ blocksDone: 2, totals: countTotals(2n, 4n), ignoredLines: 0 });
});

test('a full disk is reported by the line that does not fit', () => {
  const log = open();
  disk.isFull = true;
  const write = () => {
    log.write(startEvent());
  };
  expect(write).toThrow(OutputError);
  expect(write).toThrow(`cannot write ${path}: the disk is full`);
});

test('lines are made durable once per interval, and only if there are new ones', async () => {
  const log = open(10);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(disk.syncs).toBe(0);
  for (let block = 0; block < 10; block += 1) log.write(blockEvent({ block, counts: [0, 0] }));
  await vi.advanceTimersByTimeAsync(9999);
  expect(disk.syncs).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(disk.syncs).toBe(1);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(disk.syncs).toBe(1);
  log.write(blockEvent({ block: 1, counts: [0, 0] }));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(disk.syncs).toBe(2);
  await log.close();
});

test('lines are made durable by sync() and close()', async () => {
  const log = open();
  log.write(startEvent());
  await log.sync();
  expect(disk.syncs).toBe(1);
  await log.close();
  expect(disk.syncs).toBe(2);
});

test('an interval beyond the limit of timers is not taken for 0', async () => {
  const log = open(30 * 86_400);
  log.write(startEvent());
  // Node takes 1 ms for what its timers cannot hold, and so do these.
  await vi.advanceTimersByTimeAsync(2 ** 31 - 2);
  expect(disk.syncs).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(disk.syncs).toBe(1);
  await log.close();
});

test.each(['EIO', 'ENOSPC', 'EDQUOT'])('%s while a line is made durable is reported', async (code) => {
  const log = open();
  log.write(startEvent());
  disk.answers.push({ milliseconds: 0, code });
  await expect(log.sync()).rejects.toThrow(failure(code));
});

test('a failure at the interval is reported by the next line', async () => {
  const log = open(0.02);
  disk.answers.push({ milliseconds: 0, code: 'EIO' });
  log.write(startEvent());
  await vi.advanceTimersByTimeAsync(100);
  const write = () => {
    log.write(blockEvent({ block: 1, counts: [0, 0] }));
  };
  expect(write).toThrow(failure('EIO'));
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(2); // nothing after it
});

test.each(['sync', 'close'] as const)(
  'a failure at the interval is reported by %s(), even if the disk works again',
  async (end) => {
    // Linux reports a failed write-back once.
    const log = open(0.02);
    disk.answers.push({ milliseconds: 0, code: 'EIO' });
    log.write(startEvent());
    await vi.advanceTimersByTimeAsync(100);
    await expect(log[end]()).rejects.toThrow(failure('EIO'));
  },
);

test('a late failure at the interval is reported by a sync() that began in the meantime', async () => {
  const log = open(0.02);
  disk.answers.push({ milliseconds: 300, code: 'EIO' });
  log.write(startEvent());
  await vi.advanceTimersByTimeAsync(100);
  log.write({ event: 'waiting', seconds: 1, blocksLeft: 0 });
  const told = expect(log.sync()).rejects.toThrow(failure('EIO'));
  await vi.advanceTimersByTimeAsync(300);
  await told;
});
