import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test, vi } from 'vitest';

import {
  launcherOf,
  majorVersionOfOpenMpi,
  mpis,
  ownLines,
  program,
  run,
  temporaryFolder,
  type Mpi,
} from '../support/job.ts';
import { blocksCounted, logOf } from '../support/stopped-job.ts';

// Jobs whose terminal is closed. SIGHUP reaches all processes of a process group, or one of them, depending on the shell.

const { folder, remove } = temporaryFolder();
afterAll(remove);

const text = 'love: a love\nlove: b: c\n'.repeat(4000);
const total = '12000\tlove\n';
const blocks = Math.ceil(text.length / 512);
const args = ['--log-dir', 'logs', '--block-size', '512', 'love', 'text.txt'];
const timeoutSeconds = 40;

let cases = 0;
function newFolder(): string {
  const path = join(folder, String(cases++));
  mkdirSync(path);
  writeFileSync(join(path, 'text.txt'), text);
  return path;
}

/** Each block takes so long that the job still counts when a signal is passed on late. */
const slow = {
  NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'slow-blocks.cjs')}`,
  MPICOUNT_FAULT_SLOW: '200',
};
const launched = (...more: string[]) => [process.execPath, program, 'launch', '--', 'count', ...more, ...args];

/** Calls `disturb` when both ranks count. */
async function whenCounting(cwd: string, disturb: () => void): Promise<void> {
  await vi.waitFor(
    () => {
      for (const rank of [0, 1]) expect(logOf(join(cwd, 'logs'), rank).length).toBeGreaterThan(3);
    },
    { timeout: 30_000, interval: 20 },
  );
  disturb();
}

/** Returns the process that `parent` started. */
function childOf(parent: number): number {
  const child = readdirSync('/proc').find((name) => /^\d+$/.test(name) && parentOf(name) === parent);
  return Number(child);
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
  } catch {
    return undefined; // it has ended
  }
}

/** Sends SIGHUP to a launched job. */
const hangUp = {
  'mpicount launch': (pid: number) => process.kill(pid, 'SIGHUP'),
  'the launcher': (pid: number) => process.kill(childOf(pid), 'SIGHUP'),
  'the process group': (pid: number) => process.kill(-pid, 'SIGHUP'),
};
type Target = keyof typeof hangUp;

const openMpi = majorVersionOfOpenMpi();

/**
 * Checks the lines about the end of the job. Hydra dies of SIGHUP and tells the ranks nothing. The mpirun of Open MPI 5 (seen with 5.0.7)
 * may end the ranks before they can report.
 */
function expectEnd(lines: readonly string[], mpi: Mpi, target: Target, logDir: string): void {
  const done = blocksCounted(logDir, 2).length;
  const host = String(logOf(logDir, 0)[0]?.['host']);
  const stopped = new RegExp(
    `^mpicount: rank 0 on ${host}: stopped early \\(SIGTERM on rank [01]\\): ${done} of ${blocks} blocks are counted, ` +
      `${Math.floor((100 * done) / blocks)} % of ${text.length} bytes; to go on, give the same command with --resume$`,
  );
  if (mpi === 'openmpi' && openMpi >= 5) {
    const unreported =
      'mpicount: mpirun.openmpi ended with status 1, and the program left neither totals nor an exit status';
    expect(lines.filter((line) => line !== unreported && !stopped.test(line))).toEqual([]);
    expect(lines.length).toBeLessThan(2);
  } else {
    const reports = mpi === 'openmpi' || target === 'mpicount launch';
    expect(lines).toEqual(reports ? [expect.stringMatching(stopped)] : []);
  }
}

describe.concurrent.each(mpis)('%s', (mpi) => {
  const launcher = { NP: '2', MPICOUNT_LAUNCH: launcherOf(mpi) };

  async function expectResumed(cwd: string): Promise<void> {
    const before = blocksCounted(join(cwd, 'logs'), 2);
    expect(before.length).toBeGreaterThan(4);
    expect(before.length).toBeLessThan(blocks);
    expect(existsSync(join(cwd, 'logs', 'result.json'))).toBe(false);
    const outcome = await run(launched('--resume'), { cwd, environment: launcher, timeoutSeconds });
    expect(outcome.stdout.toString()).toBe(total);
    expect(outcome.status).toBe(0);
    expect(new Set(blocksCounted(join(cwd, 'logs'), 2)).size).toBe(blocks);
  }

  test.each(Object.keys(hangUp) as Target[])(
    'a launched job stops when SIGHUP reaches %s, and can be resumed',
    { timeout: 90_000 },
    async (target) => {
      const cwd = newFolder();
      let pid = 0;
      const [outcome] = await Promise.all([
        run(launched(), {
          cwd,
          environment: { ...launcher, ...slow },
          timeoutSeconds,
          onStart: (started) => (pid = started),
        }),
        whenCounting(cwd, () => hangUp[target](pid)),
      ]);
      expect(outcome.stdout.toString()).toBe('');
      const [running, logs, ...rest] = ownLines(outcome);
      expect(running).toMatch(/^mpicount: running: .* count --log-dir logs --block-size 512 love text\.txt$/);
      expect(logs).toBe('mpicount: rank logs: logs/ranks');
      expect(rest.pop()).toBe(`mpicount: to go on: npm start -- --resume ${args.join(' ')}`);
      expectEnd(rest, mpi, target, join(cwd, 'logs'));
      expect(outcome.status).toBe(85);
      await expectResumed(cwd);
    },
  );

  test('a launched job ends with 85 when its terminal is closed, and can be resumed', { timeout: 90_000 }, async () => {
    const cwd = newFolder();
    // The shell is the session leader and gets the first SIGHUP; when it has ended, all others get one. `script` is the terminal.
    const command = launched()
      .map((word) => `'${word}'`)
      .join(' ');
    const inTerminal = ['script', '--quiet', '--command', `(trap : HUP; ${command}; echo $? >status); :`, 'typescript'];
    let pid = 0;
    await Promise.all([
      run(inTerminal, {
        cwd,
        environment: { ...launcher, ...slow },
        timeoutSeconds,
        onStart: (started) => (pid = started),
      }),
      whenCounting(cwd, () => process.kill(pid, 'SIGKILL')),
    ]);
    const status = () => readFileSync(join(cwd, 'status'), 'utf8');
    await vi.waitFor(
      () => {
        expect(status()).toMatch(/\n$/);
      },
      { timeout: 30_000, interval: 50 },
    );
    expect(status()).toBe('85\n');
    await expectResumed(cwd);
  });

  test('a job can be resumed when SIGHUP reaches mpirun alone', { timeout: 90_000 }, async () => {
    const cwd = newFolder();
    let pid = 0;
    const [outcome] = await Promise.all([
      run([launcherOf(mpi), '-np', '2', process.execPath, program, 'count', ...args], {
        cwd,
        environment: slow,
        timeoutSeconds,
        onStart: (started) => (pid = started),
      }),
      whenCounting(cwd, () => process.kill(pid, 'SIGHUP')),
    ]);
    expect(outcome.stdout.toString()).toBe('');
    expect(outcome.status).toBe(mpi === 'openmpi' ? 1 : 129);
    await expectResumed(cwd);
  });
});
