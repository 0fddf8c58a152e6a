import type { spawn as Spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** What became of a program that was run to its end. */
export interface Finished {
  /** Its exit status; 127 when there is no such program, 124 when it took too long. */
  readonly status: number;
  readonly output: string;
  /** What it said on standard error. */
  readonly errors: string;
}

/** How a launcher ended: with an exit status, by a signal, or not even started. */
export interface Ending {
  readonly code?: number | undefined;
  readonly signal?: string | undefined;
  readonly startError?: NodeJS.ErrnoException | undefined;
}

/** A launcher at work. */
export interface Child {
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ending>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the launching program needs of the machine that it runs on. Tests give one of their own. */
export interface System {
  readonly environment: Environment;
  readonly host: string;
  readonly cores: number;
  readonly isRoot: boolean;
  /** Since the job script began. */
  elapsedSeconds(): number;
  /** Runs a small program to its end, with `input` on its standard input. */
  run(command: readonly string[], options: RunOptions): Promise<Finished>;
  /** Starts a launcher. What it and the ranks print goes to standard error: totals come by the outcome file. */
  start(command: readonly string[], environment: Environment): Child;
  /** Writes one line for a person. */
  printMessage(line: string): void;
}

export interface RunOptions {
  readonly seconds: number;
  readonly environment?: Environment;
  /** A file for its standard input. */
  readonly input?: string;
}

/** The machine that this process runs on. */
export function thisSystem(host: string, printMessage: (line: string) => void): System {
  return {
    environment: process.env,
    host,
    cores: availableParallelism(),
    isRoot: process.getuid?.() === 0,
    elapsedSeconds,
    run: runProgram,
    start: startLauncher,
    printMessage,
  };
}

// Loaded only here: each rank parses this file, too.
function spawner(): typeof Spawn {
  return process.getBuiltinModule('node:child_process').spawn;
}

function runProgram(
  [file = '', ...args]: readonly string[],
  { seconds, environment, input }: RunOptions,
): Promise<Finished> {
  const { openSync, closeSync } = process.getBuiltinModule('node:fs');
  const stdin = input === undefined ? ('ignore' as const) : openSync(input, 'r');
  return new Promise<Finished>((resolve) => {
    const child = spawner()(file, args, { env: environment ?? process.env, stdio: [stdin, 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    child.stdout?.on('data', (bytes: Buffer) => (output += bytes.toString('latin1')));
    child.stderr?.on('data', (bytes: Buffer) => (errors += bytes.toString('latin1')));
    const finish = (status: number) => {
      clearTimeout(timer);
      resolve({ status, output, errors });
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      finish(124);
    }, seconds * 1000);
    child.on('error', () => finish(127));
    child.on('close', (code) => finish(code ?? 1));
  }).finally(() => {
    if (typeof stdin === 'number') closeSync(stdin);
  });
}

function startLauncher([file = '', ...args]: readonly string[], environment: Environment): Child {
  try {
    const child = spawner()(file, args, { env: environment, stdio: ['inherit', 2, 2] });
    return {
      kill: (signal) => void child.kill(signal),
      ended: new Promise((resolve) => {
        child.on('error', (startError) => {
          resolve({ startError });
        });
        child.on('exit', (code, signal) => {
          resolve({ code: code ?? undefined, signal: signal ?? undefined });
        });
      }),
    };
  } catch (error) {
    return { kill: () => undefined, ended: Promise.resolve({ startError: error as NodeJS.ErrnoException }) };
  }
}

/** Since this process began, under whatever programs: a job script ends in `exec`, which keeps the process. */
function elapsedSeconds(): number {
  const { readFileSync } = process.getBuiltinModule('node:fs');
  try {
    // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: field 22, in hundredths of a second on all of Linux
    const fields = readFileSync('/proc/self/stat', 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    const uptime = Number.parseFloat(readFileSync('/proc/uptime', 'latin1'));
    const elapsed = uptime - Number(fields[22 - 3]) / 100;
    return Number.isFinite(elapsed) ? Math.max(0, elapsed) : process.uptime();
  } catch {
    return process.uptime();
  }
}
