import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { printable } from '../../base/bytes.ts';
import { packageRoot } from '../../base/package.ts';
import { readFailure } from '../../base/system-error.ts';
import { flux } from '../../launch/flux.ts';
import { lsf, submitToLsf } from '../../launch/lsf.ts';
import { noScheduler } from '../../launch/no-scheduler.ts';
import { pbs, submitToPbs } from '../../launch/pbs.ts';
import { positive, type Scheduler } from '../../launch/scheduler.ts';
import { slurm } from '../../launch/slurm.ts';
import type { Submission } from '../../launch/submission.ts';
import type { Environment, System } from '../../launch/system.ts';
import { LaunchError } from '../../mpi/errors.ts';
import { bytesOf } from '../arguments.ts';
import { shortPath } from './program.ts';
import { UsageError } from '../usage-error.ts';

// Selects where a job runs: under a scheduler or on this machine.

export const schedulers = ['none', 'slurm', 'pbs', 'lsf', 'flux'] as const;
export type SchedulerName = (typeof schedulers)[number];

/** The schedulers whose job scripts submit themselves, with their commands and the variables that identify a job. */
const selfSubmitting = {
  pbs: { variable: 'QSUB', command: 'qsub', job: 'PBS_JOBID', submit: submitToPbs },
  lsf: { variable: 'BSUB', command: 'bsub', job: 'LSB_JOBID', submit: submitToLsf },
} as const;

/** Returns whether this process runs inside a job, so that nothing has to be submitted. */
export function isInJob(scheduler: SchedulerName, environment: Environment): boolean {
  if (scheduler !== 'pbs' && scheduler !== 'lsf') return true;
  return (environment[selfSubmitting[scheduler].job] ?? '') !== '';
}

/**
 * Submits a job script, which gets the arguments in an environment variable.
 * @returns The scheduler's answer, which names the job.
 * @throws UsageError, LaunchError, ArgumentsTooLongError
 */
export async function submit(
  scheduler: SchedulerName,
  system: System,
  script: string,
  args: readonly string[],
): Promise<string> {
  if (scheduler !== 'pbs' && scheduler !== 'lsf') throw new Error(`${scheduler} submits by itself`);
  if (script === '') throw new UsageError('launch needs --script FILE, the job script that is to be submitted');
  const { variable, command, submit: submitTo } = selfSubmitting[scheduler];
  const submitter = (system.environment[variable] ?? '').split(/\s+/).filter((word) => word !== '');
  const path = bytesOf(script);
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new UsageError(`--script ${printable(path)}: ${readFailure(error)}`);
  }
  const submission: Submission = {
    script: path.toString(),
    submitter: submitter.length > 0 ? submitter : [command],
    args,
  };
  const job = await submitTo(system, submission);
  if (job === undefined) throw new LaunchError('the job was not submitted');
  return job;
}

/**
 * Returns the scheduler of the job that this process is part of.
 * @param submission How the job was submitted, if its script submitted itself.
 * @throws UsageError, LaunchError
 */
export async function schedulerOf(
  scheduler: SchedulerName,
  system: System,
  submission: Submission | undefined,
): Promise<Scheduler> {
  if (scheduler === 'slurm') return slurm(system);
  if (scheduler === 'pbs') return pbs(system, submission);
  if (scheduler === 'lsf') return lsf(system);
  if (scheduler === 'flux') return flux(system);
  return noScheduler(
    `local-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}-${process.pid}`,
    localRanks(system),
  );
}

const defaultRanks = 4;

function localRanks({ environment }: System): number {
  const wanted = environment['NP'] ?? '';
  const ranks = wanted === '' ? defaultRanks : positive(wanted);
  if (ranks === undefined) throw new UsageError(`NP=${wanted} is no number of ranks; for example: NP=2 npm start`);
  return ranks;
}

/**
 * Returns the default log folder: `logs/JOB` in the job's working directory. Without a scheduler, it is in the project's folder, else
 * in the current one, else in the user's state folder, whichever is writable first.
 */
export function defaultLogDir(scheduler: SchedulerName, job: string): string {
  const folder = scheduler === 'none' ? localFolder() : '';
  return Buffer.from(shortPath(join(folder, 'logs', job))).toString('latin1');
}

function localFolder(): string {
  const state = process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state');
  return [packageRoot, process.cwd()].find(isWritable) ?? join(state, 'mpicount');
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
