// The memory of ranks that count records which are many times as long as all the memory that they may take.
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { mpis, runJob, temporaryFolder } from '../support/job.ts';

const { folder, remove } = temporaryFolder();
const at = (name: string) => join(folder, name);
const ranks = 2;
const timeoutSeconds = 180;
// In MiB.
const allowance = 24;
const lineSize = 50 * allowance;

/** A line that takes no space on the disk, with an occurrence at its begin, in its middle and at its end, and two short ones around it. */
beforeAll(() => {
  const size = lineSize * 2 ** 20;
  const file = openSync(at('long.txt'), 'w');
  writeSync(file, 'love\nlove', 0);
  for (const offset of [size / 2, size - 4]) writeSync(file, 'love', offset);
  writeSync(file, '\nno such word\nlove love', size);
  closeSync(file);
  // The letters of sequences and qualities are not checked, so these take no space, either.
  const [reads, half] = [openSync(at('long.fastq'), 'w'), size / 2];
  writeSync(reads, '@long\nlove', 0);
  writeSync(reads, 'love', 6 + half / 2);
  writeSync(reads, 'love\n+\n', 6 + half - 4);
  writeSync(reads, '\n@short\nlove\n+\n!!!!\n', 6 + half + 3 + half);
  closeSync(reads);
  writeFileSync(at('small.fastq'), '@short\nlove\n+\n!!!!\n');
  const small = openSync(at('small.txt'), 'w');
  ftruncateSync(small, 4096);
  closeSync(small);
});

// A JSON line of as many MiB, which cannot be without space on the disk.
const jsonSize = 300;
const part = 'love \\u00e9 \\ud83d\\ude00 ';
const parts = Math.floor(2 ** 20 / part.length);
const begin = '{"text":"love","by":"short"}\n{"id":1,"text":"word word","more":[{"text":"word"}],"text":"';
const end = 'word","by":"long"}\n{"text":"love love"}\n';
const jsonTotals = `${jsonSize * parts + 3}\t3\tlove\n1\t1\tword\n${jsonSize * parts}\t1\t\u{1f600}\n`;
const jsonArgs = ['--records', 'jsonl:text', '-e', 'love', '-e', 'word', '-e', '\u{1f600}'];

beforeAll(() => {
  const file = openSync(at('long.jsonl'), 'w');
  writeSync(file, begin);
  for (let mebibytes = 0; mebibytes < jsonSize; mebibytes += 1) writeSync(file, part.repeat(parts));
  writeSync(file, end);
  closeSync(file);
  writeFileSync(at('small.jsonl'), begin + end);
  expect(spawnSync('sh', ['-c', 'gzip -1 <"$1" >"$1.gz"', 'sh', at('long.jsonl')]).status).toBe(0);
}, 120_000);
afterAll(remove);

const measured: string[] = [];
afterAll(() => {
  console.log(measured.join('\n'));
});

describe.each(mpis)('%s', (mpi) => {
  /** Runs a job, and returns its totals and the largest peak of a rank, in MiB. */
  const count = async (...args: readonly string[]) => {
    const peaks = at('peaks');
    rmSync(peaks, { force: true });
    const environment = {
      NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'note-peak.cjs')}`,
      MPICOUNT_TEST_PEAKS: peaks,
    };
    const logDir = at('logs');
    rmSync(logDir, { force: true, recursive: true });
    const all = ['count', '--io', 'read', '--log-dir', logDir, ...args];
    const { status, stdout } = await runJob(mpi, ranks, all, { timeoutSeconds, environment });
    const lines = readFileSync(peaks, 'utf8').trimEnd().split('\n').map(Number);
    expect(lines).toHaveLength(ranks);
    return { status, stdout: stdout.toString(), peak: Math.max(...lines) / 1024 };
  };

  test.each([
    ['line', 'txt', '6\t3\tlove\n1\t1\tword\n'],
    ['file', 'txt', '6\t1\tlove\n1\t1\tword\n'],
    ['fastq', 'fastq', '4\t2\tlove\n0\t0\tword\n'],
  ])(
    `a record of ${lineSize} MiB, --records %s, ${ranks} ranks`,
    { timeout: 400_000 },
    async (unit, suffix, expected) => {
      const args = ['--records', unit, '-e', 'love', '-e', 'word'];
      const least = await count(...args, at(`small.${suffix}`));
      const { peak, ...outcome } = await count(...args, at(`long.${suffix}`));
      expect(outcome).toEqual({ status: 0, stdout: expected });
      measured.push(
        `${mpi}, ${unit}: ${(peak - least.peak).toFixed(1)} MiB more than the ${least.peak.toFixed(0)} MiB for a small text`,
      );
      expect(peak - least.peak).toBeLessThan(allowance);
    },
  );

  test.each(['long.jsonl', 'long.jsonl.gz'])(
    `a JSON line of ${jsonSize} MiB, ${ranks} ranks: %s`,
    { timeout: 400_000 },
    async (name) => {
      const least = await count(...jsonArgs, at('small.jsonl'));
      const { peak, ...outcome } = await count(...jsonArgs, '-w', at(name));
      expect(outcome).toEqual({ status: 0, stdout: jsonTotals });
      measured.push(
        `${mpi}, ${name}: ${(peak - least.peak).toFixed(1)} MiB more than the ${least.peak.toFixed(0)} MiB for a small text`,
      );
      expect(peak - least.peak).toBeLessThan(allowance);
    },
  );

  test(
    `a JSON line of ${jsonSize} MiB by the group that follows, mapped, ${ranks} ranks`,
    { timeout: 400_000 },
    async () => {
      const args = [...jsonArgs, '--io', 'mmap', '--by', 'jsonl:by', at('long.jsonl')];
      const { status, stdout } = await count(...args);
      expect({ status, rows: stdout.split('\n').sort() }).toEqual({
        status: 0,
        rows: [
          '',
          '1\t1\tlove\tshort',
          '1\t1\tword\tlong',
          `${jsonSize * parts}\t1\tlove\tlong`,
          `${jsonSize * parts}\t1\t\u{1f600}\tlong`,
          '2\t1\tlove\t',
        ],
      });
    },
  );
});
