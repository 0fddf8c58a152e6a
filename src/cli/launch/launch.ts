import { hostname } from 'node:os';

import { printable } from '../../base/bytes.ts';
import type { Access } from '../../job/durable/access.ts';
import { OutputError } from '../../job/durable/output-error.ts';
import { launch, type Launched } from '../../launch/launch.ts';
import { requeueLimit } from '../../launch/requeue.ts';
import type { Task } from '../../launch/start.ts';
import { readSubmission } from '../../launch/submission.ts';
import type { Requests } from '../../launch/supervise.ts';
import { thisSystem } from '../../launch/system.ts';
import { LaunchError } from '../../mpi/errors.ts';
import { bytesOf } from '../arguments.ts';
import { countTable, parseLogMode } from '../count-options.ts';
import { ExitStatus } from '../exit-status.ts';
import { printError } from '../fail.ts';
import { argumentFileWords, handoverWords, isHandoverWord } from './handover.ts';
import { defaultLogDir, isInJob, schedulerOf, schedulers, submit, type SchedulerName } from './places.ts';
import { programOfRanks } from './program.ts';
import { asksForHelp, isOptionOf, parseChoice, splitArguments, type OptionTable } from '../options.ts';
import { outputIsLost, writeOut } from '../standard-output.ts';
import { UsageError } from '../usage-error.ts';

// `mpicount launch [--scheduler NAME] [--script FILE] -- COMMAND ARGUMENT...`. Job scripts and `npm start` execute it.

const launchTable = {
  help: { type: 'boolean', short: 'h' },
  scheduler: { type: 'string' },
  script: { type: 'string' },
} satisfies OptionTable;

/** The commands that can be launched: they write an outcome file. */
const commands: Readonly<Record<string, OptionTable>> = { count: countTable };

/**
 * Runs a command with all ranks of a job and prints its totals. Outside a job, job scripts of PBS and LSF submit themselves here.
 * @returns The exit status; undefined when the arguments ask for help.
 * @throws UsageError, LaunchError, OutputError, ArgumentsTooLongError
 */
export async function runLaunch(args: string[]): Promise<number | undefined> {
  if (asksForHelp(args.slice(0, endOfOptions(args)), launchTable)) return undefined;
  const { scheduler, script, command, args: typed } = parseLaunch(args);
  const requests = listen(scheduler);
  const system = thisSystem(hostname(), printError);
  requeueLimit(system.environment['MPICOUNT_REQUEUES']);

  const submission = typed.length === 0 ? readSubmission(system.environment) : undefined;
  const own = submission ? [...submission.args] : typed;
  const table = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!table)
    throw new UsageError(`launch runs ${Object.keys(commands).join(', ')}, not '${printable(bytesOf(command))}'`);
  if (asksForHelp(own, table)) return undefined;
  const options = readOptions(own, table);

  if (!isInJob(scheduler, system.environment)) {
    writeOut(Buffer.from(`${await submit(scheduler, system, script, own)}\n`));
    return ExitStatus.done;
  }
  if (submission) enterFolder(system.environment['PBS_O_WORKDIR']);
  const place = await schedulerOf(scheduler, system, submission);
  const task: Task = {
    program: programOfRanks(scheduler === 'none'),
    command,
    args: own,
    logDir: {
      path: options.logDir ?? submission?.logs ?? defaultLogDir(scheduler, place.job),
      isGiven: options.logDir !== undefined,
    },
    access: options.access,
    resumable: options.resumable,
    handover: handoverWords,
    inFile: argumentFileWords,
    isOwnOption: (argument) => isHandoverWord(argument) || isOptionOf(argument, table),
  };
  return deliverTotals(await launch(system, place, task, requests));
}

/** The index of `--`, behind which the command stands. */
function endOfOptions(args: readonly string[]): number {
  const end = args.indexOf('--');
  return end < 0 ? args.length : end;
}

function parseLaunch(args: string[]): { scheduler: SchedulerName; script: string; command: string; args: string[] } {
  const end = endOfOptions(args);
  const { given, rest } = splitArguments(args.slice(0, end), launchTable);
  if (end === args.length || rest.length > 0) {
    throw new UsageError('launch needs -- before its command, as in: mpicount launch -- count -e love FILE');
  }
  const last = (name: keyof typeof launchTable) => given.findLast((option) => option.name === name)?.value;
  const [command = '', ...own] = args.slice(end + 1);
  return {
    scheduler: parseChoice('--scheduler', last('scheduler'), schedulers),
    script: last('script') ?? '',
    command,
    args: own,
  };
}

interface LogOptions {
  readonly logDir: string | undefined;
  readonly access: Access;
  readonly resumable: boolean;
}

/** Reads the options that affect launching. @throws UsageError if any option is invalid. */
function readOptions(args: string[], table: OptionTable): LogOptions {
  const { given } = splitArguments(args, table);
  const last = (wanted: string) => given.findLast(({ name }) => name === wanted)?.value;
  const [logDir, mode] = [last('log-dir'), last('log-mode')];
  if (logDir === '') throw new UsageError('--log-dir: the folder name is empty');
  return {
    logDir,
    access: { mode: mode === undefined ? undefined : parseLogMode(mode), shared: last('log-shared') !== undefined },
    resumable: (last('log') ?? 'blocks') === 'blocks',
  };
}

/** Handles signals from now on: this process has to outlive the ranks, which make their journals durable before they exit. */
function listen(scheduler: SchedulerName): Requests {
  const requests: Requests = { stop: false, end: false, passOn: false };
  // Schedulers send SIGUSR2 90 seconds before the time limit, as job scripts request, and on scancel --signal, qsig, bkill -s.
  process.on('SIGUSR2', () => (requests.stop = true));
  // Schedulers send SIGTERM to all processes of the job, as a terminal sends SIGINT on Ctrl-C; then nothing is passed on.
  // Using process.stdin.isTTY would make the standard input of the ranks non-blocking.
  const isTerminal = process.getBuiltinModule('node:tty').isatty(0);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      requests.end = true;
      requests.passOn = scheduler === 'none' && !(signal === 'SIGINT' && isTerminal);
    });
  }
  // When a terminal is closed, some shells send SIGHUP to all processes of the job, and some to this one alone.
  process.on('SIGHUP', () => {
    if (!requests.end) requests.passOn = 'late';
    requests.end = true;
  });
  return requests;
}

function enterFolder(folder: string | undefined): void {
  if (folder === undefined) return;
  try {
    process.chdir(folder);
  } catch {
    throw new LaunchError(
      `the folder that the job was submitted from is not on ${hostname()}: ${folder}; submit from a shared one`,
    );
  }
}

function deliverTotals({ status, output, logs }: Launched): number {
  if (status !== ExitStatus.done) return status;
  const result = `${printable(bytesOf(logs))}/result.json`;
  if (outputIsLost()) printError(`note: standard output is closed; the totals are in ${result}`);
  try {
    writeOut(output);
    return status;
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    printError(`${error.message}; the totals are in ${result}`);
    return ExitStatus.output;
  }
}
