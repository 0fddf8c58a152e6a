import { LaunchError } from '../mpi/errors.ts';
import { nothingKnown, positive, type Scheduler, type TimeLimit } from './scheduler.ts';
import { encodeSubmission, type Submission } from './submission.ts';
import type { Environment, System } from './system.ts';

/**
 * Returns the LSF job that this process is part of.
 * @throws LaunchError
 */
export function lsf(system: System): Scheduler {
  const { environment } = system;
  const job = taskIdentity(environment);
  const ranks = positive(environment['LSB_DJOB_NUMPROC']);
  if (ranks === undefined) throw new LaunchError('LSB_DJOB_NUMPROC is not set, so the number of ranks is not known');
  return {
    ...nothingKnown,
    name: 'LSF',
    job,
    series: job,
    ranks,
    launcher: ['mpirun'],
    timeLimit: () => timeLimit(system, job),
    startAgain: async () => {
      const { status } = await system.run(['brequeue', job], { seconds: 60 });
      return status === 0 ? 'when LSF starts the job again' : undefined;
    },
    resumeCommand: 'jobs/count.lsf',
  };
}

function taskIdentity(environment: Environment): string {
  const job = environment['LSB_JOBID'] ?? '';
  const index = positive(environment['LSB_JOBINDEX']);
  return index === undefined ? job : `${job}[${index}]`;
}

/** Reads the time left from `bjobs`, which prints hours, minutes and a letter: `3:59 L`. */
async function timeLimit(system: System, job: string): Promise<TimeLimit> {
  const { output } = await system.run(['bjobs', '-noheader', '-o', 'time_left', job], { seconds: 30 });
  const [, hours, minutes] = /^(\d+):(\d+)\b/.exec(output.trim()) ?? [];
  const seconds = Number(hours) * 3600 + Number(minutes) * 60;
  return seconds > 0 ? { options: ['--time-limit', `${seconds}s`] } : {};
}

/** Submits a job through standard input, where alone bsub reads the options in a script. @returns bsub's answer; undefined when it failed. */
export async function submitToLsf(system: System, submission: Submission): Promise<string | undefined> {
  const [name = '', value] = encodeSubmission(submission).split('=', 2);
  const { status, output, errors } = await system.run(submission.submitter, {
    seconds: 600,
    environment: { ...system.environment, [name]: value },
    input: submission.script,
  });
  if (status === 0) return output.trim();
  system.printMessage(`${submission.submitter[0] ?? ''} ended with status ${status}: ${errors.trim()}`);
  return undefined;
}
