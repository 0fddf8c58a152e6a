import type { spawn as Spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The result of a program that was run to its end. */
export interface Finished {
  /** The exit status; 127 when the program does not exist, 124 after a timeout. */
  readonly status: number;
  readonly output: string;
  /** Standard error. */
  readonly errors: string;
}

/** How a launcher ended: with an exit status, by a signal, or because it could not be started. */
export interface Ending {
  readonly code?: number | undefined;
  readonly signal?: string | undefined;
  readonly startError?: NodeJS.ErrnoException | undefined;
}

/** A running launcher. */
export interface Child {
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ending>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What `mpicount launch` needs from its machine. Tests pass a fake. */
export interface System {
  readonly environment: Environment;
  readonly host: string;
  readonly cores: number;
  readonly isRoot: boolean;
  /** Returns the time since the job script began. */
  elapsedSeconds(): number;
  /** Runs a small program to its end, with `input` on its standard input. */
  run(command: readonly string[], options: RunOptions): Promise<Finished>;
  /** Starts a launcher. All output of launcher and ranks goes to standard error, because totals come through the outcome file. */
  start(command: readonly string[], environment: Environment): Child;
  /** Prints one line for the user. */
  printMessage(line: string): void;
}

export interface RunOptions {
  readonly seconds: number;
  readonly environment?: Environment;
  /** The file for standard input. */
  readonly input?: string;
}

/** Returns the machine that this process runs on. */
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

// Loaded lazily, because each rank parses this file, too.
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
    const [output, errors]: [Buffer[], Buffer[]] = [[], []];
    child.stdout?.on('data', (bytes: Buffer) => output.push(bytes));
    child.stderr?.on('data', (bytes: Buffer) => errors.push(bytes));
    const finish = (status: number) => {
      clearTimeout(timer);
      resolve({ status, output: Buffer.concat(output).toString(), errors: Buffer.concat(errors).toString() });
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

/** Returns the age of this process, which includes that of the job script, because the script ends in `exec`. */
function elapsedSeconds(): number {
  const { readFileSync } = process.getBuiltinModule('node:fs');
  try {
    // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: field 22, in hundredths of a second on every Linux
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
