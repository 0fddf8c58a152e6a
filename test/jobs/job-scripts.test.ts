import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { packageRoot } from '../../src/base/package.ts';
import { logOf } from '../support/stopped-job.ts';
import { mpis, ownLines, program, run, temporaryFolder, type Mpi, type Outcome } from '../support/job.ts';

// The job scripts and `mpicount launch`, with real launchers, and with stand-ins for the commands of schedulers. SLURM itself is in
// test/cluster.

const { folder, remove } = temporaryFolder();
afterAll(remove);

const text = 'love: a love\nlove: b: c\n';
let cases = 0;
/** A folder with a text, and with a program that must not be run; it has a folder `bin` for stand-ins. */
function newFolder(): string {
  const path = join(folder, String(cases++));
  mkdirSync(join(path, 'bin'), { recursive: true });
  writeFileSync(join(path, 'notes.txt'), text);
  standIn(path, '../deploy.sh', 'touch deployed');
  return path;
}

function standIn(path: string, name: string, script: string): void {
  const file = join(path, 'bin', name);
  writeFileSync(file, `#!/bin/bash\n${script}\n`);
  chmodSync(file, 0o755);
}

interface Launch {
  readonly mpi?: Mpi;
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly onStart?: (pid: number) => void;
}

function runScript(command: readonly string[], { mpi = 'openmpi', cwd, environment = {}, ...more }: Launch) {
  const variables = {
    MPICOUNT_LAUNCH: `mpirun.${mpi}`,
    PATH: `${join(cwd, 'bin')}:${process.env['PATH'] ?? ''}`,
    NP: '2',
  };
  return run(command, { timeoutSeconds: 50, cwd, environment: { ...variables, ...environment }, ...more });
}
const launch = (args: readonly string[], options: Launch) =>
  runScript([process.execPath, program, 'launch', ...args], options);
const script = (name: string, args: readonly string[], options: Launch) =>
  runScript([join(packageRoot, 'jobs', name), ...args], options);

const printed = ({ status, stdout }: Outcome) => ({ status, stdout: stdout.toString('latin1') });
const lastLine = ({ stderr }: Outcome) => stderr.trimEnd().split('\n').at(-1);

describe.each(mpis)('mpicount launch, with %s and 2 ranks', { timeout: 60_000 }, (mpi) => {
  test('takes a lone colon as a pattern, and executes nothing', async () => {
    const cwd = newFolder();
    const outcome = await launch(
      ['--', 'count', '--log-dir', 'logs', '-e', 'love', '-e', ':', './deploy.sh', 'notes.txt'],
      { mpi, cwd },
    );
    expect(printed(outcome)).toEqual({ status: 0, stdout: '3\tlove\n3\t:\n' });
    expect(existsSync(join(cwd, 'deployed'))).toBe(false);
    expect(readdirSync(join(cwd, 'logs')).sort()).toEqual(['plan.json', 'ranks', 'result.json']);
  });

  test('passes on arguments that look like options, have blanks, or are not UTF-8', async () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'odd.txt'), Buffer.from('a --log b --mca c \xff d "$HOME" %t\n', 'latin1'));
    const command = `exec "$@" -e --log -e --mca -e $'\\xff' -e '"$HOME"' -e %t odd.txt`;
    const outcome = await runScript(
      ['bash', '-c', command, 'bash', process.execPath, program, 'launch', '--', 'count', '--log-dir=~/100%'],
      { mpi, cwd },
    );
    expect(printed(outcome)).toEqual({ status: 0, stdout: '1\t--log\n1\t--mca\n1\t\xff\n1\t"$HOME"\n1\t%t\n' });
    expect(existsSync(join(cwd, '~/100%/result.json'))).toBe(true);
  });

  test.each([
    ['many', 2000, 'w'],
    ['long', 3, '%'.repeat(100_000)],
  ])('passes on %s arguments, which launchers do not', async (_, number, word) => {
    const cwd = newFolder();
    const patterns = Array.from({ length: number }, (_, index) => `${word}${index}`);
    writeFileSync(join(cwd, 'words.txt'), patterns.join('\n'));
    const outcome = await launch(
      ['--', 'count', '--log-dir', 'logs', ...patterns.flatMap((pattern) => ['-e', pattern]), 'words.txt'],
      { mpi, cwd },
    );
    const counts = patterns.map((pattern) => patterns.filter((other) => other.startsWith(pattern)).length);
    expect(printed(outcome)).toEqual({
      status: 0,
      stdout: patterns.map((pattern, index) => `${counts[index] ?? 0}\t${pattern}\n`).join(''),
    });
    expect(readdirSync(join(cwd, 'logs')).sort()).toEqual(['plan.json', 'ranks', 'result.json']);
  });

  test.each([
    [
      'an empty pattern',
      ['-e', '', 'notes.txt'],
      2,
      /^mpicount: rank 0 on \S+: an empty pattern is nowhere and everywhere/m,
    ],
    ['a missing file', ['-e', 'x', 'none'], 3, /^mpicount: rank 0 on \S+: none: no such file$/m],
    [
      'an unknown option',
      ['--nonsense', 'notes.txt'],
      2,
      /^mpicount: unknown option --nonsense; see: mpicount --help$/m,
    ],
  ])('ends with the status of the program: %s', async (_, args, status, message) => {
    const cwd = newFolder();
    const outcome = await launch(['--', 'count', '--log-dir', 'logs', ...args], { mpi, cwd });
    expect(printed(outcome)).toEqual({ status, stdout: '' });
    expect(outcome.stderr).toMatch(message);
    expect(existsSync(join(cwd, 'logs'))).toBe(false);
  });

  test.each([['--help'], ['-h'], ['--scheduler', 'slurm', '--help']])('prints the help for %j', async (...options) => {
    const outcome = await launch(options, { mpi, cwd: newFolder() });
    expect(printed(outcome)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^usage: mpicount count /m) as unknown,
    });
    expect(outcome.stderr).toBe('');
  });

  test('ends with 85 when it is ended in the middle, and says how to go on', async () => {
    const cwd = newFolder();
    const fixture = join(import.meta.dirname, 'fixtures', 'slow-blocks.cjs');
    writeFileSync(join(cwd, 'long.txt'), text.repeat(2000));
    const args = ['--log-dir', 'lögs', '-e', 'é', '-e', '\u00a0', '--block-size', '1K', '-e', 'love', 'long.txt'];
    const options = { mpi, cwd, environment: { NODE_OPTIONS: `--require=${fixture}`, MPICOUNT_FAULT_SLOW: '500' } };
    const outcome = await launch(['--', 'count', ...args], {
      ...options,
      onStart: (pid) => {
        const timer = setInterval(() => {
          if (logOf(join(cwd, 'lögs'), 0).length < 3) return;
          clearInterval(timer);
          process.kill(pid, 'SIGTERM');
        }, 20);
      },
    });
    expect(printed(outcome)).toEqual({ status: 85, stdout: '' });
    expect(lastLine(outcome)).toBe(
      `mpicount: to go on: npm start -- --resume --log-dir 'lögs' -e 'é' -e $'\\xc2\\xa0' --block-size 1K -e love long.txt`,
    );
  });

  test('runs wc like count', async () => {
    const cwd = newFolder();
    const outcome = await launch(['--', 'wc', '--block-size', '10', 'notes.txt'], { mpi, cwd });
    expect(printed(outcome)).toEqual({ status: 0, stdout: ' 2  6 24 24 notes.txt\n' });
  });

  test('ends with the status of wc', async () => {
    const outcome = await launch(['--', 'wc', 'none'], { mpi, cwd: newFolder() });
    expect(printed(outcome)).toEqual({ status: 3, stdout: '' });
    expect(outcome.stderr).toMatch(/^mpicount: rank 0 on \S+: none: no such file$/m);
  });

  test('says how wc goes on after it was ended in the middle, and that works', async () => {
    const cwd = newFolder();
    const fixture = join(import.meta.dirname, 'fixtures', 'slow-blocks.cjs');
    writeFileSync(join(cwd, 'long.txt'), text.repeat(2000));
    const args = ['--log-dir', 'logs', '--block-size', '1K', 'long.txt'];
    const stopped = await launch(['--', 'wc', ...args], {
      mpi,
      cwd,
      environment: { NODE_OPTIONS: `--require=${fixture}`, MPICOUNT_FAULT_SLOW: '500' },
      onStart: (pid) => {
        const timer = setInterval(() => {
          if (logOf(join(cwd, 'logs'), 0).length < 3) return;
          clearInterval(timer);
          process.kill(pid, 'SIGTERM');
        }, 20);
      },
    });
    expect(printed(stopped)).toEqual({ status: 85, stdout: '' });
    expect(lastLine(stopped)).toBe(`mpicount: to go on: mpicount launch -- wc --resume ${args.join(' ')}`);
    const resumed = await launch(['--', 'wc', '--resume', ...args], { mpi, cwd });
    expect(printed(resumed)).toEqual({ status: 0, stdout: ' 4000 12000 48000 48000 long.txt\n' });
  });

  test('ends with 5 when the totals cannot be printed, and says where they are', async () => {
    const cwd = newFolder();
    const command = [
      'bash',
      '-c',
      'exec "$@" >/dev/full',
      'bash',
      process.execPath,
      program,
      'launch',
      '--',
      'count',
      '--log-dir',
      'lögs',
      'love',
      'notes.txt',
    ];
    const outcome = await runScript(command, { mpi, cwd });
    expect(outcome.status).toBe(5);
    expect(ownLines(outcome)).toContain('mpicount: rank logs: lögs/ranks');
    expect(lastLine(outcome)).toBe(
      'mpicount: cannot write to standard output: the disk is full; the totals are in lögs/result.json',
    );
  });
});

describe('mpicount launch', { timeout: 60_000 }, () => {
  test.each([
    [['count', 'x', 'y'], 2, 'launch needs -- before its command, as in: mpicount launch -- count -e love FILE'],
    [['--', 'doctor'], 2, "launch runs count or wc, not 'doctor'"],
    [['--', 'zähle'], 2, "launch runs count or wc, not 'zähle'"],
    [['--scheduler', 'lsf', '--script', 'é', '--', 'count', 'x', 'y'], 2, '--script é: no such file'],
    [['--scheduler', 'pbs', '--script', 'é', '--', 'count', 'x', 'y'], 2, '--script é: no such file'],
    [['--scheduler', 'x', '--', 'count', 'x', 'y'], 2, "--scheduler: 'x' is not one of none, slurm, pbs, lsf, flux"],
    [
      ['--scheduler', 'slurm', '--', 'count', 'x', 'y'],
      4,
      'this is no SLURM job; submit it: sbatch -n 4 jobs/count.slurm -e love FILE',
    ],
  ])('refuses what cannot be launched, %#', async (args, status, message) => {
    const outcome = await launch(args, { cwd: newFolder() });
    expect(printed(outcome)).toEqual({ status, stdout: '' });
    expect(lastLine(outcome)).toBe(`mpicount: ${message}`);
  });

  test.each([
    ['exit 213', 'ended with status 213'],
    ['exit 0', 'ended with status 0'],
    ['printf "7\\tlove\\n"', 'ended with status 0'],
    ['kill -SEGV $$', 'was killed by SIGSEGV'],
  ])('a launcher that does no more than %j has failed', async (commands, what) => {
    const cwd = newFolder();
    standIn(cwd, 'it', `[ "$1" = --version ] && exit\n${commands}`);
    const outcome = await launch(['--', 'count', 'love', 'notes.txt'], { cwd, environment: { MPICOUNT_LAUNCH: 'it' } });
    expect(printed(outcome)).toEqual({ status: 4, stdout: '' });
    expect(lastLine(outcome)).toBe(
      `mpicount: it ${what}, and the program left neither totals nor an exit status; see what it says above`,
    );
  });

  test('NP that is no number is refused', async () => {
    const outcome = await launch(['--', 'count', 'x', 'y'], { cwd: newFolder(), environment: { NP: '0x2' } });
    expect(printed(outcome)).toEqual({ status: 2, stdout: '' });
    expect(lastLine(outcome)).toBe('mpicount: NP=0x2 is no number of ranks; for example: NP=2 npm start');
  });

  test('prints help without a launcher', async () => {
    const outcome = await launch(['--', 'count', '--help'], {
      cwd: newFolder(),
      environment: { MPICOUNT_LAUNCH: 'none' },
    });
    expect(outcome.status).toBe(0);
    expect(outcome.stdout.toString()).toMatch(/^mpicount counts every occurrence/);
  });
});

describe('jobs/count.pbs', { timeout: 60_000 }, () => {
  const nodes = join(folder, 'nodes');
  writeFileSync(nodes, 'localhost\nlocalhost\n');
  const job = { PBS_JOBID: '5.server', PBS_NODEFILE: nodes };

  test('counts at once in an interactive job', async () => {
    const cwd = newFolder();
    const outcome = await script('count.pbs', ['-e', ':', 'notes.txt'], { cwd, environment: job });
    expect(printed(outcome)).toEqual({ status: 0, stdout: '3\t:\n' });
    expect(readdirSync(join(cwd, 'logs', '5.server', 'ranks', '000'))).toHaveLength(2);
  });

  test('goes to PBS with all that it needs, which qsub is told by a variable', async () => {
    const cwd = newFolder();
    standIn(cwd, 'qsub', 'printf "%s\\n" "$@" >qsub-arguments\necho 6.server');
    const outcome = await script('count.pbs', ['-e', 'a, b'], { cwd, environment: { QSUB: 'qsub -l x=1' } });
    expect(printed(outcome)).toEqual({ status: 0, stdout: '6.server\n' });
    const [command] = ['cat', 'qsub-arguments'];
    const sent = (await runScript([command, 'qsub-arguments'], { cwd })).stdout.toString().split('\n');
    expect(sent.slice(0, 3)).toEqual(['-l', 'x=1', '-v']);
    expect(sent[3]).toMatch(
      /^MPICOUNT_JOB=[\w-]+,MPICOUNT_HOME,MPICOUNT_LAUNCH,MPICOUNT_MODULES,MPICOUNT_REQUEUES,PATH$/,
    );
    expect(sent[4]).toBe(join(packageRoot, 'jobs', 'count.pbs'));
  });

  test.each([
    ['count.pbs', 'qsub', 'for file; do :; done\ncmp "$file" zähler/jobs/count.pbs && echo 6.server'],
    ['count.lsf', 'bsub', 'cmp - zähler/jobs/count.lsf && echo 6.server'],
  ])('%s submits itself from a folder whose name is not ASCII', async (name, submitter, commands) => {
    const cwd = newFolder();
    for (const part of ['jobs', 'dist']) {
      mkdirSync(join(cwd, 'zähler', part), { recursive: true });
    }
    copyFileSync(join(packageRoot, 'jobs', name), join(cwd, 'zähler/jobs', name));
    symlinkSync(program, join(cwd, 'zähler/dist/mpicount.cjs'));
    standIn(cwd, submitter, commands);
    const outcome = await runScript(['bash', `zähler/jobs/${name}`, '-e', 'é', 'notes.txt'], { cwd });
    expect(printed(outcome)).toEqual({ status: 0, stdout: '6.server\n' });
  });

  test('shows what qsub says as it is', async () => {
    const cwd = newFolder();
    standIn(cwd, 'qsub', 'echo "qsub: Auftrag ungültig" >&2; exit 9');
    const outcome = await script('count.pbs', ['-e', 'é', 'notes.txt'], { cwd });
    expect(printed(outcome)).toEqual({ status: 4, stdout: '' });
    expect(ownLines(outcome)).toEqual([
      'mpicount: qsub ended with status 9: qsub: Auftrag ungültig',
      'mpicount: the job was not submitted',
    ]);
  });

  test('refuses more arguments than a variable holds', async () => {
    const args = Array.from({ length: 10_000 }, (_, index) => `file-number-${index}`);
    const outcome = await script('count.pbs', args, { cwd: newFolder() });
    expect(printed(outcome)).toEqual({ status: 2, stdout: '' });
    expect(lastLine(outcome)).toMatch(/^mpicount: the arguments are too long to be passed on; give patterns in a file/);
  });

  test('refuses a wrong option before anything is submitted', async () => {
    const outcome = await script('count.pbs', ['--nonsense'], { cwd: newFolder(), environment: { QSUB: 'false' } });
    expect(printed(outcome)).toEqual({ status: 2, stdout: '' });
  });
});

describe('jobs/count.slurm, with stand-ins', { timeout: 60_000 }, () => {
  const job = { SLURM_JOB_ID: '8', SLURM_NTASKS: '2', SLURM_JOB_NUM_NODES: '1', SLURM_JOB_END_TIME: '4000000000' };
  const own = join(packageRoot, 'jobs', 'count.slurm');

  /** A folder in which another program is where mpicount's could be. */
  function foreignFolder(): string {
    const cwd = newFolder();
    mkdirSync(join(cwd, 'dist'));
    mkdirSync(join(cwd, 'jobs'));
    writeFileSync(join(cwd, 'dist/mpicount.cjs'), "require('node:fs').writeFileSync('deployed', '')");
    copyFileSync(own, join(cwd, 'slurm_script')); // as in slurmd's spool
    return cwd;
  }

  const args = ['--log', 'off', '-e', ':', './deploy.sh', 'notes.txt'];

  test('runs the program of its own project, not that in the submit folder', async () => {
    const cwd = foreignFolder();
    standIn(
      cwd,
      'scontrol',
      `[ "$*" = "show job 8" ] && printf "JobId=8\\n   Command=%s -e x\\n   WorkDir=x\\n" '${own}'`,
    );
    const outcome = await runScript(['bash', './slurm_script', ...args], {
      cwd,
      environment: { ...job, SLURM_SUBMIT_DIR: cwd },
    });
    expect(printed(outcome)).toEqual({ status: 0, stdout: '3\t:\n' });
    expect(existsSync(join(cwd, 'deployed'))).toBe(false);
  });

  test.each([
    ['a relative path', 'project/jobs/count.slurm'],
    ['a link', 'count.slurm'],
  ])('finds its project when it is run by hand through %s', async (_, path) => {
    const cwd = foreignFolder();
    symlinkSync(packageRoot, join(cwd, 'project'));
    symlinkSync('project/jobs/count.slurm', join(cwd, 'count.slurm'));
    const outcome = await runScript(['bash', path, ...args], { cwd, environment: job });
    expect(printed(outcome)).toEqual({ status: 0, stdout: '3\t:\n' });
    expect(existsSync(join(cwd, 'deployed'))).toBe(false);
  });

  test('does not take itself for the task of an array that has submitted it', async () => {
    const cwd = newFolder();
    standIn(cwd, 'squeue', '[ "$*" = "--noheader --jobs=8 --format=%F_%K" ] && echo 8_N/A');
    const inherited = {
      SLURM_ARRAY_JOB_ID: '7',
      SLURM_ARRAY_TASK_ID: '3',
      SLURM_HET_SIZE: '2',
      SLURM_JOB_ID_HET_GROUP_0: '6',
    };
    const outcome = await script('count.slurm', ['-e', ':', 'notes.txt'], {
      cwd,
      environment: { ...job, ...inherited },
    });
    expect(printed(outcome)).toEqual({ status: 0, stdout: '3\t:\n' });
    expect(readdirSync(join(cwd, 'logs'))).toEqual(['8']);
  });

  test('says what to set where its project is not found', async () => {
    const cwd = foreignFolder();
    standIn(cwd, 'scontrol', 'exit 1');
    const outcome = await runScript(['bash', './slurm_script', ...args], {
      cwd,
      environment: { ...job, PATH: `${join(cwd, 'bin')}:/usr/bin:/bin` },
    });
    expect(printed(outcome)).toEqual({ status: 4, stdout: '' });
    expect(outcome.stderr).toBe(
      'count.slurm: no mpicount beside this script or on PATH; set MPICOUNT_HOME to the folder it is in\n',
    );
  });
});

describe('jobs/count.lsf, with stand-ins', { timeout: 60_000 }, () => {
  test('submits itself, counts, and is requeued', async () => {
    const cwd = newFolder();
    // Runs the script, as LSF does from its spool, with what bsub had in its environment.
    standIn(
      cwd,
      'bsub',
      'cat >spooled\nLSB_JOBID=9 LSB_DJOB_NUMPROC=2 bash ./spooled >out 2>err; echo "$?" >status; echo "Job <9>"',
    );
    standIn(cwd, 'bjobs', 'echo "$@" >>asked; echo "1:00 L"');
    const outcome = await script('count.lsf', ['-e', ':', './deploy.sh', 'notes.txt'], { cwd });
    expect(printed(outcome)).toEqual({ status: 0, stdout: 'Job <9>\n' });
    const files = await runScript(['cat', 'out', 'status', 'asked'], { cwd });
    expect(files.stdout.toString()).toBe('3\t:\n0\n-noheader -o time_left 9\n');
    expect(existsSync(join(cwd, 'logs/9/result.json'))).toBe(true);
    expect(existsSync(join(cwd, 'deployed'))).toBe(false);
  });
});

describe('jobs/count.flux, with stand-ins', { timeout: 60_000 }, () => {
  test('counts with a rank for each core', async () => {
    const cwd = newFolder();
    symlinkSync(program, join(cwd, 'bin', 'mpicount'));
    standIn(
      cwd,
      'flux',
      'case "$*" in "getattr jobid") echo f1 ;; "resource list"*) echo 2 ;; "job timeleft") echo 60 ;;\n' +
        '"run "*) shift && exec mpirun.openmpi "$@" ;; *) echo flux-core ;; esac',
    );
    const outcome = await script('count.flux', ['-e', ':', './deploy.sh', 'notes.txt'], {
      cwd,
      environment: { MPICOUNT_LAUNCH: '' },
    });
    expect(printed(outcome)).toEqual({ status: 0, stdout: '3\t:\n' });
    expect(readdirSync(join(cwd, 'logs/f1/ranks/000'))).toHaveLength(2);
  });
});
