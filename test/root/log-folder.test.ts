import { chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { mpis, ownLines, program, run, runJob, temporaryFolder } from '../support/job.ts';
import { rankLogPath } from '../support/log-folder.ts';

// Log folders, and logs in them, that belong to somebody else: only root can give things away.

const { folder, remove } = temporaryFolder();
afterAll(remove);
const timeoutSeconds = 30;
const input = join(folder, 'input.txt');
writeFileSync(input, 'love\n');
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

  test("status reads another user's log folder", { timeout: 60_000 }, async () => {
    const logDir = join(folder, `status-${mpi}`);
    await count(logDir);
    chownSync(logDir, other, other);
    expect(await run([process.execPath, program, 'status', logDir], { timeoutSeconds })).toMatchObject({ status: 0 });
  });
});
