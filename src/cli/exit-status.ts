import { AddonError } from '../addon.ts';
import { InputError } from '../corpus/errors.ts';
import { OutputError } from '../job/output.ts';
import { LaunchError, MpiError } from '../mpi/errors.ts';
import { PatternError } from '../scan/scanner.ts';
import { UsageError } from './usage-error.ts';

/** What the process, and so the job, ends with. */
export const ExitStatus = { done: 0, usage: 2, input: 3, mpi: 4, output: 5, bug: 70 } as const;

/** @param error Whatever was thrown. */
export function exitStatusOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof PatternError) return ExitStatus.usage;
  if (error instanceof InputError) return ExitStatus.input;
  if (error instanceof LaunchError || error instanceof MpiError || error instanceof AddonError) return ExitStatus.mpi;
  if (error instanceof OutputError) return ExitStatus.output;
  return ExitStatus.bug;
}
