import { MpicountError } from '../base/mpicount-error.ts';

/** The exit statuses of the process, and so of the job. Errors map to them by their `kind`. */
export const ExitStatus = { done: 0, usage: 2, input: 3, mpi: 4, output: 5, skipped: 6, bug: 70, stopped: 85 } as const;

/** @param error Whatever was thrown. */
export function exitStatusOf(error: unknown): number {
  return error instanceof MpicountError ? ExitStatus[error.kind] : ExitStatus.bug;
}
