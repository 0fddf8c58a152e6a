import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test, vi } from 'vitest';

import { launcherOf, mpis, program, run, temporaryFolder } from '../support/job.ts';
import { buildPreload } from '../support/preload.ts';
import { logOf } from '../support/stopped-job.ts';

// Jobs whose launcher is killed: the ranks end soon after it, whether the MPI ends them or they notice.

const { folder, remove } = temporaryFolder();
afterAll(remove);
const timeoutSeconds = 120;
const text = join(folder, 'text.txt');
writeFileSync(text, 'love: a love\nlove: b: c\n'.repeat(4000));

/** Counting takes minutes. The folder of Open MPI's launcher stays behind, and would be in the way of another one with its process ID. */
const environment = {
  TMPDIR: folder,
  ...buildPreload(folder)({ file: text, call: 'pread', slow: 1000 }),
};

/** Returns whether a process runs. One that has ended may stay as a zombie where nobody asks for its status. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

describe.each(mpis)('%s', (mpi) => {
  test('two ranks end when their launcher is killed', { timeout: 120_000 }, async () => {
    const logDir = join(folder, `logs-${mpi}`);
    // Without a journal, ranks call no function of MPI while they count.
    const args = [
      'count',
      '--log-dir',
      logDir,
      '--log',
      'summary',
      '--io',
      'read',
      '--block-size',
      '512',
      'love',
      text,
    ];
    const command = [launcherOf(mpi), '-np', '2', process.execPath, program, ...args];
    let launcher = 0;
    const onStart = (pid: number) => (launcher = pid);
    const job = run(command, { timeoutSeconds, environment, onStart });
    const logs = () => [0, 1].map((rank) => logOf(logDir, rank));
    await vi.waitFor(
      () => {
        for (const log of logs()) expect(log.length).toBe(1);
      },
      { timeout: 60_000, interval: 20 },
    );
    const pids = logs().map(([start]) => start?.['pid'] as number);
    process.kill(launcher, 'SIGKILL');
    await vi.waitFor(
      () => {
        expect(pids.filter(isAlive)).toEqual([]);
      },
      { timeout: 30_000, interval: 100 },
    );
    expect(await job).toMatchObject({ status: 137 });
    expect(logs().map((log) => log.some(({ event }) => event === 'waiting'))).toEqual([false, false]);
  });
});
