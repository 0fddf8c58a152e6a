/** What kind of failure it is: each has an exit status of its own, see cli/exit-status.ts. */
export type ErrorKind = 'usage' | 'input' | 'mpi' | 'output' | 'stopped';

/** A failure that a person can do something about: its message says what failed, where, and what to do. Any other error is a bug. */
export abstract class MpicountError extends Error {
  abstract readonly kind: ErrorKind;
}
