import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { stopSignals } from '../../src/job/stop/stop.ts';
import { mpis, ownLines, runJob, statusesOfDeath, temporaryFolder, type Mpi, type Outcome } from '../support/job.ts';
import { buildPreload, type Trouble } from '../support/preload.ts';
import { blocksCounted, logOf, runAndDisturb } from '../support/stopped-job.ts';
import { prose } from '../support/text.ts';

// Jobs that are told to stop: status 85, nothing on standard output, one line, and a journal with all that was counted.

const { folder, remove } = temporaryFolder();
const file = join(folder, 'text.txt');
const text = prose(60_000);
const blocks = Math.ceil(text.length / 512);
const args = ['--io', 'read', '--block-size', '512', 'love', file];
const total = `${text.toString().split('love').length - 1}\tlove\n`;
const timeoutSeconds = 30;
let trouble: (trouble: Trouble) => Record<string, string>;
let logs = 0;
const newLogDir = () => join(folder, `logs-${(logs += 1)}`);

beforeAll(() => {
  trouble = buildPreload(folder);
  writeFileSync(file, text);
});
afterAll(remove);

/** Each block takes so long that something can happen meanwhile, also on a busy machine: a rank of three counts for some seconds. */
const slow = (rank?: number, milliseconds = 150) =>
  trouble({ file, call: 'pread', slow: milliseconds, ...(rank === undefined ? {} : { rank }) });

/** That a job stopped early, and said so as it should. */
function expectStopped(outcome: Outcome, logDir: string, ranks: number, reason: string): void {
  const done = blocksCounted(logDir, ranks).length;
  const percent = Math.floor((100 * done) / blocks);
  const host = logOf(logDir, 0)[0]?.['host'] as string;
  const rank = ranks === 1 ? '' : ` rank 0 on ${host}:`;
  expect(ownLines(outcome)).toEqual([
    `mpicount:${rank} stopped early (${reason}): ${done} of ${blocks} blocks are counted, ${percent} % of ` +
      `${text.length} bytes; to go on, give the same command with --resume`,
  ]);
  expect(outcome.stdout.toString()).toBe('');
  expect(outcome.status).toBe(85);
  expect(done).toBeLessThan(blocks);
  expect(existsSync(join(logDir, 'result.json'))).toBe(false);
  for (let rank = 0; rank < ranks; rank += 1) {
    expect(logOf(logDir, rank).at(-1)).toMatchObject({ event: 'waiting' });
  }
}

/** That what was stopped gives the right totals in the end. */
async function expectResumed(mpi: Mpi, logDir: string): Promise<void> {
  const outcome = await runJob(mpi, 2, ['count', '--resume', '--log-dir', logDir, ...args], { timeoutSeconds });
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  expect(outcome.stdout.toString()).toBe(total);
}

// Several at a time: these jobs mostly wait.
describe.concurrent.each(mpis)('%s', (mpi) => {
  describe.each(stopSignals)('%s', (signal) => {
    test.each([0, 2])('to rank %d stops all 3 ranks', { timeout: 40_000 }, async (rank) => {
      const logDir = newLogDir();
      let signalled = 0;
      const job = { mpi, ranks: 3, logDir, args, environment: slow(), timeoutSeconds };
      const outcome = await runAndDisturb(job, (pids) => {
        signalled = performance.now();
        process.kill(pids[rank]!, signal);
      });
      expect((performance.now() - signalled) / 1000).toBeLessThan(6);
      expectStopped(outcome, logDir, 3, `${signal} on rank ${rank}`);
    });
  });

  describe.each(stopSignals)('%s while MPI starts', (signal) => {
    const environment = (rank: string) => ({
      NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'signal-in-init.cjs')}`,
      MPICOUNT_FAULT: signal,
      MPICOUNT_FAULT_RANK: rank,
    });

    test.each(['0', '1', 'all'])(
      'to rank %s stops both ranks, which can be resumed',
      { timeout: 60_000 },
      async (rank) => {
        const logDir = newLogDir();
        const command = ['count', '--log-dir', logDir, ...args];
        const outcome = await runJob(mpi, 2, command, { timeoutSeconds, environment: environment(rank) });
        // Of two messages that rank 0 gets, either may be the first.
        const by = /\(SIG\w+ on rank (\d)\)/.exec(outcome.stderr)?.[1] ?? '';
        expect(rank === 'all' ? ['0', '1'] : [rank]).toContain(by);
        expectStopped(outcome, logDir, 2, `${signal} on rank ${by}`);
        const signalled = logOf(logDir, Number(by.at(-1)));
        expect(signalled.some(({ event }) => event === 'block')).toBe(false);
        await expectResumed(mpi, logDir);
      },
    );

    test.each([1, 2])('ends a count without a log folder by default, %d ranks', { timeout: 40_000 }, async (ranks) => {
      const last = String(ranks - 1);
      const outcome = await runJob(mpi, ranks, ['count', ...args], { timeoutSeconds, environment: environment(last) });
      expect(statusesOfDeath(mpi, signal)).toContain(outcome.status);
      expect(ownLines(outcome)).toEqual([]);
      expect(outcome.stdout.toString()).not.toContain('\tlove');
    });
  });

  test(
    'signals to all ranks at the same time result in one stop, which can be resumed',
    { timeout: 60_000 },
    async () => {
      const logDir = newLogDir();
      const job = { mpi, ranks: 3, logDir, args, environment: slow(), timeoutSeconds };
      const outcome = await runAndDisturb(job, (pids) => {
        for (const pid of pids) process.kill(pid, 'SIGTERM');
      });
      // A message of another rank may reach rank 0 before its own signal does.
      const [, reason = ''] = /\((SIGTERM on rank [012])\)/.exec(outcome.stderr) ?? [];
      expectStopped(outcome, logDir, 3, reason);
      await expectResumed(mpi, logDir);
    },
  );

  test('a block that takes too long is abandoned and counted by the next run', { timeout: 60_000 }, async () => {
    const logDir = newLogDir();
    let signalled = 0;
    // Rank 1 reads as from a disk that hangs.
    const job = { mpi, ranks: 2, logDir, args, counting: [0], environment: slow(1, 9000), timeoutSeconds };
    const outcome = await runAndDisturb(job, (pids) => {
      signalled = performance.now();
      process.kill(pids[1]!, 'SIGTERM');
    });
    expect((performance.now() - signalled) / 1000).toBeLessThan(6);
    expect(ownLines(outcome)).toHaveLength(1);
    expect(outcome.status).toBe(85);
    expect(logOf(logDir, 1).some(({ event }) => event === 'block')).toBe(false);
    await expectResumed(mpi, logDir);
  });

  test('a signal to a rank without remaining blocks stops the others', { timeout: 60_000 }, async () => {
    const logDir = newLogDir();
    const job = { mpi, ranks: 2, logDir, args, environment: slow(1), timeoutSeconds };
    const outcome = await runAndDisturb(job, async (pids) => {
      await vi.waitFor(
        () => {
          expect(logOf(logDir, 0).at(-1)).toMatchObject({ event: 'waiting', blocksLeft: 0 });
        },
        { timeout: 5000, interval: 10 },
      );
      await sleep(100);
      process.kill(pids[0]!, 'SIGTERM');
    });
    expectStopped(outcome, logDir, 2, 'SIGTERM on rank 0');
  });

  test('--time-limit stops a count in time, even if rank 0 has no blocks left', { timeout: 60_000 }, async () => {
    const logDir = newLogDir();
    const limited = ['count', '--time-limit', '4', '--log-dir', logDir, ...args];
    const outcome = await runJob(mpi, 2, limited, { timeoutSeconds, environment: slow(1) });
    expectStopped(outcome, logDir, 2, 'its time is nearly up');
    expect(logOf(logDir, 0).at(-1)).toMatchObject({ event: 'waiting', blocksLeft: 0 });
  });

  test('--time-limit stops a count in time', { timeout: 60_000 }, async () => {
    const logDir = newLogDir();
    const limited = ['count', '--time-limit', '2', '--log-dir', logDir, ...args];
    const outcome = await runJob(mpi, 2, limited, { timeoutSeconds, environment: slow() });
    expectStopped(outcome, logDir, 2, 'its time is nearly up');
  });

  test("SLURM's time limit stops a count in time", { timeout: 60_000 }, async () => {
    const logDir = newLogDir();
    // Later than the job starts, also on a busy machine: an end in the past is another job's. And sooner than it ends.
    const environment = { ...slow(undefined, 300), SLURM_JOB_END_TIME: String(Math.floor(Date.now() / 1000) + 10) };
    const outcome = await runJob(mpi, 2, ['count', '--log-dir', logDir, ...args], { timeoutSeconds, environment });
    expectStopped(outcome, logDir, 2, 'its time is nearly up');
  });

  test('a missing SLURM_JOB_END_TIME stops nothing', { timeout: 40_000 }, async () => {
    const environment = { SLURM_JOB_END_TIME: '' };
    const outcome = await runJob(mpi, 2, ['count', '--log-dir', newLogDir(), ...args], { timeoutSeconds, environment });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout.toString()).toBe(total);
  });

  test('a second signal ends a count immediately', { timeout: 40_000 }, async () => {
    const logDir = newLogDir();
    // It does not get to the end by itself: the journal of the rank is on a disk that hangs.
    const environment = trouble({ file: 'rank-000001.jsonl', call: 'fdatasync', slow: 20_000 });
    const long = ['--log-sync', '1h', ...args];
    let signalled = 0;
    const job = { mpi, ranks: 3, logDir, args: long, counting: [1], environment, timeoutSeconds };
    const outcome = await runAndDisturb(job, async (pids) => {
      process.kill(pids[1]!, 'SIGTERM');
      await sleep(800);
      signalled = performance.now();
      process.kill(pids[1]!, 'SIGTERM');
    });
    expect((performance.now() - signalled) / 1000).toBeLessThan(6);
    expect(statusesOfDeath(mpi, 'SIGTERM')).toContain(outcome.status);
    expect(ownLines(outcome)).toEqual([]);
    expect(outcome.stdout.toString()).not.toContain('\tlove'); // Hydra writes its own account of it there
    await expectResumed(mpi, logDir);
  });

  test('a rank that fails while others count is a failure, not a stop', { timeout: 40_000 }, async () => {
    const logDir = newLogDir();
    // Open MPI sends SIGTERM to the others. They take long enough to be hit in the middle of counting.
    const failing = trouble({ file, call: 'pread', rank: 1, failure: 'EIO', from: 31_234 });
    const hooks = { NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'slow-blocks.cjs')}` };
    const environment = { ...failing, ...hooks, MPICOUNT_FAULT_SLOW: '60' };
    const outcome = await runJob(mpi, 2, ['count', '--log-dir', logDir, ...args], { timeoutSeconds, environment });
    const host = logOf(logDir, 0)[0]?.['host'] as string;
    expect(ownLines(outcome)).toEqual([
      `mpicount: rank 1 on ${host}: ${file}: cannot be read at byte 31234: the disk or file system failed (I/O error)`,
    ]);
    expect(outcome.stdout.toString()).toBe('');
    expect(outcome.status).toBe(3);
    expect(blocksCounted(logDir, 1).length).toBeLessThan(blocks / 2 - 1); // rank 0 was not done
  });

  test.each([
    ['waiting', 0],
    ['waiting', 1],
    ['end', 0],
    ['end', 1],
  ])('a signal after all is counted (%s, rank %d) changes nothing', { timeout: 40_000 }, async (event, rank) => {
    const logDir = newLogDir();
    const mark = `${logDir}-signalled`;
    const environment = {
      NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'signal-itself.cjs')}`,
      MPICOUNT_FAULT_MARK: mark,
      MPICOUNT_FAULT: 'SIGTERM',
      MPICOUNT_FAULT_EVENT: event,
      MPICOUNT_FAULT_RANK: String(rank),
    };
    const command = ['count', '--log-dir', logDir, '--block-size', '100K', 'love', file];
    const outcome = await runJob(mpi, 2, command, { timeoutSeconds, environment });
    expect(existsSync(mark)).toBe(true);
    expect(outcome.stdout.toString()).toBe(total);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
  });

  test('a signal ends a count without a journal by default', { timeout: 40_000 }, async () => {
    const logDir = newLogDir();
    const summary = ['--log', 'summary', ...args];
    const job = { mpi, ranks: 2, logDir, args: summary, counting: [], environment: slow(), timeoutSeconds };
    const outcome = await runAndDisturb(job, async (pids) => {
      await sleep(300);
      process.kill(pids[1]!, 'SIGTERM');
    });
    expect(statusesOfDeath(mpi, 'SIGTERM')).toContain(outcome.status);
    expect(ownLines(outcome)).toEqual([]);
    expect(outcome.stdout.toString()).not.toContain('\tlove');
  });
});
