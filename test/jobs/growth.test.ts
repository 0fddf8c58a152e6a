import {
  appendFileSync,
  cpSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';

import { rankLogName } from '../../src/job/journal/rank-log.ts';
import { record, table } from '../support/bad-input-table.ts';
import {
  casesOf,
  mpis,
  ownLines,
  program,
  run,
  runJob,
  temporaryFolder,
  type Mpi,
  type Outcome,
} from '../support/job.ts';
import { buildPreload } from '../support/preload.ts';
import { runAndDisturb } from '../support/stopped-job.ts';
import { prose } from '../support/text.ts';

// Files that grow while they are counted, or between two runs: --allow-growth counts them up to their size at the start.

const { folder, remove } = temporaryFolder();
const timeoutSeconds = 30;
const [file, steady] = [join(folder, 'text.txt'), join(folder, 'steady.txt')];
// The last word is cut off: what is appended makes a longer one of it, which must not count.
const content = Buffer.concat([prose(30_000), Buffer.from(' lov')]);
const other = prose(10_000, 2);
const appended = 'e lovely love';
const patterns = ['-e', 'love', '-e', 'lov', '-e', 've'];
const args = ['--block-size', '1K', ...patterns, file, steady];

/** Counts as a program does that reads the files as they were at the start. */
function totalsOf(...contents: readonly Buffer[]): string {
  return ['love', 'lov', 've']
    .map((pattern) => {
      const found = contents.reduce((sum, text) => sum + text.toString().split(pattern).length - 1, 0);
      return `${found}\t${pattern}\n`;
    })
    .join('');
}
const totals = totalsOf(content, other);

beforeEach(() => {
  writeFileSync(file, content);
  utimesSync(file, 1e9, 1e9);
  writeFileSync(steady, other);
  utimesSync(steady, 1e9, 1e9);
});
let logs = 0;
let logDir: string;
beforeEach(() => {
  logDir = join(folder, `logs-${(logs += 1)}`);
});
afterEach(() => {
  rmSync(logDir, { recursive: true, force: true });
});
afterAll(() => {
  console.log(table());
  remove();
});

function expectRefusal(name: string, mpi: Mpi, outcome: Outcome, says: string): void {
  record(name, mpi, outcome);
  expect(ownLines(outcome).map((line) => line.replace(/ rank \d+ on \S+:/, ''))).toEqual([`mpicount: ${says}`]);
  expect(outcome.stdout.toString()).toBe('');
  expect(outcome.status).toBe(3);
}

async function firstLineOfStatus(): Promise<string> {
  const outcome = await run([process.execPath, program, 'status', logDir], { timeoutSeconds });
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  return outcome.stdout.toString().split('\n')[0] ?? '';
}

const remedy = 'if it only grows, --allow-growth counts it up to its size at the start';
const sizes = `from ${content.length} to ${content.length + appended.length} bytes`;

describe.each(mpis)('%s', (mpi) => {
  const otherMpi = mpi === 'openmpi' ? 'mpich' : 'openmpi';

  describe.each(casesOf(mpi, [1, 2, 3]))('a file that grows while it is counted, %d ranks', (ranks) => {
    // The last rank appends to the file when it has opened it.
    const environment = {
      NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'in-one-rank.cjs')}`,
      MPICOUNT_FAULT: 'grows',
      MPICOUNT_FAULT_TEXT: appended,
      MPICOUNT_FAULT_RANK: String(ranks - 1),
    };

    test('is refused, and the message names --allow-growth', { timeout: 40_000 }, async () => {
      const outcome = await runJob(mpi, ranks, ['count', ...args], { timeoutSeconds, environment });
      expectRefusal('a file that grows', mpi, outcome, `${file}: changed while it was counted, ${sizes}; ${remedy}`);
    });

    test.each(['read', 'mmap'])('is counted up to its initial size with --io %s', { timeout: 40_000 }, async (io) => {
      const growing = ['count', '--allow-growth', '--io', io, ...args];
      const outcome = await runJob(mpi, ranks, growing, { timeoutSeconds, environment });
      expect(outcome).toMatchObject({ status: 0, stderr: '' });
      expect(outcome.stdout.toString()).toBe(totals);
    });

    test('ends at its initial size for -w', { timeout: 40_000 }, async () => {
      const word = ['count', '--allow-growth', '--block-size', '1K', '-w', '-e', 'lov', '-e', 'love', file];
      const before = await runJob(mpi, ranks, word, { timeoutSeconds });
      const after = await runJob(mpi, ranks, word, { timeoutSeconds, environment });
      expect(after).toMatchObject({ status: 0, stderr: '' });
      expect(after.stdout.toString()).toBe(before.stdout.toString());
      expect(after.stdout.toString()).toMatch(/^1\tlov\n/);
    });
  });

  test(
    'an empty file that gets content while the job starts is planned with it, 2 ranks',
    { timeout: 40_000 },
    async () => {
      writeFileSync(file, '');
      const environment = {
        NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'in-one-rank.cjs')}`,
        MPICOUNT_FAULT: 'is begun',
        MPICOUNT_FAULT_TEXT: appended,
        MPICOUNT_FAULT_RANK: '0',
      };
      const outcome = await runJob(mpi, 2, ['count', 'love', file], { timeoutSeconds, environment });
      expect(outcome).toMatchObject({ status: 0, stderr: '' });
      expect(outcome.stdout.toString()).toBe('2\tlove\n');
    },
  );

  test('--allow-growth changes nothing for a file that stays the same, 2 ranks', { timeout: 40_000 }, async () => {
    const outcome = await runJob(mpi, 2, ['count', '--allow-growth', ...args], { timeoutSeconds });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout.toString()).toBe(totals);
  });

  test.each([
    // Which of the two depends on how far the other ranks are.
    [
      'cut short',
      /text\.txt: changed while it was counted(: of 30005 bytes, there is none at offset \d+ any more|, from 30005 to 1000 bytes)$/,
    ],
    ['written to', /text\.txt: was written to while it was counted$/],
  ])('--allow-growth allows no other change: %s, 3 ranks', { timeout: 40_000 }, async (fault, says) => {
    const environment = {
      NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'in-one-rank.cjs')}`,
      MPICOUNT_FAULT: fault,
      MPICOUNT_FAULT_RANK: '1',
    };
    const outcome = await runJob(mpi, 3, ['count', '--allow-growth', ...args], { timeoutSeconds, environment });
    expect(ownLines(outcome)).toEqual([expect.stringMatching(says)]);
    expect(outcome.stdout.toString()).toBe('');
    expect(outcome.status).toBe(3);
  });

  describe('a count whose file changed between two runs', () => {
    // As a job leaves its log folder that was killed when it had counted about half of the blocks.
    const begin = async () => {
      await run([process.execPath, program, 'count', '--log-dir', logDir, ...args], { timeoutSeconds });
      rmSync(join(logDir, 'result.json'));
      const log = join(logDir, rankLogName(0));
      const lines = readFileSync(log, 'utf8').split('\n');
      writeFileSync(log, lines.slice(0, lines.length / 2).join('\n'));
      expect(await firstLineOfStatus()).toBe('not complete; to go on, give the same command with --resume');
    };
    const resume = (ranks: number, ...more: string[]) =>
      runJob(otherMpi, ranks, ['count', '--log-dir', logDir, '--resume', ...more, ...args], { timeoutSeconds });
    const grown = `${file} had ${content.length} bytes and now has ${content.length + appended.length}`;

    test('can be resumed with --allow-growth if it grew', { timeout: 90_000 }, async () => {
      await begin();
      appendFileSync(file, appended);
      expect(await firstLineOfStatus()).toBe(
        `not complete; ${grown}; if it only grew, give the same command with --resume --allow-growth, ` +
          'or count anew with another --log-dir',
      );
      expectRefusal(
        'resume: a file grew, 2 ranks',
        mpi,
        await resume(2),
        `cannot resume: ${grown}; if it only grew, resume with --allow-growth, or count anew with another --log-dir`,
      );
      const left = `${logDir}-left`;
      cpSync(logDir, left, { recursive: true });
      for (const ranks of [1, 2, 3]) {
        rmSync(logDir, { recursive: true });
        cpSync(left, logDir, { recursive: true });
        const outcome = await resume(ranks, '--allow-growth');
        expect(outcome).toMatchObject({ status: 0, stderr: '' });
        expect(outcome.stdout.toString()).toBe(totals);
        expect(await firstLineOfStatus()).toBe('complete');
      }
      rmSync(left, { recursive: true });
      // Counted anew, it has more.
      const anew = await runJob(mpi, 2, ['count', ...args], { timeoutSeconds });
      expect(anew.stdout.toString()).toBe(totalsOf(Buffer.concat([content, Buffer.from(appended)]), other));
    });

    const another = `${content.length + 1}: another file has taken its place`;
    test.each<[string, () => void, string]>([
      ['was cut', () => truncateSync(file, 100), `had ${content.length} bytes and now has 100`],
      ['was written to', () => utimesSync(file, 1e9, 1e9 + 1), 'was written to since'],
      [
        'was rotated',
        () => {
          renameSync(file, `${file}.1`);
          writeFileSync(file, Buffer.alloc(content.length + 1, 'love '));
        },
        `had ${content.length} bytes and now has ${another}`,
      ],
    ])('cannot be resumed if it %s', { timeout: 60_000 }, async (name, change, what) => {
      await begin();
      change();
      expect(await firstLineOfStatus()).toBe(
        `not complete; it cannot be resumed: ${file} ${what}; count anew with another --log-dir`,
      );
      for (const more of [[], ['--allow-growth']]) {
        expectRefusal(
          `resume: a file ${name}`,
          mpi,
          await resume(2, ...more),
          `cannot resume: ${file} ${what}; give the same as before, or count anew with another --log-dir`,
        );
      }
    });

    test('cannot be resumed from here if it is missing', { timeout: 60_000 }, async () => {
      await begin();
      rmSync(file);
      expect(await firstLineOfStatus()).toBe(`not complete; it cannot be resumed from here: ${file}: no such file`);
      expectRefusal('resume: a file is gone', mpi, await resume(2, '--allow-growth'), `${file}: no such file`);
    });
  });

  test('a job that is stopped while a file grows is resumed, 2 and 3 ranks', { timeout: 60_000 }, async () => {
    const environment = buildPreload(folder)({ file: 'text.txt', call: 'pread', slow: 25 });
    const growing = ['--allow-growth', '--resume', '--io', 'read', ...args];
    const first = await runAndDisturb({ mpi, ranks: 2, logDir, args: growing, environment, timeoutSeconds }, (pids) => {
      appendFileSync(file, appended);
      process.kill(pids[0]!, 'SIGTERM');
    });
    expect(first.status).toBe(85);
    expect(first.stdout.toString()).toBe('');
    appendFileSync(file, appended);
    const last = await runJob(otherMpi, 3, ['count', '--log-dir', logDir, ...growing], { timeoutSeconds });
    expect(last).toMatchObject({ status: 0, stderr: '' });
    expect(last.stdout.toString()).toBe(totals);
  });
});
