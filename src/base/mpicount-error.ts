/** The kind of a failure. Each kind has its own exit status; see cli/exit-status.ts. */
export type ErrorKind = 'usage' | 'input' | 'mpi' | 'output' | 'stopped';

/** A failure that the user can remedy: the message says what failed, where, and what to do. Any other error is a bug. */
export abstract class MpicountError extends Error {
  abstract readonly kind: ErrorKind;
}
