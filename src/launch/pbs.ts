import { readFileSync } from 'node:fs';

import { LaunchError } from '../mpi/errors.ts';
import { nothingKnown, type Scheduler, type TimeLimit } from './scheduler.ts';
import { encodeSubmission, type Submission } from './submission.ts';
import type { Environment, System } from './system.ts';

// The variables that are passed on to the job. With PATH it finds the same programs.
const passedOn = ['MPICOUNT_HOME', 'MPICOUNT_LAUNCH', 'MPICOUNT_MODULES', 'MPICOUNT_REQUEUES', 'PATH'];

/**
 * Returns the PBS job that this process is part of: OpenPBS, PBS Professional or Torque.
 * @param submission Undefined in an interactive job, or in a job of another script.
 * @throws LaunchError
 */
export function pbs(system: System, submission: Submission | undefined): Scheduler {
  const { environment } = system;
  const job = environment['PBS_JOBID'] ?? '';
  const nodeFile = environment['PBS_NODEFILE'] ?? '';
  return {
    ...nothingKnown,
    name: 'PBS',
    job,
    series: submission?.series ?? job,
    ranks: ranksIn(nodeFile),
    launcher: ['mpirun', '-machinefile', nodeFile],
    timeLimit: () => timeLimit(system, job),
    ...(submission && !isArrayTask(environment) && { startAgain: (logs) => startAgain(system, job, submission, logs) }),
    resumeCommand: 'jobs/count.pbs',
  };
}

/** Returns the number of ranks: one for each line of PBS's node file. */
function ranksIn(nodeFile: string): number {
  try {
    const lines = readFileSync(nodeFile, 'latin1').split('\n');
    return Math.max(1, lines.filter((line) => line.trim() !== '').length);
  } catch {
    throw new LaunchError(`PBS_NODEFILE=${nodeFile} cannot be read, so the number of ranks is not known`);
  }
}

/** Computes the time left from the walltime, because PBS does not tell a job when it ends. */
async function timeLimit(system: System, job: string): Promise<TimeLimit> {
  const { output } = await system.run(['qstat', '-f', job], { seconds: 30 });
  const walltime = /^ *Resource_List\.walltime = ([0-9:]+)$/m.exec(output)?.[1];
  if (walltime === undefined) return {};
  const seconds = walltime.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  const left = Math.floor(seconds - system.elapsedSeconds());
  return left > 0 ? { options: ['--time-limit', `${left}s`] } : {};
}

// Submitting with the same options would submit the whole array again.
function isArrayTask(environment: Environment): boolean {
  return ['PBS_ARRAY_INDEX', 'PBS_ARRAYID'].some((name) => environment[name] !== undefined);
}

/** Submits another job that continues this one, because PBS lets only operators requeue a job. */
async function startAgain(
  system: System,
  job: string,
  submission: Submission,
  logs: string,
): Promise<string | undefined> {
  const next = await submitToPbs(system, { ...submission, logs, series: submission.series ?? job });
  return next === undefined ? undefined : `as job ${next}`;
}

/** Submits a job. @returns Its name; undefined when qsub failed, after printing its error. */
export async function submitToPbs(system: System, submission: Submission): Promise<string | undefined> {
  const { submitter, script } = submission;
  const variables = [encodeSubmission(submission), ...passedOn].join(',');
  // Unset variables are set to empty strings, because OpenPBS refuses to pass on a variable that is not set.
  const environment = { ...Object.fromEntries(passedOn.map((name) => [name, ''])), ...system.environment };
  const { status, output, errors } = await system.run([...submitter, '-v', variables, script], {
    seconds: 600,
    environment,
  });
  if (status === 0) return output.trim();
  system.printMessage(`${submitter[0] ?? ''} ended with status ${status}: ${errors.trim()}`);
  return undefined;
}
