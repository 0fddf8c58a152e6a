// Whole jobs that skip files which cannot be read: the totals are those of all other files, whatever the ranks and the blocks.
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { pack } from '../decode/harness.ts';
import {
  casesOf,
  launcherOf,
  mpis,
  ownLines,
  program,
  readLog,
  run,
  runJob,
  temporaryFolder,
  type Outcome,
} from '../support/job.ts';
import { buildPreload, type Trouble } from '../support/preload.ts';
import { runAndDisturb } from '../support/stopped-job.ts';
import { prose } from '../support/text.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const at = (name: string) => join(folder, name);
const timeoutSeconds = 60;
let trouble: (trouble: Trouble) => Record<string, string>;

/** The texts of the files, by name; those that cannot be read have none. */
const texts = new Map<string, Buffer | undefined>();
const add = (name: string, text: Buffer | undefined, stored?: Uint8Array) => {
  texts.set(name, text);
  if (stored) writeFileSync(at(name), stored);
};
/** Blocks of 4 kB cut the files that are larger; `middle.txt` is in some ten of them, and so are the damaged files. */
const args = ['--io', 'read', '--block-size', '4K', '-e', 'love', '-e', 'the'];
const failAt = 20_001;

beforeAll(() => {
  trouble = buildPreload(folder);
  const text = prose(40_000, 3);
  const packed = pack('gzip', text);
  add('first.txt', prose(3000, 1), prose(3000, 1));
  add('cut.gz', undefined, packed.subarray(0, packed.length - 9));
  add('good.gz', text, packed);
  add('missing.txt', undefined);
  add('middle.txt', prose(40_000, 4), prose(40_000, 4));
  add('flipped.bz2', undefined, pack('bzip2', text).fill(0x55, 3000, 3001));
  add('looping.txt', undefined);
  symlinkSync('looping.txt', at('looping.txt'));
  add('small.txt', prose(500, 5), prose(500, 5));
  add('named.xz', undefined, prose(5000, 6));
  add('last.txt', prose(9000, 7), prose(9000, 7));
  add('empty.txt', Buffer.of(), Buffer.of());
});

const files = () => [...texts.keys()].map(at);
/** Counts in the texts of all files but those that are left out. */
function totals(...without: string[]): string {
  const counted = [...texts].flatMap(([name, text]) => (text && !without.includes(name) ? [text.toString()] : []));
  return ['love', 'the']
    .map((pattern) => `${counted.reduce((sum, text) => sum + text.split(pattern).length - 1, 0)}\t${pattern}\n`)
    .join('');
}
const damaged = [
  /^mpicount: skipped: .*\/cut\.gz: /,
  /^mpicount: skipped: .*\/missing\.txt: no such file$/,
  /^mpicount: skipped: .*\/flipped\.bz2: is damaged/,
  /^mpicount: skipped: .*\/looping\.txt: too many symbolic links$/,
  /^mpicount: skipped: .*\/named\.xz: is not in the format xz, which its name says/,
];
// The rank that counts the first of the failing blocks may have begun with another one.
const unread =
  /^mpicount: skipped: .*\/middle\.txt: cannot be read at byte \d+: the disk or file system failed \(I\/O error\)$/;

function expectSkipped(outcome: Outcome, lines: readonly RegExp[], expected: string): void {
  const own = ownLines(outcome);
  expect(own).toEqual([...lines.map((line) => expect.stringMatching(line) as string), own.at(-1)]);
  expect(own.at(-1)).toMatch(
    `mpicount: ${lines.length} of ${texts.size} files were skipped and not counted, so the status is 6`,
  );
  expect(outcome.stdout.toString()).toBe(expected);
  expect(outcome.status).toBe(6);
}
const withMiddle = [...damaged.slice(0, 2), unread, ...damaged.slice(2)];

test('without the option, the first file that cannot be read ends the job', { timeout: 60_000 }, async () => {
  const outcome = await run([process.execPath, program, 'count', ...args, ...files()], { timeoutSeconds });
  expect(outcome.status).toBe(3);
  expect(outcome.stdout.toString()).toBe('');
  expect(ownLines(outcome)).toEqual([`mpicount: ${at('missing.txt')}: no such file`]);
});

describe.each(mpis)('%s', (mpi) => {
  let logs = 0;
  const newLogDir = () => at(`logs-${mpi}-${(logs += 1)}`);
  const count = (ranks: number, more: readonly string[], environment: Record<string, string> = {}) =>
    runJob(mpi, ranks, ['count', '--skip-unreadable', ...args, ...more, ...files()], { timeoutSeconds, environment });

  test.each(
    casesOf(mpi, [
      [1, false],
      [2, true],
      [3, false],
      [7, true],
    ]),
  )('%d ranks skip files that are damaged or missing, with logs: %s', { timeout: 120_000 }, async (ranks, hasLogs) => {
    const more = hasLogs ? ['--log-dir', newLogDir(), '--threads', '2'] : [];
    expectSkipped(await count(ranks, more), damaged, totals());
  });

  // The blocks before the failure have been counted by then, most of them by other ranks.
  test.each(
    casesOf(mpi, [
      { ranks: 1, more: ['--threads', '3'] },
      { ranks: 2, more: [] },
      { ranks: 3, more: ['--log', 'summary'] },
      { ranks: 7, more: ['--threads', '2'] },
    ]),
  )('$ranks ranks skip a file that fails in its middle: $more', { timeout: 200_000 }, async ({ ranks, more }) => {
    const environment = trouble({ file: 'middle.txt', call: 'pread', failure: 'EIO', from: failAt });
    if (ranks === 2) expectSkipped(await count(ranks, [], environment), withMiddle, totals('middle.txt'));
    const logDir = newLogDir();
    expectSkipped(await count(ranks, ['--log-dir', logDir, ...more], environment), withMiddle, totals('middle.txt'));
    const result = JSON.parse(readFileSync(join(logDir, 'result.json'), 'utf8')) as Record<string, unknown>;
    expect(result).toMatchObject({ complete: false, files: 5, skipped: { files: 6 } });
  });

  test('a file that one rank alone cannot read is skipped on all', { timeout: 60_000 }, async () => {
    const environment = trouble({ file: 'middle.txt', rank: 1, call: 'pread', failure: 'EIO', from: 0 });
    const logDir = newLogDir();
    const outcome = await count(2, ['--log-dir', logDir], environment);
    expect(outcome.status).toBe(6);
    expect(outcome.stdout.toString()).toBe(totals('middle.txt'));
    const skips = readLog(logDir, 1).filter(({ event }) => event === 'skip');
    expect(skips).toContainEqual(expect.objectContaining({ file: at('middle.txt') }));
  });

  test('wc has no line for a skipped file', { timeout: 60_000 }, async () => {
    const environment = trouble({ file: 'middle.txt', call: 'pread', failure: 'EIO', from: failAt });
    const outcome = await runJob(
      mpi,
      3,
      ['wc', '--skip-unreadable', '--io', 'read', '--block-size', '4K', ...files()],
      {
        timeoutSeconds,
        environment,
      },
    );
    const good = [...texts.keys()].filter((name) => texts.get(name) && name !== 'middle.txt' && name !== 'good.gz');
    const plain = await run(['wc', '-lwmc', ...good.map(at)], { timeoutSeconds, environment: { LC_ALL: 'C.UTF-8' } });
    const lines = (outcome.stdout.toString().match(/^.*$/gm) ?? []).map((line) => line.trim().replace(/ +/g, ' '));
    const expected = (plain.stdout.toString().match(/^ .*txt$/gm) ?? []).map((line) => line.trim().replace(/ +/g, ' '));
    expect(lines).toEqual(expect.arrayContaining(expected));
    expect(lines.filter((line) => line !== '')).toHaveLength(good.length + 2);
    expect(outcome.status).toBe(6);
  });

  test('a count that a failure ended goes on without the file', { timeout: 120_000 }, async () => {
    const logDir = newLogDir();
    const readable = ['first.txt', 'good.gz', 'middle.txt', 'last.txt'];
    const environment = trouble({ file: 'middle.txt', call: 'pread', failure: 'EIO', from: failAt });
    const job = (ranks: number, more: readonly string[], trouble: Record<string, string>) =>
      runJob(mpi, ranks, ['count', '--log-dir', logDir, ...more, ...args, ...readable.map(at)], {
        timeoutSeconds,
        environment: trouble,
      });
    const ended = await job(3, [], environment);
    expect(ended.status).toBe(3);
    const expected = totals('middle.txt', 'small.txt');
    // Once skipped, it stays so, although it can be read again.
    for (const [ranks, now] of [
      [2, environment],
      [5, {}],
    ] as const) {
      const outcome = await job(ranks, ['--resume', '--skip-unreadable'], now);
      expect({ ...outcome, stdout: outcome.stdout.toString() }).toMatchObject({ stdout: expected, status: 6 });
      expect(ownLines(outcome)).toEqual([
        expect.stringMatching(unread),
        'mpicount: 1 of 4 files was skipped and not counted, so the status is 6',
      ]);
    }
    const refused = await job(2, ['--resume'], {});
    expect(refused.status).toBe(3);
    expect(ownLines(refused)[0]).toMatch(
      /cannot resume: it was begun with --skip-unreadable, which skipped a file; give it again, or count anew with another --log-dir$/,
    );
    const status = await run([process.execPath, program, 'status', logDir], { timeoutSeconds });
    expect(status.stdout.toString()).toMatch(
      /^complete, but for the skipped files\nskipped {2}1 of 4 files; the first: .*middle\.txt: /,
    );
    expect(status.stdout.toString().endsWith(expected)).toBe(true);
  });

  test('a stopped count goes on, and skips what has become unreadable', { timeout: 120_000 }, async () => {
    const logDir = newLogDir();
    const gone = at(`gone-${mpi}.txt`);
    writeFileSync(gone, prose(30_000, 8));
    const all = ['--skip-unreadable', ...args, gone, ...files()];
    const environment = {
      ...trouble({ file: 'middle.txt', call: 'pread', failure: 'EIO', from: failAt }),
      NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'slow-blocks.cjs')}`,
      MPICOUNT_FAULT_SLOW: '60',
    };
    const stopped = await runAndDisturb({ mpi, ranks: 2, logDir, args: all, environment, timeoutSeconds }, (pids) => {
      process.kill(pids[1]!, 'SIGTERM');
    });
    expect(stopped.stdout.toString()).toBe('');
    expect(stopped.status).toBe(85);
    rmSync(gone);
    const outcome = await runJob(mpi, 3, ['count', '--log-dir', logDir, '--resume', ...all], {
      timeoutSeconds,
      environment: trouble({ file: 'middle.txt', call: 'pread', failure: 'EIO', from: failAt }),
    });
    expect(outcome.stdout.toString()).toBe(totals('middle.txt'));
    expect(outcome.status).toBe(6);
  });

  test('mpicount launch prints the totals and passes the status on', { timeout: 60_000 }, async () => {
    const outcome = await run(
      [
        process.execPath,
        program,
        'launch',
        '--',
        'count',
        '--skip-unreadable',
        '--log-dir',
        newLogDir(),
        ...args,
        ...files(),
      ],
      {
        timeoutSeconds,
        environment: { MPICOUNT_LAUNCH: launcherOf(mpi), NP: '3' },
      },
    );
    expect(outcome.stdout.toString()).toBe(totals());
    expect(outcome.status).toBe(6);
  });
});

test('a library that is missing is an error all the same', { timeout: 60_000 }, async () => {
  const xz = at('whole.xz');
  writeFileSync(xz, pack('xz', prose(3000)));
  const outcome = await run([process.execPath, program, 'count', '--skip-unreadable', ...args, xz], {
    timeoutSeconds,
    environment: { MPICOUNT_LIBLZMA: at('no-such-library') },
  });
  expect(outcome.stdout.toString()).toBe('');
  expect(outcome.status).toBe(3);
});
