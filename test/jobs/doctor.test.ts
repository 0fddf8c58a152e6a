import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  launcherOf,
  mpis,
  ownLines,
  program,
  run,
  runJob,
  temporaryFolder,
  withoutPrivileges,
} from '../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const timeoutSeconds = 30;
const doctor = [process.execPath, program, 'doctor'];
const file = join(folder, 'file');

beforeAll(() => {
  writeFileSync(file, '');
});

describe.each(mpis)('doctor under %s', (mpi) => {
  test.each([
    [['nonsense'], 'doctor takes no arguments; see: mpicount --help'],
    [['--all'], 'unknown option --all; see: mpicount --help'],
  ])('2 ranks refuse %j', { timeout: 40_000 }, async (args, message) => {
    const outcome = await runJob(mpi, 2, ['doctor', ...args], { timeoutSeconds });
    expect({ status: outcome.status, stdout: outcome.stdout.toString() }).toEqual({ status: 2, stdout: '' });
    expect(ownLines(outcome)).toEqual([expect.stringMatching(new RegExp(`^mpicount: rank 0 on \\S+: ${message}$`))]);
  });

  test('2 ranks print help once', { timeout: 40_000 }, async () => {
    const outcome = await runJob(mpi, 2, ['doctor', '--help'], { timeoutSeconds });
    expect(outcome.status).toBe(0);
    expect(outcome.stdout.toString().match(/^usage: mpicount count/gm)).toHaveLength(1);
  });

  test('as many ranks as cores, each bound to one, are not reported as a problem', { timeout: 40_000 }, async () => {
    const outcome = await run([launcherOf(mpi), '-np', '2', '--bind-to', 'core', ...doctor], { timeoutSeconds });
    expect(outcome.status).toBe(0);
    const crowded = availableParallelism() < 2;
    expect(outcome.stdout.toString().includes('! 2 ranks share')).toBe(crowded);
  });

  test('more ranks than cores are reported as a problem', { timeout: 40_000 }, async () => {
    const ranks = availableParallelism() + 1;
    const outcome = await runJob(mpi, ranks, ['doctor'], { timeoutSeconds });
    expect(outcome.status).toBe(0);
    expect(outcome.stdout.toString()).toMatch(new RegExp(`^! ${ranks} ranks share ${ranks - 1} cores? on `, 'm'));
  });
});

describe('doctor without a launcher', () => {
  test.each([
    ['nonsense', 'mpicount: doctor takes no arguments; see: mpicount --help'],
    ['-x', 'mpicount: unknown option -x; see: mpicount --help'],
  ])('refuses %s', async (argument, message) => {
    const outcome = await run([...doctor, argument], { timeoutSeconds });
    expect({ status: outcome.status, stdout: outcome.stdout.toString() }).toEqual({ status: 2, stdout: '' });
    expect(ownLines(outcome)).toEqual([message]);
  });

  test('prints no control characters', async () => {
    const outcome = await run(doctor, { timeoutSeconds, environment: { MPICOUNT_MPI: 'a\x1b[31m' } });
    expect(outcome.status).toBe(4);
    expect(outcome.stdout.toString()).toMatch(/^! MPICOUNT_MPI=a\\x1b\[31m: no such build of the MPI addon/m);
    expect(outcome.stdout.toString()).not.toContain('\x1b');
    expect(outcome.stderr).not.toContain('\x1b');
  });

  test.each([
    ['is missing', () => join(folder, 'missing'), 'there is no such folder'],
    ['is a file', () => file, 'it is no folder'],
  ])('reports that TMPDIR %s before Open MPI does', async (_name, place, reason) => {
    const environment = { MPICOUNT_MPI: 'openmpi', TMPDIR: place() };
    const outcome = await run(doctor, { timeoutSeconds, environment });
    const message =
      `the folder for temporary files, TMPDIR=${place()}, cannot be used: ${reason}; ` +
      'make that folder, set TMPDIR to one that you can write to, or unset it';
    expect(outcome.status).toBe(4);
    expect(outcome.stderr).toBe(`mpicount: ${message}\n`);
    expect(outcome.stdout.toString()).toContain(`\n\n! ${message}\n`);
    expect(outcome.stdout.toString()).not.toContain('No known problem');
    // MPICH keeps nothing there.
    const other = await run(doctor, { timeoutSeconds, environment: { ...environment, MPICOUNT_MPI: 'mpich' } });
    expect(other.status).toBe(0);
  });

  test('reports that TMPDIR is not writable', async () => {
    const place = join(folder, 'locked');
    mkdirSync(place);
    chmodSync(place, 0o555);
    const outcome = await run(withoutPrivileges(doctor), {
      timeoutSeconds,
      environment: { MPICOUNT_MPI: 'openmpi', TMPDIR: place },
    });
    expect(outcome.status).toBe(4);
    expect(outcome.stderr).toContain(`TMPDIR=${place}, cannot be used: permission denied; make that folder`);
  });
});
