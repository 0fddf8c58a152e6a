import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { record, table } from '../support/bad-input-table.ts';
import { casesOf, mpis, ownLines, program, run, runJob, temporaryFolder, type Outcome } from '../support/job.ts';
import { contents, filesBelow, rankLogPath } from '../support/log-folder.ts';
import { buildPreload, type Trouble } from '../support/preload.ts';
import { logOf } from '../support/stopped-job.ts';
import { prose } from '../support/text.ts';

// What is in a log folder before a job writes to it, how others may read it, and file systems that cannot do everything.

const { folder, remove } = temporaryFolder();
const at = (name: string) => join(folder, name);
const text = prose(60_000);
const input = at('input.txt');
const expected = `${text.toString().split('love').length - 1}\tlove\n`;
const timeoutSeconds = 30;
let trouble: (trouble: Trouble) => Record<string, string>;

beforeAll(() => {
  trouble = buildPreload(folder);
  writeFileSync(input, text);
});
afterAll(() => {
  console.log(table());
  remove();
});

const count = (logDir: string, ...options: readonly string[]) => [
  'count',
  '--log-dir',
  logDir,
  '--block-size',
  '1K',
  ...options,
  'love',
  input,
];
const withoutHost = (outcome: Outcome) => ownLines(outcome).map((line) => line.replace(/(rank \d) on \S+:/, '$1:'));

/** All but plans that do not have their name yet. */
function withoutParts(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([name]) => !name.endsWith('.part')));
}

describe.each(mpis)('%s', (mpi) => {
  const runCount = (args: readonly string[], environment: Record<string, string> = {}) =>
    runJob(mpi, 2, args, { timeoutSeconds, environment });
  const expectDone = (outcome: Outcome) => {
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout.toString()).toBe(expected);
  };

  describe('in place of a log', { timeout: 90_000 }, () => {
    const way = 'remove it, or give another --log-dir';
    /** A folder elsewhere, with a file in it. */
    const outsideOf = (logDir: string) => `${logDir}-outside`;
    const victimOf = (logDir: string) => join(outsideOf(logDir), 'victim');

    interface Case {
      readonly name: string;
      /** Puts it there. @returns Its path. */
      readonly make: (logDir: string) => string;
      readonly rank?: number;
      readonly says: string;
    }
    const inPlaceOf =
      (rank: number, make: (path: string, victim: string) => unknown): Case['make'] =>
      (logDir) => {
        const path = rankLogPath(logDir, rank);
        make(path, victimOf(logDir));
        return path;
      };
    const cases: readonly Case[] = [
      {
        name: 'a link to a file',
        make: inPlaceOf(0, (path, victim) => symlinkSync(victim, path)),
        says: 'a symbolic link',
      },
      {
        name: "a link to a file as another rank's log",
        rank: 1,
        make: inPlaceOf(1, (path, victim) => symlinkSync(victim, path)),
        says: 'a symbolic link',
      },
      {
        name: 'a link to nothing',
        make: inPlaceOf(0, (path, victim) => symlinkSync(`${victim}2`, path)),
        says: 'a symbolic link',
      },
      { name: 'a hard link', make: inPlaceOf(0, (path, victim) => linkSync(victim, path)), says: 'another name' },
      { name: 'a pipe', make: inPlaceOf(0, (path) => execFileSync('mkfifo', [path])), says: 'a pipe' },
      {
        name: "a pipe as another rank's log",
        rank: 1,
        make: inPlaceOf(1, (path) => execFileSync('mkfifo', [path])),
        says: 'a pipe',
      },
      { name: 'a folder', make: inPlaceOf(0, (path) => mkdirSync(path)), says: 'a folder' },
      {
        name: 'a link for the folder of all rank logs',
        make: (logDir) => {
          mkdirSync(logDir);
          symlinkSync(outsideOf(logDir), join(logDir, 'ranks'));
          return join(logDir, 'ranks');
        },
        says: 'a symbolic link',
      },
      {
        name: 'a link for a folder of rank logs',
        make: (logDir) => {
          mkdirSync(join(logDir, 'ranks'), { recursive: true });
          symlinkSync(outsideOf(logDir), join(logDir, 'ranks/000'));
          return join(logDir, 'ranks/000');
        },
        says: 'a symbolic link',
      },
      {
        name: 'a folder for the result',
        make: (logDir) => {
          mkdirSync(join(logDir, 'result.json'), { recursive: true });
          return join(logDir, 'result.json');
        },
        says: 'a folder',
      },
    ];

    // Several at a time: launchers mostly wait when a job fails.
    test.concurrent.each(casesOf(mpi, cases))('$name is refused', async ({ name, make, rank = 0, says }) => {
      const logDir = at(`${name}-${mpi}`);
      const outside = outsideOf(logDir);
      mkdirSync(outside);
      writeFileSync(victimOf(logDir), 'precious\n');
      const path = make(logDir);
      const what = says === 'another name' ? 'it has another name, too (a hard link)' : `it is ${says}`;
      // Neither option makes a difference.
      const outcome = await runCount(count(logDir, '--resume', '--log-shared'));
      record(`log folder: ${name}`, mpi, outcome);
      expect(withoutHost(outcome)).toEqual([`mpicount: rank ${rank}: cannot write ${path}: ${what}; ${way}`]);
      expect(outcome.stdout.toString()).toBe('');
      expect(outcome.status).toBe(5);
      expect(contents(outside)).toEqual({ victim: 'precious\n' });
      // The next start is not told that the folder is in use.
      expect(existsSync(join(logDir, 'plan.json'))).toBe(false);
      rmSync(path, { recursive: true });
      expectDone(await runCount(count(logDir)));
      expect(contents(outside)).toEqual({ victim: 'precious\n' });
    });
  });

  test.each(casesOf(mpi, [['--resume'], []]))(
    'a link to nothing as the plan is refused with %j',
    { timeout: 30_000 },
    async (...options) => {
      const logDir = at(`plan-link-${options.length}-${mpi}`);
      mkdirSync(logDir);
      const path = join(logDir, 'plan.json');
      symlinkSync('nothing', path);
      const outcome = await runCount(count(logDir, ...options));
      record('log folder: a link to nothing as the plan', mpi, outcome);
      const what = 'it is a symbolic link to nothing; remove it, or give another --log-dir';
      expect(withoutHost(outcome)).toEqual([`mpicount: rank 0: ${path}: cannot be read: ${what}`]);
      expect(outcome.stdout.toString()).toBe('');
      expect(outcome.status).toBe(3);
    },
  );

  test('a folder that all users can write to is refused without --log-shared', { timeout: 60_000 }, async () => {
    const logDir = at(`all-${mpi}`);
    mkdirSync(logDir);
    for (const mode of [0o777, 0o1777, 0o703]) {
      chmodSync(logDir, mode);
      const outcome = await runCount(count(logDir));
      record('log folder: all can write', mpi, outcome);
      const what = 'all users can write to it; give another --log-dir, or add --log-shared if that is meant';
      expect(withoutHost(outcome)).toEqual([`mpicount: rank 0: cannot write ${logDir}: ${what}`]);
      expect(outcome.stdout.toString()).toBe('');
      expect(outcome.status).toBe(5);
      expect(readdirSync(logDir)).toEqual([]);
    }
    expectDone(await runCount(count(logDir, '--log-shared')));
    expect((await runCount(count(logDir, '--resume'))).status).toBe(5);
    chmodSync(logDir, 0o775); // a group's folder
    expectDone(await runCount(count(logDir, '--resume')));
  });

  const modesOf = (logDir: string) =>
    Object.fromEntries(
      ['.', ...Object.keys(contents(logDir))].map((name) => [name, statSync(join(logDir, name)).mode & 0o777]),
    );
  const files = ['plan.json', 'ranks/000/rank-000000.jsonl', 'ranks/000/rank-000001.jsonl', 'result.json'];
  const folders = ['.', 'ranks', 'ranks/000'];
  const allWith = (file: number, folder: number) =>
    Object.fromEntries([
      ...files.map((name) => [name, file] as const),
      ...folders.map((name) => [name, folder] as const),
    ]);

  test.each(
    casesOf(mpi, [
      ['0022', [], 0o644, 0o755],
      ['0077', [], 0o600, 0o700],
      ['0000', [], 0o664, 0o775],
      ['0022', ['--log-mode', '0600'], 0o600, 0o700],
      ['0022', ['--log-mode', '640'], 0o640, 0o750],
      ['0077', ['--log-mode=0660'], 0o660, 0o770],
    ]),
  )('the umask %s and %j give the right modes', { timeout: 60_000 }, async (umask, options, file, folder) => {
    const logDir = at(`mode-${umask}-${options.join('')}-${mpi}`);
    const command = ['bash', '-c', `umask ${umask}; exec "$@"`, 'bash', `mpirun.${mpi}`, '-np', '2'];
    const outcome = await run([...command, process.execPath, program, ...count(logDir, ...options)], {
      timeoutSeconds,
    });
    expectDone(outcome);
    expect(modesOf(logDir)).toEqual(allWith(file, folder));
    // What an earlier run left gets the mode, too, as far as this one writes to it.
    expectDone(await runCount(count(logDir, '--resume', '--log-mode', '0600')));
    expect(modesOf(logDir)).toEqual({ ...allWith(0o600, folder), 'plan.json': file });
  });

  describe('a file system', { timeout: 60_000 }, () => {
    test.concurrent.each(
      casesOf(mpi, [
        ['link', 'EPERM', 'blocks'],
        ['link', 'ENOTSUP', 'off'],
        ['fsync-folder', 'ENOTSUP', 'blocks'],
        ['fsync-folder', 'EINVAL', 'off'],
        ['link,fsync-folder', 'EPERM', 'blocks'],
      ]),
    )('without %s (%s) can store the files of --log %s', async (call, failure, level) => {
      const logDir = at(`${level}-${call}-${failure}-${mpi}`);
      const environment = trouble({ file: folder, call, failure });
      const left = level === 'off' ? ['plan.json', 'result.json'] : files;
      expectDone(await runCount(count(logDir, '--log', level), environment));
      expect(filesBelow(logDir)).toEqual(left);
      const again = await runCount(count(logDir, '--log', level), environment);
      expect(ownLines(again)).toEqual([expect.stringContaining(' holds the log of an earlier count; ')]);
      expect(again.status).toBe(2);
      if (level === 'blocks') expectDone(await runCount(count(logDir, '--resume'), environment));
      expect(filesBelow(logDir)).toEqual(left);
    });

    test('keeps no plan whose name cannot be made durable', async () => {
      const logDir = at(`failing-${mpi}`);
      const outcome = await runCount(count(logDir), trouble({ file: folder, call: 'fsync-folder', failure: 'EIO' }));
      const what = 'the disk or file system failed (I/O error)';
      expect(withoutHost(outcome)).toEqual([`mpicount: rank 0: cannot write ${logDir}/plan.json: ${what}`]);
      expect(outcome.stdout.toString()).toBe('');
      expect(outcome.status).toBe(5);
      expect(filesBelow(logDir)).toEqual([]);
      expectDone(await runCount(count(logDir)));
    });
  });

  test.each(['link', 'link,fsync-folder'] as const)(
    'two jobs that begin at the same time both print the totals (%s slow)',
    { timeout: 60_000 },
    async (call) => {
      const logDir = at(`race-${call}-${mpi}`);
      // The first one has its plan written, but not under its name, when the second one begins.
      const failure = call === 'link' ? {} : { failure: 'EPERM' as const };
      const slower = runCount(count(logDir, '--resume'), trouble({ file: folder, call, slow: 4000, ...failure }));
      while (!existsSync(logDir) || readdirSync(logDir).length === 0) await sleep(20);
      expect(readdirSync(logDir)).toEqual([expect.stringMatching(/^plan\.json\.[0-9a-f]{16}\.part$/)]);
      const other = ['--block-size', '2K']; // the winner's blocks are those that hold
      const winner = await runCount(
        count(logDir, '--resume', ...other),
        failure.failure ? trouble({ file: folder, call, ...failure }) : {},
      );
      expectDone(winner);
      const plan = readFileSync(join(logDir, 'plan.json'));
      const loser = await slower;
      // With the block size that it was given it cannot go on.
      expect(ownLines(loser)).toEqual([
        expect.stringContaining('cannot resume: it was begun with blocks of 2048 bytes, not 1024; '),
      ]);
      expect(loser.status).toBe(3);
      expect(readFileSync(join(logDir, 'plan.json'))).toEqual(plan);
    },
  );

  test('two jobs that begin at the same time with --resume both print the totals', { timeout: 60_000 }, async () => {
    const logDir = at(`both-${mpi}`);
    const args = ['count', '--resume', '--log-dir', logDir, '--block-size', '1K', 'love', input];
    const slower = runJob(mpi, 3, args, {
      timeoutSeconds,
      environment: trouble({ file: folder, call: 'link', slow: 3000 }),
    });
    while (!existsSync(logDir) || readdirSync(logDir).length === 0) await sleep(20);
    // It counts for some seconds, so that both write into the same rank logs.
    const quicker = runCount(args, trouble({ file: input, call: 'pread', slow: 150 }));
    expectDone(await quicker);
    expectDone(await slower);
    const starts = [0, 1].map((rank) => logOf(logDir, rank).filter(({ event }) => event === 'start').length);
    expect(starts).toEqual([2, 2]);
    const status = await run([process.execPath, program, 'status', '--format', 'json', logDir], { timeoutSeconds });
    expect(JSON.parse(status.stdout.toString())).toMatchObject({
      complete: true,
      patterns: [{ pattern: 'love', count: Number.parseInt(expected) }],
      ignoredLines: 0,
    });
    expectDone(await runJob(mpi, 1, args, { timeoutSeconds }));
    expect(lstatSync(join(logDir, 'plan.json')).nlink).toBe(1);
  });

  test('the one without --resume of two jobs that begin at the same time is refused', { timeout: 60_000 }, async () => {
    const logDir = at(`one-${mpi}`);
    const slower = runCount(count(logDir), trouble({ file: folder, call: 'link', slow: 3000 }));
    while (!existsSync(logDir) || readdirSync(logDir).length === 0) await sleep(20);
    expectDone(await runCount(count(logDir)));
    const before = withoutParts(contents(logDir));
    const refused = await slower;
    expect(withoutHost(refused)).toEqual([
      `mpicount: rank 0: ${logDir} holds the log of an earlier count; go on with it: --resume; ` +
        'count anew: another --log-dir, or remove this one first',
    ]);
    expect(refused.stdout.toString()).toBe('');
    expect(refused.status).toBe(2);
    // Nothing is left of it, and nothing of the other is changed.
    expect(contents(logDir)).toEqual(before);
  });
});
