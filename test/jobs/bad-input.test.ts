import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { findBuilds } from '../../src/mpi/builds.ts';
import { packageRoot } from '../../src/base/package.ts';
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
  type Mpi,
  type Outcome,
} from '../support/job.ts';
import { prose } from '../support/text.ts';

// Each kind of bad input: one line from mpicount, the exit status of the design, nothing on standard output, no hang.

const { folder, remove } = temporaryFolder();
const at = (name: string) => join(folder, name);
const good = at('good.txt');
const timeoutSeconds = 30;

beforeAll(() => {
  writeFileSync(good, prose(20_000));
  writeFileSync(at('empty-patterns'), '');
  writeFileSync(at('blank-line'), 'love\n\nhate\n');
  writeFileSync(at('mixed-ends'), 'love\nhate\r\n');
  writeFileSync(at('utf-16-cut'), Buffer.from('\xff\xfea\0\n\0\x3d\xd8', 'latin1'));
  writeFileSync(at('mixed-names'), `${good}\r\n${good}\n`);
  writeFileSync(at('long'), Buffer.alloc(1_000_001, 'x'));
  mkdirSync(at('folder'));
  execFileSync('mkfifo', [at('pipe')]);
});
afterAll(() => {
  console.log(table());
  remove();
});

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly status: number;
  readonly says: RegExp;
}

const cases: readonly Case[] = [
  { name: 'no command', args: [], status: 2, says: /no command; see: mpicount --help$/ },
  {
    name: 'unknown command',
    args: ['love', good],
    status: 2,
    says: /'love' is no command; to count it: mpicount count love/,
  },
  {
    name: 'an option first',
    args: ['--log-dir', 'x'],
    status: 2,
    says: /'--log-dir' is no command; options follow the command, as in: mpicount count --log-dir; see also: mpicount --help$/,
  },
  { name: 'no pattern', args: ['count'], status: 2, says: /no pattern and no file; see: mpicount --help$/ },
  { name: 'empty pattern', args: ['count', '', good], status: 2, says: /an empty pattern is nowhere and everywhere/ },
  {
    name: 'newline in a pattern',
    args: ['count', 'a\nb', good],
    status: 2,
    says: /the pattern 'a\\x0ab' contains a newline/,
  },
  {
    name: 'pattern file missing',
    args: ['count', '-f', at('none'), good],
    status: 3,
    says: /none: cannot read the patterns: no such file$/,
  },
  {
    name: 'pattern file empty',
    args: ['count', '-f', at('empty-patterns'), good],
    status: 2,
    says: /empty-patterns: no pattern in it/,
  },
  {
    name: 'pattern file with an empty line',
    args: ['count', '-f', at('blank-line'), good],
    status: 2,
    says: /blank-line: line 2 is empty/,
  },
  {
    name: 'pattern file is a folder',
    args: ['count', '-f', folder, good],
    status: 3,
    says: /cannot read the patterns: it is a folder$/,
  },
  {
    name: 'pattern file with mixed line ends',
    args: ['count', '-f', at('mixed-ends'), good],
    status: 2,
    says: /mixed-ends: line 2 ends in CR LF, line 1 in LF; end all lines in LF, or all in CR LF$/,
  },
  {
    name: 'pattern file in damaged UTF-16',
    args: ['count', '-f', at('utf-16-cut'), good],
    status: 2,
    says: /utf-16-cut: line 2 is not valid UTF-16$/,
  },
  {
    name: 'list of files with mixed line ends',
    args: ['count', 'love', '--files-from', at('mixed-names')],
    status: 2,
    says: /mixed-names: line 2 ends in LF, line 1 in CR LF; end all lines in LF, or all in CR LF$/,
  },
  {
    name: 'pattern file without an end',
    args: ['count', '-f', '/dev/zero', good],
    status: 2,
    says: /\/dev\/zero: more than 64000000 bytes, the limit for the patterns$/,
  },
  {
    name: 'a pattern that is too long',
    args: ['count', '-f', at('long'), good],
    status: 2,
    says: /the pattern 'x{40}…' \(1000001 bytes\) is longer than 1000000 bytes, the limit$/,
  },
  {
    name: 'pattern file that the shell opened',
    args: ['count', '-f', '/dev/fd/987', good],
    status: 3,
    says: /\/dev\/fd\/987: cannot read the patterns: no such open file: a launcher does not pass on what the shell opens/,
  },
  {
    name: 'standard input for two lists',
    args: ['count', '-f', '-', '--files-from', '-'],
    status: 2,
    says: /standard input can be read only once, not by --pattern-file - and by --files-from -$/,
  },
  {
    name: 'a missing file, and a pattern that is one',
    args: ['count', '-e', good, at('none')],
    status: 3,
    says: /none: no such file, and the pattern '.*' .*is the name of a file or folder: did a word before it get lost\?/,
  },
  { name: 'no file', args: ['count', 'love'], status: 2, says: /no file to count in; see: mpicount --help$/ },
  { name: 'file name empty', args: ['count', 'love', ''], status: 2, says: /a file name is empty$/ },
  {
    name: 'standard input as file',
    args: ['count', 'love', '-'],
    status: 2,
    says: /standard input cannot be cut into slices/,
  },
  {
    name: 'missing file among good ones',
    args: ['count', 'love', good, at('none'), good],
    status: 3,
    says: /none: no such file$/,
  },
  {
    name: 'a folder without a file',
    args: ['count', 'love', at('folder')],
    status: 3,
    says: /folder: is a folder without a file$/,
  },
  {
    name: 'a FIFO',
    args: ['count', 'love', at('pipe')],
    status: 3,
    says: /pipe: is a pipe, which cannot be cut into slices/,
  },
  {
    name: 'a file of /sys',
    args: ['count', 'love', '/sys/devices/system/cpu/possible'],
    status: 3,
    says: /possible: its size, 4096 bytes, is not that of its content, as with files that the kernel makes up; copy it to a file first$/,
  },
  { name: 'a device', args: ['count', 'love', '/dev/zero'], status: 3, says: /\/dev\/zero: is a device, not a file$/ },
  {
    name: 'block size 0',
    args: ['count', '--block-size', '0', 'love', good],
    status: 2,
    says: /--block-size: '0' is not a size/,
  },
  {
    name: 'no threads',
    args: ['count', '--threads', '0', 'love', good],
    status: 2,
    says: /--threads: '0' is not a number from 1 to 1000; it is for each rank$/,
  },
  {
    name: 'a way to read that there is not',
    args: ['count', '--io', 'mail', 'love', good],
    status: 2,
    says: /--io: 'mail' is not one of auto, mmap, read$/,
  },
  {
    name: 'missing list of files',
    args: ['count', 'love', '--files-from', at('none')],
    status: 3,
    says: /none: cannot read the list of files: no such file$/,
  },
  {
    name: 'a list of files that is empty',
    args: ['count', 'love', '--files-from', '/dev/null'],
    status: 2,
    says: /\/dev\/null: no file name in it; write one a line$/,
  },
  {
    name: 'block size garbage',
    args: ['count', '--block-size', '12parsecs', 'love', good],
    status: 2,
    says: /--block-size: '12parsecs' is not a size/,
  },
  {
    name: 'unknown option',
    args: ['count', '--frobnicate', 'love', good],
    status: 2,
    says: /unknown option --frobnicate; see: mpicount --help$/,
  },
  {
    name: 'unknown format',
    args: ['count', '--format', 'xml', 'love', good],
    status: 2,
    says: /--format: 'xml' is not one of text, json, csv$/,
  },
  { name: 'option without its value', args: ['count', 'love', good, '-e'], status: 2, says: /-e needs a value$/ },
  {
    name: 'log folder cannot be made',
    args: ['count', '--log-dir', '/proc/nowhere/logs', 'love', good],
    status: 5,
    says: /cannot write \/proc\/nowhere\/logs: there can be no such folder$/,
  },
  {
    name: 'log folder is a file',
    args: ['count', '--log-dir', good, 'love', good],
    status: 5,
    says: /cannot write .*good.txt: a part of the path is not a folder$/,
  },
];

function expectRefusal(outcome: Outcome, status: number, says: RegExp): void {
  expect(ownLines(outcome)).toEqual([expect.stringMatching(says)]);
  expect(outcome.stdout.toString()).toBe('');
  expect(outcome.status).toBe(status);
}

describe.each(mpis)('%s', (mpi) => {
  test.each(casesOf(mpi, cases))('$name, 3 ranks', { timeout: 40_000 }, async ({ name, args, status, says }) => {
    const outcome = await runJob(mpi, 3, args, { timeoutSeconds });
    record(name, mpi, outcome);
    expectRefusal(outcome, status, says);
  });

  test("the other MPI's launcher, 3 ranks", { timeout: 40_000 }, async () => {
    const other: Mpi = mpi === 'openmpi' ? 'mpich' : 'openmpi';
    const environment = { MPICOUNT_MPI: other };
    const outcome = await runJob(mpi, 3, ['count', 'love', good], { timeoutSeconds, environment });
    record("the other MPI's launcher", mpi, outcome);
    expectRefusal(
      outcome,
      4,
      /rank 0 on \S+: .* started 3 ranks, but .* sees 1: they do not belong together; start it with/,
    );
  });

  test('an MPI addon that is not built, 2 ranks', { timeout: 40_000 }, async () => {
    const bare = at(`bare-${mpi}`);
    for (const part of ['package.json', 'dist']) cpSync(join(packageRoot, part), join(bare, part), { recursive: true });
    const command = [
      launcherOf(mpi),
      '-np',
      '2',
      process.execPath,
      join(bare, 'dist', 'mpicount.cjs'),
      'count',
      'love',
      good,
    ];
    const outcome = await run(command, { timeoutSeconds });
    record('an MPI addon that is not built', mpi, outcome);
    expectRefusal(
      outcome,
      4,
      /the MPI addon is not built; build it with: node \S+\/bare-\w+\/dist\/mpicount\.cjs build$/,
    );

    // Without an MPI the doctor tells the rest.
    const doctor = await run([process.execPath, join(bare, 'dist', 'mpicount.cjs'), 'doctor'], { timeoutSeconds });
    expect(doctor.stdout.toString()).toMatch(/^MPI +does not start$/m);
    expect(doctor.stdout.toString()).toMatch(/^MPI builds +none$/m);
    expect(doctor.stdout.toString()).toMatch(/^scanning +not possible$/m);
    expect(doctor.stdout.toString()).toMatch(/^! the MPI addon is not built; build it with: node \S+ build$/m);
    expect(doctor.stdout.toString()).toMatch(
      /^! cannot load \S+scan\.node: it is not built; build it with: node \S+ build$/m,
    );
    expect(doctor.stdout.toString()).not.toContain('No known problem');
    expect(doctor.status).toBe(4);
  });

  test('a scan addon that is not built, 2 ranks', { timeout: 40_000 }, async () => {
    const bare = at(`scanless-${mpi}`);
    const build = findBuilds().find(({ name }) => name === mpi);
    if (!build) throw new Error(`no build for ${mpi}`);
    for (const part of ['package.json', 'dist', relative(packageRoot, build.path)]) {
      cpSync(join(packageRoot, part), join(bare, part), { recursive: true });
    }
    const command = [
      launcherOf(mpi),
      '-np',
      '2',
      process.execPath,
      join(bare, 'dist', 'mpicount.cjs'),
      'count',
      'love',
      good,
    ];
    const outcome = await run(command, { timeoutSeconds });
    record('a scan addon that is not built', mpi, outcome);
    expectRefusal(
      outcome,
      4,
      /cannot load .*scan\.node: it is not built; build it with: node \S+\/scanless-\w+\/dist\/mpicount\.cjs build$/,
    );
  });

  test('an MPI that is not there by name, 3 ranks', { timeout: 40_000 }, async () => {
    const environment = { MPICOUNT_MPI: 'lam' };
    const outcome = await runJob(mpi, 3, ['count', 'love', good], { timeoutSeconds, environment });
    record('an unknown MPICOUNT_MPI', mpi, outcome);
    expectRefusal(outcome, 4, /MPICOUNT_MPI=lam: no such build of the MPI addon; there are: /);
  });
});

describe('standard output that takes nothing, 1 rank by hand', () => {
  // Under mpirun a rank writes to mpirun, which takes it; what happens behind that is the launcher's to tell.
  test.each([
    {
      name: 'stdout on a full disk (1 rank, by hand)',
      redirection: '>/dev/full',
      says: /cannot write to standard output: the disk is full$/,
    },
    {
      name: 'stdout closed by its reader (1 rank, by hand)',
      redirection: '| true',
      says: /cannot write to standard output: the reader has gone away$/,
    },
  ])('$name', { timeout: 40_000 }, async ({ name, redirection, says }) => {
    const script = `set -o pipefail; "$0" "$@" ${redirection}`;
    const command = ['bash', '-c', script, process.execPath, program, 'count', 'love', good];
    const outcome = await run(command, { timeoutSeconds });
    record(name, 'openmpi', outcome);
    expectRefusal(outcome, 5, says);
  });
});
