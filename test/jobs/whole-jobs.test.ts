import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { mpis, program, readLog, run, runJob, temporaryFolder } from '../support/job.ts';
import { prose } from '../support/text.ts';

// Whole jobs give the totals of one process that reads everything: GNU grep and ripgrep where these define the same.

const { folder, remove } = temporaryFolder();
const files = ['one.txt', 'empty.txt', 'two.txt', 'tiny.txt', 'bytes.bin'].map((name) => join(folder, name));

beforeAll(() => {
  const contents = [prose(200_000), Buffer.of(), prose(50_001, 2), Buffer.from('love'), prose(30_000, 3)];
  // Not UTF-8: characters cut off, bytes in the upper half, zeros.
  contents[4]?.forEach((_, index, bytes) => {
    if (index % 97 === 0) bytes[index] = (index * 7) % 256;
  });
  files.forEach((file, index) => {
    writeFileSync(file, contents[index] ?? Buffer.of());
  });
});
afterAll(remove);

/** The number of lines that a shell command prints for the files, as in `grep -o ... | wc -l`. */
function lines(command: string, args: readonly string[], environment: Record<string, string> = {}): number {
  try {
    const env = { ...process.env, ...environment };
    const output = execFileSync(command, [...args, ...files], { env, maxBuffer: 2 ** 28 });
    return output.filter((byte) => byte === 0x0a).length;
  } catch (error) {
    if ((error as { status?: number }).status === 1) return 0; // nothing found
    throw error;
  }
}

const grep = (pattern: string, ...options: string[]) =>
  lines('grep', ['-a', '-o', '-h', '-F', ...options, '-e', pattern], { LC_ALL: 'C' });
const ripgrep = (pattern: string, ...options: string[]) =>
  lines('rg', ['-a', '-o', '-N', '-I', '--no-config', '--no-ignore', '-F', '--threads=1', ...options, '-e', pattern]);

const cases: { name: string; options: string[]; patterns: string[]; expected: (pattern: string) => number }[] = [
  {
    name: 'bytes as they are, like grep -F -o',
    options: [],
    patterns: ['love', 'ove', 'aa', 'abab', 'é', 'n', ' and ', 'любовь', 'no such'],
    expected: (pattern) => grep(pattern),
  },
  {
    name: 'any case, like rg -i',
    options: ['-i'],
    patterns: ['love', 'kelvin', 'mist', 'résumé', 'STRASSE', 'straße', 'ελλάσ', 'ЛЮБОВЬ', 'k'],
    expected: (pattern) => ripgrep(pattern, '-i'),
  },
];

describe.each(mpis)('%s', (mpi) => {
  describe.each([1, 2, 3, 4, 7])('%d ranks', (ranks) => {
    test.each(cases)('$name', { timeout: 40_000 }, async ({ options, patterns, expected }) => {
      const wanted = patterns.map((pattern) => `${expected(pattern)}\t${pattern}\n`).join('');
      const args = ['count', ...options, ...patterns.flatMap((pattern) => ['-e', pattern]), ...files];
      const outcome = await runJob(mpi, ranks, args, { timeoutSeconds: 30 });
      expect(outcome.stderr).toBe('');
      expect(outcome.stdout.toString()).toBe(wanted);
      expect(outcome.status).toBe(0);
    });
  });

  test('--word on valid UTF-8 counts like rg -w, 3 ranks', { timeout: 40_000 }, async () => {
    const patterns = ['love', 'aa', 'résumé', 'mist', 'x1', '1x', 'don', 'under'];
    const file = files[0] ?? '';
    const wanted = patterns.map((pattern) => {
      const found = execFileSync('sh', ['-c', 'rg -a -o -w -F --no-config -e "$1" "$2" | wc -l', 'sh', pattern, file]);
      return `${Number(found.toString())}\t${pattern}\n`;
    });
    const args = ['count', '-w', ...patterns.flatMap((pattern) => ['-e', pattern]), file];
    const outcome = await runJob(mpi, 3, args, { timeoutSeconds: 30 });
    expect(outcome.stdout.toString()).toBe(wanted.join(''));
    expect(outcome.status).toBe(0);
  });

  test('any block size gives the same totals, also with --overlapping, 4 ranks', { timeout: 120_000 }, async () => {
    const patterns = ['aa', 'abab', 'love', 'l'].flatMap((pattern) => ['-e', pattern]);
    for (const overlapping of [[], ['--overlapping']]) {
      const outcomes = [];
      for (const size of ['997', '4K', '64K', '1G']) {
        const args = ['count', '-i', ...overlapping, '--block-size', size, ...patterns, ...files];
        outcomes.push((await runJob(mpi, 4, args, { timeoutSeconds: 30 })).stdout.toString());
      }
      expect(new Set(outcomes).size).toBe(1);
      expect(outcomes[0]).toMatch(/^\d+\taa\n\d+\tabab\n\d+\tlove\n\d+\tl\n$/);
    }
  });

  test('a list of files is counted with threads: 3 ranks', { timeout: 40_000 }, async () => {
    const list = join(folder, `list-${mpi}`);
    writeFileSync(list, files.map((file) => `${file}\0`).join(''));
    const args = ['count', '--threads', '2', '--block-size', '9K', 'love', '--files-from', list];
    const outcome = await runJob(mpi, 3, args, { timeoutSeconds: 30 });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout.toString()).toBe(`${grep('love')}\tlove\n`);
  });

  test('any number of threads and any I/O method give the same totals, 2 ranks', { timeout: 120_000 }, async () => {
    const patterns = ['aa', 'abab', 'love', 'l'].flatMap((pattern) => ['-e', pattern]);
    const outcomes = [];
    for (const [threads, io] of [
      ['1', 'auto'],
      ['3', 'mmap'],
      ['7', 'read'],
    ] as const) {
      const args = ['count', '-i', '--threads', threads, '--io', io, '--block-size', '10K', ...patterns, ...files];
      outcomes.push((await runJob(mpi, 2, args, { timeoutSeconds: 30 })).stdout.toString());
    }
    expect(new Set(outcomes).size).toBe(1);
    expect(outcomes[0]).toMatch(/^\d+\taa\n\d+\tabab\n\d+\tlove\n\d+\tl\n$/);
  });

  test('more ranks than bytes are allowed: 7 ranks, 4 bytes', { timeout: 40_000 }, async () => {
    const outcome = await runJob(mpi, 7, ['count', 'ov', files[3] ?? ''], { timeoutSeconds: 30 });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout.toString()).toBe('1\tov\n');
  });

  test('an empty file has totals of 0: 3 ranks', { timeout: 40_000 }, async () => {
    const outcome = await runJob(mpi, 3, ['count', 'love', files[1] ?? ''], { timeoutSeconds: 30 });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout.toString()).toBe('0\tlove\n');
  });

  test('help and version are printed once: 3 ranks', { timeout: 40_000 }, async () => {
    const version = await runJob(mpi, 3, ['--version'], { timeoutSeconds: 30 });
    expect(version.stdout.toString()).toMatch(/^mpicount \d+\.\d+\.\d+\n$/);
    const help = await runJob(mpi, 3, ['count', '--help'], { timeoutSeconds: 30 });
    expect(help.stdout.toString().match(/usage:/g)).toHaveLength(1);
    expect([version.status, help.status]).toEqual([0, 0]);
  });

  test('JSON, rank logs and result.json have the totals: 4 ranks', { timeout: 40_000 }, async () => {
    const logDir = join(folder, `logs-${mpi}`);
    const args = ['count', '--format', 'json', '-e', 'love', '--log-dir', logDir, ...files];
    const outcome = await runJob(mpi, 4, args, { timeoutSeconds: 30 });
    const result = JSON.parse(outcome.stdout.toString()) as Record<string, unknown>;
    expect(result).toMatchObject({
      patterns: [{ pattern: 'love', count: grep('love') }],
      files: 5,
      ranks: 4,
      complete: true,
    });
    expect(JSON.parse(readFileSync(join(logDir, 'result.json'), 'utf8'))).toEqual(result);
    let counted = 0;
    let bytes = 0;
    for (let rank = 0; rank < 4; rank += 1) {
      const log = readLog(logDir, rank);
      expect(log.map(({ event }) => event)).toEqual(['start', 'block', 'waiting', 'end']);
      expect(log[0]).toMatchObject({ rank, size: 4, blocks: 1, bytes: log[1]?.['bytes'] });
      counted += (log[1]?.['counts'] as number[])[0] ?? 0;
      bytes += log[1]?.['bytes'] as number;
    }
    expect(counted).toBe(grep('love'));
    expect(bytes).toBe(result['bytes']);
  });

  test('doctor reports all ranks: 2 ranks', { timeout: 40_000 }, async () => {
    const outcome = await runJob(mpi, 2, ['doctor'], { timeoutSeconds: 30 });
    expect(outcome.status).toBe(0);
    expect(outcome.stdout.toString()).toMatch(mpi === 'openmpi' ? /^MPI +Open MPI v\d/m : /^MPI +MPICH \d/m);
    expect(outcome.stdout.toString()).toMatch(/^ranks +2: 0-1 on /m);
  });
});

test('a count needs no launcher: 1 rank', { timeout: 40_000 }, async () => {
  const outcome = await run([process.execPath, program, 'count', 'love', files[0] ?? ''], { timeoutSeconds: 30 });
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  expect(outcome.stdout.toString()).toMatch(/^\d+\tlove\n$/);
});
