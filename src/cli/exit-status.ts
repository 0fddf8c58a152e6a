import { AddonError } from '../addon.ts';
import { InputError } from '../corpus/errors.ts';
import { GridError } from '../corpus/grid.ts';
import { LogInUseError, ResumeError } from '../job/errors.ts';
import { OutputError } from '../job/output.ts';
import { StoppedEarly } from '../job/stopped-early.ts';
import { ArgumentsTooLongError } from '../launch/errors.ts';
import { LaunchError, MpiError } from '../mpi/errors.ts';
import { PatternError } from '../scan/scanner.ts';
import { UsageError } from './usage-error.ts';

/** What the process, and so the job, ends with. */
export const ExitStatus = { done: 0, usage: 2, input: 3, mpi: 4, output: 5, bug: 70, stopped: 85 } as const;

const usage = [UsageError, ArgumentsTooLongError, PatternError, GridError, LogInUseError];

/** @param error Whatever was thrown. */
export function exitStatusOf(error: unknown): number {
  if (usage.some((kind) => error instanceof kind)) return ExitStatus.usage;
  if (error instanceof InputError || error instanceof ResumeError) return ExitStatus.input;
  if (error instanceof StoppedEarly) return ExitStatus.stopped;
  if (error instanceof LaunchError || error instanceof MpiError || error instanceof AddonError) return ExitStatus.mpi;
  if (error instanceof OutputError) return ExitStatus.output;
  return ExitStatus.bug;
}
