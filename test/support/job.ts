import assert from 'node:assert';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

import { packageRoot } from '../../src/base/package.ts';

/** The MPIs under which each whole-job test runs. */
export const mpis = ['openmpi', 'mpich'] as const;
export type Mpi = (typeof mpis)[number];

/**
 * Returns every other case, so that each runs under one of the MPIs in turn: for tests whose outcome does not depend on the MPI, since each
 * job takes the cores of a small machine for a second.
 */
export function casesOf<const Case>(mpi: Mpi, cases: readonly Case[]): Case[] {
  return cases.filter((_, index) => mpis[index % mpis.length] === mpi);
}

export const program = join(packageRoot, 'dist', 'mpicount.cjs');

export interface Outcome {
  /** The exit status as a shell sees it: 128 + N for signal N. */
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly seconds: number;
}

export interface RunOptions {
  /** At this time the process group is killed, and the run is rejected with an error. */
  readonly timeoutSeconds: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Is called with the process id of the launcher when it has started. */
  readonly onStart?: (pid: number) => void;
}

/** The variables that Open MPI's launcher needs in tests. Test scripts source the same file. */
const launcherEnvironment = parseEnv(readFileSync(join(packageRoot, 'test', 'support', 'launcher.env'), 'utf8'));

/** Returns the launcher of an MPI by its unambiguous name: `mpirun` on PATH may belong to either MPI. */
export function launcherOf(mpi: Mpi): string {
  return `mpirun.${mpi}`;
}

/** Returns the version of an MPI as its launcher tells it: `4.1.4`. */
export function versionOf(mpi: Mpi): string {
  const told = execFileSync(launcherOf(mpi), ['--version'], { encoding: 'utf8' });
  return /\d+\.\d+(?:\.\d+)*/.exec(told)?.[0] ?? assert.fail('no version');
}

/** Returns 4 or 5, which differ in what their launchers pass on. */
export function majorVersionOfOpenMpi(): number {
  return Number.parseInt(versionOf('openmpi'));
}

/** Runs mpicount with a number of ranks under real mpirun. */
export function runJob(mpi: Mpi, ranks: number, args: readonly string[], options: RunOptions): Promise<Outcome> {
  return run([launcherOf(mpi), '-np', String(ranks), process.execPath, program, ...args], options);
}

/** Runs any command to its end. */
export function run(command: readonly string[], options: RunOptions): Promise<Outcome> {
  const [file = '', ...args] = command;
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env: { ...process.env, ...launcherEnvironment, ...options.environment },
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // in a process group of its own, which a timeout kills as a whole
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      reject(
        new Error(
          `no end after ${options.timeoutSeconds} s: ${command.join(' ')}\n${Buffer.concat(stderr).toString()}`,
        ),
      );
    }, options.timeoutSeconds * 1000);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({
        status: code ?? 128 + signalNumber(signal),
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString(),
        seconds: (performance.now() - start) / 1000,
      });
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
  });
}

/** Runs any command to its end in a terminal of 80 columns, which has its standard output and error. */
export function runInTerminal(command: readonly string[], options: RunOptions): Promise<Outcome> {
  const words = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const environment = { ...options.environment, TERM: 'xterm', NO_COLOR: '' };
  return run(['script', '-qec', `stty cols 80 rows 24; exec ${words}`, '/dev/null'], { ...options, environment });
}

/**
 * The statuses that a launcher may report when a signal ends a rank. mpiexec of MPICH combines the statuses of all ranks by a bitwise or
 * (src/pm/hydra/ui/mpich/mpiexec.c), and the other ranks end by themselves or by its SIGKILL. That of 4.2 also loses track of its ranks
 * while they end, and often reports 0, or SIGKILL alone (seen with 4.2.1).
 */
export function statusesOfDeath(mpi: Mpi, signal: NodeJS.Signals): number[] {
  const number = constants.signals[signal];
  if (mpi === 'openmpi') return [128 + number];
  const { SIGKILL } = constants.signals;
  const [major = 0, minor = 0] = versionOf('mpich').split('.').map(Number);
  const combined = [number, number | SIGKILL];
  return major > 4 || (major === 4 && minor >= 2) ? [...combined, SIGKILL, 0] : combined;
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : constants.signals[signal];
}

/** Wraps a command so that file permissions also hold for root: drops the two capabilities that bypass them. */
export function withoutPrivileges(command: readonly string[]): string[] {
  const drop = ['setpriv', '--bounding-set=-dac_override,-dac_read_search'];
  return process.getuid?.() === 0 ? [...drop, ...command] : [...command];
}

/** Returns the lines that mpicount itself wrote to standard error, without those of launchers. */
export function ownLines({ stderr }: Outcome): string[] {
  return stderr.split('\n').filter((line) => line.startsWith('mpicount: '));
}

/** Creates a folder for a test, with a function that removes it. */
export function temporaryFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'mpicount-test-'));
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Reads the lines of a rank's log. */
export function readLog(logDir: string, rank: number): Record<string, unknown>[] {
  const name = `rank-${String(rank).padStart(6, '0')}.jsonl`;
  const text = readFileSync(join(logDir, 'ranks', String(Math.floor(rank / 256)).padStart(3, '0'), name), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
