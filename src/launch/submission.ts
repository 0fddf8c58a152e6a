import { ArgumentsTooLongError } from './errors.ts';
import type { Environment } from './system.ts';

// PBS and LSF cannot pass arguments with blanks and quotes to a script intact. Therefore an environment variable carries them, as
// base64url, because qsub splits its list of variables at commas.

const variable = 'MPICOUNT_JOB';

/** How a job was submitted, for a further job that continues it. */
export interface Submission {
  /** The path of the job script, as text. */
  readonly script: string;
  /** The command that submits, such as `qsub -l walltime=4:00:00`, as words. */
  readonly submitter: readonly string[];
  /** The first of the jobs that continue each other; undefined in that job itself. */
  readonly series?: string;
  /** The log folder, if an earlier job chose it. */
  readonly logs?: string;
  /** The arguments of the launched command, with one character per byte. */
  readonly args: readonly string[];
}

// Linux limits each string of an environment to MAX_ARG_STRLEN, see execve(2).
const maxBytes = 128 * 1024 - 4096;

/**
 * Encodes a submission as an environment variable, `NAME=VALUE`.
 * @throws ArgumentsTooLongError
 */
export function encodeSubmission(submission: Submission): string {
  const value = Buffer.from(JSON.stringify(submission)).toString('base64url');
  if (value.length > maxBytes) throw new ArgumentsTooLongError();
  return `${variable}=${value}`;
}

/** Reads the submission of this process's job; undefined when the job was submitted another way. */
export function readSubmission(environment: Environment): Submission | undefined {
  const value = environment[variable] ?? '';
  if (value === '') return undefined;
  try {
    const submission = JSON.parse(Buffer.from(value, 'base64url').toString()) as Submission;
    return [submission.args, submission.submitter].every(Array.isArray) ? submission : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the environment without the submission, which the ranks do not need. */
export function withoutSubmission(environment: Environment): Environment {
  return { ...environment, [variable]: undefined };
}
