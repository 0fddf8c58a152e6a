import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { record, table } from '../support/bad-input-table.ts';
import { launcherOf, mpis, ownLines, program, run, temporaryFolder, type Mpi, type Outcome } from '../support/job.ts';
import { prose } from '../support/text.ts';

// Bad input that only root can prepare: full disks, forbidden files, hosts that see different files.

const { folder, remove } = temporaryFolder();
const at = (name: string) => join(folder, name);
const good = at('good.txt');
const timeoutSeconds = 30;
const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

beforeAll(() => {
  chmodSync(folder, 0o755);
  writeFileSync(good, prose(20_000));
  writeFileSync(at('secret.txt'), prose(2000), { mode: 0o600 });
  writeFileSync(at('shorter.txt'), prose(1000));
  mkdirSync(at('locked'), { mode: 0o755 });
  mkdirSync(at('tiny'));
  mkdirSync(at('anyone'));
  chmodSync(at('anyone'), 0o777);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', at('tiny')]);
});
afterAll(() => {
  console.log(table());
  execFileSync('umount', [at('tiny')]);
  remove();
});

function expectRefusal(name: string, mpi: Mpi, outcome: Outcome, status: number, says: RegExp): void {
  record(name, mpi, outcome);
  expect(ownLines(outcome)).toEqual([expect.stringMatching(says)]);
  expect(outcome.stdout.toString()).toBe('');
  expect(outcome.status).toBe(status);
}

describe.each(mpis)('%s', (mpi) => {
  /** Counts in a file with three ranks, the last of which sees another one in its place. */
  const runWithOther = (other: string, options: readonly string[] = []) => {
    // Not by `mpirun ... : ...`: the mpirun of Open MPI 5.0.7 crashes of several programs.
    const swap = `
      if [ "\${OMPI_COMM_WORLD_RANK-$PMI_RANK}" != 2 ]; then shift && exec "$@"; fi
      exec unshare --mount sh -c 'mount --bind "$0" "$1" && shift && exec "$@"' "$0" "$@"`;
    const rank = ['sh', '-c', swap, other, good, process.execPath, program, 'count', ...options, 'love', good];
    return run([launcherOf(mpi), '-np', '3', ...rank], { timeoutSeconds });
  };

  const asNobody = (args: readonly string[]) => {
    const command = [...nobody, launcherOf(mpi), '-np', '3', process.execPath, program, 'count', ...args];
    return run(command, { timeoutSeconds, cwd: '/', environment: { HOME: '/', TMPDIR: '/tmp' } });
  };

  // The owner's mode may tell that a file can be read, but not that it cannot be.
  test.each([
    ['of another user', 0, 0o600],
    ['that its owner must not read', 65534, 0o040],
  ])('no permission to read one of many files, %s, 3 ranks', { timeout: 40_000 }, async (_, owner, mode) => {
    const many = join(at('anyone'), `many-${mpi}-${owner}`);
    mkdirSync(many);
    for (let index = 0; index < 40; index += 1) {
      writeFileSync(join(many, String(index)), 'love');
      chownSync(join(many, String(index)), 65534, 65534);
    }
    chownSync(join(many, '20'), owner, 0);
    chmodSync(join(many, '20'), mode);
    const says = /many-\w+-\d+\/20: permission denied$/;
    expectRefusal('no permission to read one of many files', mpi, await asNobody(['love', many]), 3, says);
    const skipped = await asNobody(['--skip-unreadable', 'love', many]);
    expect(skipped).toMatchObject({ status: 6 });
    expect(skipped.stdout.toString()).toBe('39\tlove\n');
  });

  test('no permission to read, 3 ranks', { timeout: 40_000 }, async () => {
    const outcome = await asNobody(['love', good, at('secret.txt')]);
    expectRefusal('no permission to read', mpi, outcome, 3, /rank 0 on \S+: .*secret\.txt: permission denied$/);
  });

  test('no permission to write logs, 3 ranks', { timeout: 40_000 }, async () => {
    const outcome = await asNobody(['--log-dir', at('locked/logs'), 'love', good]);
    expectRefusal('log folder not writable', mpi, outcome, 5, /rank 0 on \S+: cannot write .*: permission denied$/);
  });

  // Of a user of its own, as the limit is on all that a user runs. libuv would abort the process.
  test('too few threads allowed, 2 ranks', { timeout: 40_000 }, async () => {
    const user = ['setpriv', '--reuid=54321', '--regid=54321', '--clear-groups'];
    const limited = [
      ...user,
      'prlimit',
      '--nproc=70:70',
      launcherOf(mpi),
      '-np',
      '2',
      process.execPath,
      program,
      'count',
    ];
    const home = { HOME: '/', TMPDIR: at('anyone') };
    const outcome = await run([...limited, '--threads', '100', 'love', good], {
      timeoutSeconds,
      cwd: '/',
      environment: home,
    });
    const says = new RegExp(
      String.raw`rank [01] on \S+: cannot start 103 threads, only \d+: Resource temporarily unavailable; raise the limit on ` +
        String.raw`processes and threads \(ulimit -u, pids\.max of the control group\) or on memory \(ulimit -v\), or start fewer ` +
        String.raw`ranks on this host or fewer --threads$`,
    );
    expectRefusal('too few threads allowed', mpi, outcome, 4, says);
  });

  test('disk full while logging, 3 ranks', { timeout: 40_000 }, async () => {
    truncateSync(good, 2 ** 30);
    const logDir = at(`tiny/${mpi}`);
    const args = ['count', '--log-dir', logDir, '--block-size', '64K', 'love', good];
    const outcome = await run([launcherOf(mpi), '-np', '3', process.execPath, program, ...args], { timeoutSeconds });
    expectRefusal('disk full while logging', mpi, outcome, 5, /rank \d on \S+: cannot write .*: the disk is full$/);
    expect(existsSync(join(logDir, 'result.json'))).toBe(false);
    execFileSync('rm', ['-r', logDir]);
    writeFileSync(good, prose(20_000));
  });

  test('a file that is longer on one host, 3 ranks', { timeout: 60_000 }, async () => {
    // The last rank sees the file when it has grown.
    const longer = at('longer.txt');
    writeFileSync(longer, Buffer.concat([readFileSync(good), Buffer.from('love and more')]));
    const start = (...more: string[]) => runWithOther(longer, more);
    const says =
      /rank 2 on \S+: .*good\.txt: has \d+ bytes here, but 200\d\d bytes on rank 0's host; if it only grows, --allow-growth counts it up to its size at the start$/;
    expectRefusal('a file longer on one host', mpi, await start(), 3, says);
    const outcome = await start('--allow-growth');
    expect(outcome.stdout.toString()).toBe(`${readFileSync(good, 'utf8').split('love').length - 1}\tlove\n`);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
  });

  test('a file that is shorter on one host, 3 ranks', { timeout: 40_000 }, async () => {
    // The last rank sees another file in the place of this one, as with local disks that are not in step.
    const outcome = await runWithOther(at('shorter.txt'));
    const says = /rank 2 on \S+: .*good\.txt: has 10\d\d bytes here, but 200\d\d bytes on rank 0's host$/;
    expectRefusal('a file shorter on one host', mpi, outcome, 3, says);
  });
});
