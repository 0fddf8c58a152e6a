import { readFileSync } from 'node:fs';

import { LaunchError } from '../mpi/errors.ts';
import { nothingKnown, type Scheduler, type TimeLimit } from './scheduler.ts';
import { encodeSubmission, type Submission } from './submission.ts';
import type { Environment, System } from './system.ts';

// Passed on to the job. PATH, so that it finds the same programs.
const passedOn = ['MPICOUNT_HOME', 'MPICOUNT_LAUNCH', 'MPICOUNT_MODULES', 'MPICOUNT_REQUEUES', 'PATH'];

/**
 * The PBS job that this process is part of: OpenPBS, PBS Professional or Torque.
 * @param submission Undefined in an interactive job, or in another script's.
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

/** One rank for each line of PBS's list of nodes. */
function ranksIn(nodeFile: string): number {
  try {
    const lines = readFileSync(nodeFile, 'latin1').split('\n');
    return Math.max(1, lines.filter((line) => line.trim() !== '').length);
  } catch {
    throw new LaunchError(`PBS_NODEFILE=${nodeFile} cannot be read, so the number of ranks is not known`);
  }
}

/** PBS does not tell a job when it ends. */
async function timeLimit(system: System, job: string): Promise<TimeLimit> {
  const { output } = await system.run(['qstat', '-f', job], { seconds: 30 });
  const walltime = /^ *Resource_List\.walltime = ([0-9:]+)$/m.exec(output)?.[1];
  if (walltime === undefined) return {};
  const seconds = walltime.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  const left = Math.floor(seconds - system.elapsedSeconds());
  return left > 0 ? { options: ['--time-limit', `${left}s`] } : {};
}

// The options of qsub would submit the whole array again.
function isArrayTask(environment: Environment): boolean {
  return ['PBS_ARRAY_INDEX', 'PBS_ARRAYID'].some((name) => environment[name] !== undefined);
}

/** PBS lets only operators requeue a job, so another one goes on. */
async function startAgain(
  system: System,
  job: string,
  submission: Submission,
  logs: string,
): Promise<string | undefined> {
  const next = await submitToPbs(system, { ...submission, logs, series: submission.series ?? job });
  return next === undefined ? undefined : `as job ${next}`;
}

/** Submits a job. @returns Its name; undefined when qsub failed, and has said why. */
export async function submitToPbs(system: System, submission: Submission): Promise<string | undefined> {
  const { submitter, script } = submission;
  const variables = [encodeSubmission(submission), ...passedOn].join(',');
  // Empty rather than unset, because OpenPBS refuses to pass on a variable that is not set.
  const environment = { ...Object.fromEntries(passedOn.map((name) => [name, ''])), ...system.environment };
  const { status, output, errors } = await system.run([...submitter, '-v', variables, script], {
    seconds: 600,
    environment,
  });
  if (status === 0) return output.trim();
  system.printMessage(`${submitter[0] ?? ''} ended with status ${status}: ${errors.trim()}`);
  return undefined;
}
