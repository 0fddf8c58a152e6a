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
import { ExitStatus } from '../exit-status.ts';
import { printError } from '../fail.ts';
import { argumentFileWords, handoverWords, isHandoverWord } from './handover.ts';
import { defaultLogDir, isInJob, schedulerOf, submit, type SchedulerName } from './places.ts';
import { programOfRanks } from './program.ts';
import { jobOptions } from '../options/job-options.ts';
import { isJobName, jobNames, jobs, type JobName } from '../options/jobs.ts';
import { launch as self } from '../options/launch.ts';
import type { OptionTable } from '../options/option.ts';
import { isOptionOf, splitArguments } from '../options/split-arguments.ts';
import { splitAtJob } from '../options/split-at-job.ts';
import { valueOf } from '../options/values.ts';
import { outputIsLost, writeOut } from '../standard-output.ts';
import { UsageError } from '../usage-error.ts';
import { isTerminal } from '../terminal.ts';

// `mpicount launch [--scheduler NAME] [--script FILE] -- COMMAND ARGUMENT...`. Job scripts and `npm start` execute it.

/**
 * Runs a command with all ranks of a job and prints its totals. Outside a job, job scripts of PBS and LSF submit themselves here.
 * @returns The exit status.
 * @throws UsageError, LaunchError, OutputError, ArgumentsTooLongError
 */
export async function runLaunch(args: string[]): Promise<number> {
  const { scheduler, script, command, args: typed } = parseLaunch(args);
  const requests = listen(scheduler);
  const system = thisSystem(hostname(), printError);
  requeueLimit(system.environment['MPICOUNT_REQUEUES']);

  const submission = typed.length === 0 ? readSubmission(system.environment) : undefined;
  const own = submission ? [...submission.args] : typed;
  if (!isJobName(command)) {
    throw new UsageError(`launch runs ${jobNames.join(' or ')}, not '${printable(bytesOf(command))}'`);
  }
  const table = jobs[command].options;
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
    resumeCommand: resumeCommand(command, scheduler),
    handover: handoverWords,
    inFile: argumentFileWords,
    isOwnOption: (argument) => isHandoverWord(argument) || isOptionOf(argument, table),
  };
  return deliverTotals(await launch(system, place, task, requests));
}

function parseLaunch(args: string[]): { scheduler: SchedulerName; script: string; command: string; args: string[] } {
  const { own, job } = splitAtJob(args);
  const { given, rest } = splitArguments(own, self.options);
  if (!job || rest.length > 0) {
    throw new UsageError('launch needs -- before its command, as in: mpicount launch -- count -e love FILE');
  }
  const [command = '', ...argsOfJob] = job;
  return {
    scheduler: valueOf(self.options, given, 'scheduler'),
    script: valueOf(self.options, given, 'script') ?? '',
    command,
    args: argsOfJob,
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
  const logDir = valueOf(jobOptions, given, 'log-dir');
  if (logDir === '') throw new UsageError('--log-dir: the folder name is empty');
  return {
    logDir,
    access: { mode: valueOf(jobOptions, given, 'log-mode'), shared: valueOf(jobOptions, given, 'log-shared') },
    resumable: valueOf(jobOptions, given, 'log') === 'blocks',
  };
}

/** Returns the command that goes on with a command that no script in jobs/ runs. */
function resumeCommand(command: JobName, scheduler: SchedulerName): string | undefined {
  if (command === 'count') return undefined;
  return scheduler === 'none'
    ? `mpicount launch -- ${command} --resume`
    : `mpicount launch --scheduler ${scheduler} -- ${command}`;
}

/** Handles signals from now on: this process has to outlive the ranks, which make their journals durable before they exit. */
function listen(scheduler: SchedulerName): Requests {
  const requests: Requests = { stop: false, end: false, passOn: false };
  // Schedulers send SIGUSR2 90 seconds before the time limit, as job scripts request, and on scancel --signal, qsig, bkill -s.
  process.on('SIGUSR2', () => (requests.stop = true));
  // Schedulers send SIGTERM to all processes of the job, as a terminal sends SIGINT on Ctrl-C; then nothing is passed on.
  // Using process.stdin.isTTY would make the standard input of the ranks non-blocking.
  const hasTerminal = isTerminal(0);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      requests.end = true;
      requests.passOn = scheduler === 'none' && !(signal === 'SIGINT' && hasTerminal);
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
  if (status !== ExitStatus.done && status !== ExitStatus.skipped) return status;
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
