import { ArgumentsTooLongError } from './errors.ts';
import type { Environment } from './system.ts';

// PBS and LSF have no way to pass arguments to a script that keeps blanks and quotes. So they travel in an environment variable, in
// letters and digits, because qsub cuts its list of variables at commas.

const variable = 'MPICOUNT_JOB';

/** A job as it was submitted, which a job that goes on with it needs to know. */
export interface Submission {
  /** The job script. */
  readonly script: string;
  /** The command that submits, such as `qsub -l walltime=4:00:00`, as words. */
  readonly submitter: readonly string[];
  /** The first job of those that go on with each other; undefined in that one. */
  readonly series?: string;
  /** The log folder, when an earlier job chose it. */
  readonly logs?: string;
  /** Those of the command that is launched, with one character for each byte. */
  readonly args: readonly string[];
}

// Linux allows no longer string in an environment: MAX_ARG_STRLEN in execve(2).
const maxBytes = 128 * 1024 - 4096;

/**
 * The variable and its value, as `NAME=VALUE`.
 * @throws ArgumentsTooLongError
 */
export function encodeSubmission(submission: Submission): string {
  const value = Buffer.from(JSON.stringify(submission)).toString('base64url');
  if (value.length > maxBytes) throw new ArgumentsTooLongError();
  return `${variable}=${value}`;
}

/** The submission of the job that this process is part of; undefined when it came another way. */
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

/** An environment for the ranks, who need none of this. */
export function withoutSubmission(environment: Environment): Environment {
  return { ...environment, [variable]: undefined };
}
