import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { packWith } from '../decode/harness.ts';
import { record, table } from '../support/bad-input-table.ts';
import { mpis, ownLines, runJob, temporaryFolder, type Mpi, type Outcome } from '../support/job.ts';
import { buildPreload, type Trouble } from '../support/preload.ts';
import { logOf, runAndDisturb } from '../support/stopped-job.ts';
import { prose } from '../support/text.ts';

// A disk that fails on one rank: the job ends, says where, and what was counted before is not lost.

const { folder, remove } = temporaryFolder();
const [one, two] = [join(folder, 'one.txt'), join(folder, 'two.txt')];
const contents = [prose(20_000), prose(40_000, 2)];
// pread() is what is made to fail.
const args = ['--io', 'read', '--block-size', '1K', 'love', one, two];
const total = `${contents.join('\n').split('love').length - 1}\tlove\n`;
const timeoutSeconds = 30;
let trouble: (trouble: Trouble) => Record<string, string>;
let logs = 0;
const newLogDir = () => join(folder, `logs-${(logs += 1)}`);

beforeAll(() => {
  trouble = buildPreload(folder);
  [one, two].forEach((file, index) => {
    writeFileSync(file, contents[index]!);
  });
});
afterAll(() => {
  console.log(table());
  remove();
});

function expectFailure(name: string, mpi: Mpi, outcome: Outcome, logDir: string, status: number, says: string): void {
  record(name, mpi, outcome);
  const host = logOf(logDir, 0)[0]?.['host'] as string;
  expect(ownLines(outcome)).toEqual([`mpicount: ${says.replace('HOST', host)}`]);
  expect(outcome.stdout.toString()).toBe('');
  expect(outcome.status).toBe(status);
  expect(existsSync(join(logDir, 'result.json'))).toBe(false);
}

async function expectResumed(mpi: Mpi, logDir: string): Promise<void> {
  const outcome = await runJob(mpi, 3, ['count', '--resume', '--log-dir', logDir, ...args], { timeoutSeconds });
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  expect(outcome.stdout.toString()).toBe(total);
}

// Several at a time: launchers mostly wait when a job fails.
describe.concurrent.each(mpis)('%s', (mpi) => {
  const count = (logDir: string, environment: Record<string, string>, ...more: string[]) =>
    runJob(mpi, 2, ['count', '--log-dir', logDir, ...more, ...args], { timeoutSeconds, environment });

  test.each([
    ['EIO', 'the disk or file system failed (I/O error)'],
    ['ESTALE', 'the file was replaced on the file server (stale file handle)'],
  ] as const)('%s while reading names file, offset, rank and host', { timeout: 60_000 }, async (failure, reason) => {
    const logDir = newLogDir();
    const environment = trouble({ file: 'two.txt', rank: 1, call: 'pread', failure, from: 30_001 });
    const says = `rank 1 on HOST: ${two}: cannot be read at byte 30001: ${reason}`;
    expectFailure(`${failure} while reading`, mpi, await count(logDir, environment), logDir, 3, says);
    await expectResumed(mpi, logDir);
  });

  test('EIO in the index of an xz file names file, offset, rank and host', { timeout: 60_000 }, async () => {
    const path = join(folder, `blocks-${mpi}.xz`);
    const stored = packWith(['xz', '-c', '-0', '--block-size=1000'], contents[0]!);
    writeFileSync(path, stored);
    const logDir = newLogDir();
    const more = ['--log-dir', logDir, '--block-size', '1K', 'love', path];
    // The text is mapped.
    const from = stored.length - 12;
    const environment = trouble({ file: `blocks-${mpi}.xz`, rank: 1, call: 'pread', failure: 'EIO', from });
    const failed = await runJob(mpi, 2, ['count', '--io', 'mmap', ...more], { timeoutSeconds, environment });
    const says = `rank 1 on HOST: ${path}: cannot be read at byte ${from}: the disk or file system failed (I/O error)`;
    expectFailure('EIO in the index of an xz file', mpi, failed, logDir, 3, says);
    const interrupted = trouble({ file: `blocks-${mpi}.xz`, call: 'pread', failure: 'EINTR', from, times: 3 });
    const outcome = await runJob(mpi, 2, ['count', '--resume', ...more], { timeoutSeconds, environment: interrupted });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout.toString()).toBe(`${contents[0]!.toString().split('love').length - 1}\tlove\n`);
  });

  // As file systems in user space and network file systems do it.
  test('a read that a signal interrupts is repeated', { timeout: 60_000 }, async () => {
    const environment = trouble({ file: 'two.txt', call: 'pread', failure: 'EINTR', from: 9000, times: 3 });
    const outcome = await count(newLogDir(), environment);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout.toString()).toBe(total);
  });

  test('a read of a pipe that a signal interrupts is repeated', { timeout: 60_000 }, async () => {
    const pipe = join(folder, `pipe-${mpi}`);
    execFileSync('mkfifo', [pipe]);
    const environment = trouble({ file: `pipe-${mpi}`, call: 'read', failure: 'EINTR', times: 3 });
    const counting = runJob(mpi, 1, ['count', 'love', pipe], { timeoutSeconds, environment });
    await writeFile(pipe, contents[0]!);
    const outcome = await counting;
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout.toString()).toBe(`${contents[0]!.toString().split('love').length - 1}\tlove\n`);
  });

  test('a file that ends before its unchanged size is reported', { timeout: 60_000 }, async () => {
    const logDir = newLogDir();
    const environment = trouble({ file: 'two.txt', rank: 1, call: 'pread', failure: 'end', from: 30_001 });
    const size = contents[1]!.length;
    const says =
      `rank 1 on HOST: ${two}: its size, ${size} bytes, is not that of its content, ` +
      'as with files that the kernel makes up; copy it to a file first';
    expectFailure('a short read', mpi, await count(logDir, environment), logDir, 3, says);
  });

  test.each([
    ['ENOSPC', 'the disk is full'],
    ['EDQUOT', 'the disk quota is used up'],
    ['EIO', 'the disk or file system failed (I/O error)'],
  ] as const)('a journal that cannot be written is reported: %s', { timeout: 60_000 }, async (failure, reason) => {
    const logDir = newLogDir();
    const environment = trouble({ file: 'rank-000000.jsonl', call: 'write', failure, from: 5 });
    const says = `rank 0 on HOST: cannot write ${logDir}/ranks/000/rank-000000.jsonl: ${reason}`;
    const outcome = await count(logDir, environment);
    expectFailure(`journal: ${failure} from write`, mpi, outcome, logDir, 5, says);
    expect(logOf(logDir, 0)).toHaveLength(5);
  });

  const cannotSync = (logDir: string, rank: number) =>
    `rank ${rank} on HOST: cannot write ${logDir}/ranks/000/rank-00000${rank}.jsonl: the disk or file system failed (I/O error)`;

  test('a journal that cannot be made durable at the interval is reported', { timeout: 60_000 }, async () => {
    const logDir = newLogDir();
    // It fails once, as the real one does, and while there is much to count.
    const environment = {
      ...trouble({ file: 'rank-000000.jsonl', call: 'fdatasync', failure: 'EIO' }),
      NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'slow-blocks.cjs')}`,
      MPICOUNT_FAULT_SLOW: '40',
    };
    const outcome = await count(logDir, environment, '--log-sync', '0.1');
    expectFailure('journal: EIO from fdatasync', mpi, outcome, logDir, 5, cannotSync(logDir, 0));
    expect(logOf(logDir, 0).length).toBeLessThan(20);
    await expectResumed(mpi, logDir);
  });

  test('a journal that cannot be made durable at the end is reported', { timeout: 60_000 }, async () => {
    const logDir = newLogDir();
    const environment = trouble({ file: 'rank-000000.jsonl', call: 'fdatasync', failure: 'EIO' });
    expectFailure('journal: EIO at the end', mpi, await count(logDir, environment), logDir, 5, cannotSync(logDir, 0));
  });

  test('a journal that cannot be made durable at a stop is a failure, not a stop', { timeout: 60_000 }, async () => {
    const logDir = newLogDir();
    const environment = {
      ...trouble({ file: 'rank-000001.jsonl', call: 'fdatasync', failure: 'EIO' }),
      NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'slow-blocks.cjs')}`,
      MPICOUNT_FAULT_SLOW: '40',
    };
    const outcome = await runAndDisturb({ mpi, ranks: 2, logDir, args, environment, timeoutSeconds }, (pids) => {
      process.kill(pids[0]!, 'SIGTERM');
    });
    expectFailure('journal: EIO at a stop', mpi, outcome, logDir, 5, cannotSync(logDir, 1));
    await expectResumed(mpi, logDir);
  });
});
