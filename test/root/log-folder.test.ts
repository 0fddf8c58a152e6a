import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { launcherOf, mpis, ownLines, type Outcome, program, run, runJob, temporaryFolder } from '../support/job.ts';
import { rankLogPath } from '../support/log-folder.ts';

// Log folders, and logs in them, that belong to somebody else: only root can give things away.

const { folder, remove } = temporaryFolder();
afterAll(remove);
const timeoutSeconds = 30;
const input = join(folder, 'input.txt');
writeFileSync(input, 'love\n');
const large = join(folder, 'large.txt');
writeFileSync(large, 'love\n'.repeat(200_000));
const other = 12_345;
const ask = 'give another --log-dir, or add --log-shared if that is meant';

describe.each(mpis)('%s', (mpi) => {
  const count = (logDir: string, ...options: string[]) =>
    runJob(mpi, 2, ['count', '--log-dir', logDir, ...options, 'love', input], { timeoutSeconds });

  test.each<[string, (logDir: string) => string]>([
    [
      'a folder',
      (logDir) => {
        mkdirSync(logDir);
        return logDir;
      },
    ],
    ['a rank log', (logDir) => (writeFileSync(rankLogPath(logDir, 0), ''), rankLogPath(logDir, 0))],
  ])('%s of another user is refused without --log-shared', { timeout: 60_000 }, async (name, make) => {
    const logDir = join(folder, `${name}-${mpi}`);
    const path = make(logDir);
    chownSync(path, other, other);
    const before = readdirSync(logDir);
    const outcome = await count(logDir);
    expect(ownLines(outcome).map((line) => line.replace(/ on \S+:/, ':'))).toEqual([
      `mpicount: rank 0: cannot write ${path}: it belongs to another user (uid ${other}); ${ask}`,
    ]);
    expect(outcome.stdout.toString()).toBe('');
    expect(outcome.status).toBe(5);
    expect(readdirSync(logDir)).toEqual(before);
    const shared = await count(logDir, '--log-shared');
    expect(shared).toMatchObject({ status: 0, stderr: '' });
    expect(shared.stdout.toString()).toBe('1\tlove\n');
  });

  test('launch reports the status of a job whose log folder is on a full disk', { timeout: 60_000 }, async () => {
    const disk = join(folder, `disk-${mpi}`);
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'mpicount-test', disk]);
    try {
      const logDir = join(disk, 'logs');
      const launch = (...options: string[]) =>
        run([process.execPath, program, 'launch', '--', 'count', '--log-dir', logDir, ...options, 'love', large], {
          timeoutSeconds,
          environment: { MPICOUNT_LAUNCH: launcherOf(mpi), NP: '2' },
        });
      const own = (outcome: Outcome) =>
        ownLines(outcome)
          .slice(2) // behind the command and the place of the logs
          .map((line) => line.replace(/ on \S+:/, ':').replace(/rank( |-00000)[01](?=[:.])/g, 'rank$1N'));
      const full = await launch('--block-size', '4096');
      expect(own(full)).toEqual([
        `mpicount: rank N: cannot write ${logDir}/ranks/000/rank-00000N.jsonl: the disk is full`,
      ]);
      expect(full).toMatchObject({ status: 5, stdout: Buffer.of() });
      const inUse = await launch();
      expect(own(inUse)).toEqual([
        `mpicount: rank N: ${logDir} holds the log of an earlier count; go on with it: --resume; ` +
          'count anew: another --log-dir, or remove this one first',
      ]);
      expect(inUse).toMatchObject({ status: 2, stdout: Buffer.of() });
      expect(readdirSync(logDir).sort()).toEqual(['plan.json', 'ranks']);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  test("status reads another user's log folder", { timeout: 60_000 }, async () => {
    const logDir = join(folder, `status-${mpi}`);
    await count(logDir);
    chownSync(logDir, other, other);
    expect(await run([process.execPath, program, 'status', logDir], { timeoutSeconds })).toMatchObject({ status: 0 });
  });
});
