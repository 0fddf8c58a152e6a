import { MpicountError } from '../base/mpicount-error.ts';

/** What the process, and so the job, ends with. Most are named as the kind of error that they tell of. */
export const ExitStatus = { done: 0, usage: 2, input: 3, mpi: 4, output: 5, bug: 70, stopped: 85 } as const;

/** @param error Whatever was thrown. */
export function exitStatusOf(error: unknown): number {
  return error instanceof MpicountError ? ExitStatus[error.kind] : ExitStatus.bug;
}
