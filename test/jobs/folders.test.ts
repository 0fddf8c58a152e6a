import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { record, table } from '../support/bad-input-table.ts';
import {
  casesOf,
  launcherOf,
  mpis,
  ownLines,
  program,
  run,
  runJob,
  temporaryFolder,
  withoutPrivileges,
  type Mpi,
  type Outcome,
} from '../support/job.ts';
import { runAndDisturb } from '../support/stopped-job.ts';
import { prose } from '../support/text.ts';

// Folders among the input: what is counted below them is what find and grep find there.

const { folder, remove } = temporaryFolder();
const at = (name: string) => join(folder, name);
const timeoutSeconds = 30;
const tree = at('tree');

// Hidden ones, bytes that are not UTF-8, control characters, and names that sort around the slash.
const names = [
  'a',
  'a.txt',
  'a-b/c.txt',
  'b/.hidden/d.txt',
  'b/e\nf.txt',
  'b/caf\xe9.txt',
  'b.txt',
  '\xff\xfe/g.txt',
  '-e/h.txt',
  'i *.log',
];

beforeAll(() => {
  names.forEach((name, index) => {
    const path = Buffer.from(join(tree, name), 'latin1');
    mkdirSync(path.subarray(0, path.lastIndexOf('/')), { recursive: true });
    writeFileSync(path, prose(3000 + index, index));
  });
  mkdirSync(at('many'));
  for (let index = 0; index < 20_000; index += 1) writeFileSync(join(at('many'), `part-${index}`), `love ${index}\n`);
});
afterAll(() => {
  console.log(table());
  remove();
});

/** Counts what find finds, in the C locale. */
function byFind(where: string, ...tests: readonly string[]): string {
  const found = execFileSync(
    'find',
    [where, ...tests, '-type', 'f', '-exec', 'grep', '-a', '-o', '-h', 'love', '{}', '+'],
    {
      env: { ...process.env, LC_ALL: 'C' },
    },
  );
  return `${found.toString().split('\n').length - 1}\tlove\n`;
}

function expectRefusal(name: string, mpi: Mpi, outcome: Outcome, status: number, says: string): void {
  record(name, mpi, outcome);
  expect(ownLines(outcome).map((line) => line.replace(/ rank 0 on \S+:/, ''))).toEqual([`mpicount: ${says}`]);
  expect(outcome.stdout.toString()).toBe('');
  expect(outcome.status).toBe(status);
}

describe.each(mpis)('%s', (mpi) => {
  const count = (ranks: number, ...args: readonly string[]) =>
    runJob(mpi, ranks, ['count', ...args], { timeoutSeconds });

  describe.each(casesOf(mpi, [1, 2, 5]))('%d ranks', (ranks) => {
    test('a tree of odd names', { timeout: 40_000 }, async () => {
      const outcome = await count(ranks, 'love', tree);
      expect(outcome).toMatchObject({ status: 0, stderr: '' });
      expect(outcome.stdout.toString()).toBe(byFind(tree));
    });

    test('a tree by globs, and files', { timeout: 40_000 }, async () => {
      const outcome = await count(
        ranks,
        'love',
        '--include',
        '*.txt',
        '--exclude',
        '.*',
        tree,
        join(tree, 'a-b/c.txt'),
      );
      const one = Number.parseInt(byFind(join(tree, 'a-b')));
      const expected = Number.parseInt(byFind(tree, '-name', '.hidden', '-prune', '-o', '-name', '*.txt')) + one;
      expect(outcome).toMatchObject({ status: 0, stderr: '' });
      expect(outcome.stdout.toString()).toBe(`${expected}\tlove\n`);
    });

    test('a folder of 20,000 files, from a list', { timeout: 60_000 }, async () => {
      writeFileSync(at('list'), `${at('many')}\0`);
      const outcome = await count(ranks, '--files-from', at('list'), '-e', 'love', '-e', 'love 19');
      expect(outcome).toMatchObject({ status: 0, stderr: '', stdout: Buffer.from('20000\tlove\n1111\tlove 19\n') });
    });
  });

  test('wc names the files below folders, in order, 2 ranks', { timeout: 40_000 }, async () => {
    const outcome = await runJob(mpi, 2, ['wc', 'tree'], { timeoutSeconds, cwd: folder });
    const sorted = names
      .map((name) => Buffer.from(`tree/${name}`, 'latin1'))
      .sort((one, other) => Buffer.compare(one, other));
    const wc = execFileSync('wc', ['-lwmc', '--', ...sorted.map((path) => path.toString('latin1')).filter(isAscii)], {
      cwd: folder,
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    const shown = outcome.stdout.toString('latin1').trimEnd().split('\n');
    expect(shown.map((line) => line.replace(/^( *\d+){4} /, ''))).toEqual([
      ...sorted.map((path) => path.toString('latin1').replace('\n', '\\x0a')),
      'total',
    ]);
    for (const line of wc
      .toString('latin1')
      .split('\n')
      .filter((each) => each.endsWith('.txt'))) {
      const numbers = line.trim().replace(/ +/g, ' ');
      expect(shown.map((each) => each.trim().replace(/ +/g, ' '))).toContain(numbers);
    }
  });

  test('links, pipes and logs below a folder are told, 2 ranks', { timeout: 60_000 }, async () => {
    const mixed = at(`mixed-${mpi}`);
    mkdirSync(join(mixed, 'sub'), { recursive: true });
    writeFileSync(join(mixed, 'sub', 'text'), 'love love');
    symlinkSync('.', join(mixed, 'sub', 'loop'));
    symlinkSync(tree, join(mixed, 'elsewhere'));
    execFileSync('mkfifo', [join(mixed, 'pipe')]);
    const args = ['--log-dir', join(mixed, 'logs', '1'), 'love', '.'];
    const first = await runJob(mpi, 2, ['count', ...args], { timeoutSeconds, cwd: mixed });
    const notes = [
      'mpicount: note: not followed below folders: 2 symbolic links (the first: ./elsewhere)',
      'mpicount: note: left out below folders: 1 pipe, socket or device (./pipe)',
    ];
    expect(ownLines(first)).toEqual(notes);
    expect(first).toMatchObject({ status: 0, stdout: Buffer.from('2\tlove\n') });

    const own = args.with(1, join(mixed, 'logs', '2'));
    mkdirSync(join(mixed, 'logs', '2'));
    writeFileSync(join(mixed, 'logs', '2', 'starts.json'), 'love');
    const second = await runJob(mpi, 2, ['count', ...own], { timeoutSeconds, cwd: mixed });
    expect(ownLines(second)).toEqual([
      ...notes,
      'mpicount: note: left out: 1 log folder of this count (./logs/2)',
      'mpicount: note: counted, too: 1 log folder of another count (./logs/1/)',
      expect.stringContaining('JSON lines'),
    ]);
    const third = await runJob(
      mpi,
      2,
      ['count', '--exclude', 'logs', '--exclude', 'pipe', ...args.with(1, at(`3-${mpi}`))],
      {
        timeoutSeconds,
        cwd: mixed,
      },
    );
    expect(third).toMatchObject({ status: 0, stdout: Buffer.from('2\tlove\n'), stderr: `${notes[0] ?? ''}\n` });
    expect(JSON.parse(readFileSync(join(at(`3-${mpi}`), 'result.json'), 'utf8'))).toMatchObject({
      files: 1,
      notes: [(notes[0] ?? '').replace('mpicount: note: ', '')],
    });
  });

  // What the job says goes into these files while it counts, so that they would have changed in the end.
  test.each(['the launcher', 'mpicount launch'])(
    'files to which %s writes are left out, 2 ranks',
    { timeout: 60_000 },
    async (way) => {
      const here = at(`output-${mpi}-${way}`);
      mkdirSync(join(here, 'sub'), { recursive: true });
      writeFileSync(join(here, 'sub', 'text'), 'love love');
      symlinkSync('sub', join(here, 'link'));
      const launched = [
        process.execPath,
        program,
        'launch',
        '--',
        'count',
        '--log-dir',
        at(`output-log-${mpi}`),
        'love',
        '.',
      ];
      const started = [launcherOf(mpi), '-np', '2', process.execPath, program, 'count', 'love', '.'];
      const command = way === 'the launcher' ? started : launched;
      // As a batch system appends to the output files of a job. The error output goes through a shell that has others to start.
      const script = '(echo love; "$@"; echo "status $?" >&2) >>slurm-1.out 2>>sub/slurm-1.err';
      const environment = { MPICOUNT_LAUNCH: launcherOf(mpi), NP: '2' };
      await run(['bash', '-c', script, 'job', ...command], { timeoutSeconds, cwd: here, environment });
      const said = readFileSync(join(here, 'sub', 'slurm-1.err'), 'utf8')
        .trimEnd()
        .split('\n');
      expect(said.filter((line) => !/^mpicount: (?:running|rank logs|report): /.test(line))).toEqual([
        'mpicount: note: not followed below folders: 1 symbolic link (./link)',
        'mpicount: note: left out: 2 output files of this job (the first: ./slurm-1.out)',
        'status 0',
      ]);
      expect(readFileSync(join(here, 'slurm-1.out'), 'utf8')).toBe('love\n2\tlove\n');
    },
  );

  test('a count that was stopped goes on with the files of its beginning, 2 ranks', { timeout: 90_000 }, async () => {
    const growing = at(`growing-${mpi}`);
    const logDir = join(growing, 'logs');
    mkdirSync(growing);
    for (const name of ['a', 'b', 'c']) writeFileSync(join(growing, name), prose(40_000, name.charCodeAt(0)));
    const expected = byFind(growing);
    const environment = {
      NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'slow-blocks.cjs')}`,
      MPICOUNT_FAULT_SLOW: '50',
    };
    const args = ['--block-size', '1K', 'love', growing];
    const job = { mpi, ranks: 2, logDir, args, timeoutSeconds, environment };
    const stopped = await runAndDisturb(job, ([pid = 0]) => {
      process.kill(pid, 'SIGTERM');
    });
    expect(stopped).toMatchObject({ status: 85, stdout: Buffer.of() });
    // What came later would be the first file.
    writeFileSync(join(growing, '0'), 'love');
    const resumed = await count(5, '--resume', '--log-dir', logDir, ...args);
    expect(resumed.stdout.toString()).toBe(expected);
    expect(ownLines(resumed)).toEqual([
      'mpicount: note: counted below folders: the files that were there when the count began (3), and none that came later',
    ]);
    expect(resumed.status).toBe(0);
    const other = await count(2, '--resume', '--log-dir', logDir, '--exclude', '0', ...args);
    expectRefusal(
      'another --exclude on --resume',
      mpi,
      other,
      3,
      'cannot resume: it was begun with 0 --exclude, not 1; give the same as before, or count anew with another --log-dir',
    );
    rmSync(join(growing, 'b'));
    const gone = await count(2, '--resume', '--log-dir', logDir, ...args);
    expectRefusal('a file below a folder is gone on --resume', mpi, gone, 3, `${growing}/b: no such file`);
  });

  test('what cannot be counted is refused, 2 ranks', { timeout: 120_000 }, async () => {
    mkdirSync(at('empty/sub'), { recursive: true });
    const empty = at('empty');
    expectRefusal(
      'a folder without a file',
      mpi,
      await count(2, 'love', empty),
      3,
      `${empty}: is a folder without a file`,
    );
    expectRefusal(
      'globs that select nothing',
      mpi,
      await count(2, 'love', tree, '--include', '*.none'),
      3,
      `${tree}: is a folder without a file that --include and --exclude select`,
    );
    expectRefusal(
      'a glob of a folder',
      mpi,
      await count(2, 'love', tree, '--include', 'b/'),
      2,
      "--include 'b/': a slash at the end means folders, and --include is about files: write 'b/**'",
    );
    mkdirSync(at('closed/secret'), { recursive: true });
    writeFileSync(at('closed/a'), 'love');
    chmodSync(at('closed/secret'), 0o000);
    const command = [launcherOf(mpi), '-np', '2', process.execPath, program, 'count', 'love', at('closed')];
    const closed = await run(withoutPrivileges(command), { timeoutSeconds });
    chmodSync(at('closed/secret'), 0o755);
    expectRefusal(
      'a folder that is closed',
      mpi,
      closed,
      3,
      `${at('closed')}/secret: cannot be listed: permission denied`,
    );
    // A path that is longer than PATH_MAX.
    const part = 'd'.repeat(250);
    mkdirSync(at('deep'), { recursive: true });
    if (readdirSync(at('deep')).length === 0) {
      execFileSync('sh', ['-c', `for i in $(seq 20); do mkdir ${part} && cd -P ${part} || exit; done`], {
        cwd: at('deep'),
      });
    }
    const deep = await count(2, 'love', at('deep'));
    record('a path that is too long', mpi, deep);
    expect(ownLines(deep)).toEqual([
      expect.stringMatching(/\/deep\/d+.* … .*d: cannot be listed: the name is too long$/),
    ]);
    expect([deep.status, deep.stdout.toString()]).toEqual([3, '']);
    execFileSync('rm', ['-r', at('deep')]);
  });
});

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
