import { MpicountError } from '../base/mpicount-error.ts';

/** A call of the MPI library failed. native/mpi/check.cc constructs it and relies on the order of arguments. */
export class MpiError extends MpicountError {
  override readonly name = 'MpiError';
  override readonly kind = 'mpi';
  /** The function, such as `'MPI_Ibcast'`. */
  readonly call: string;
  /** The error class, such as `'MPI_ERR_RANK'`. It is the same in every MPI, unlike its number. */
  readonly code: string;

  constructor(call: string, code: string, text: string) {
    super(`${call} failed with ${code}: ${text}`);
    this.call = call;
    this.code = code;
  }
}

/** This process cannot be a rank of the job it was started for: no usable MPI, or another one than the launcher's. */
export class LaunchError extends MpicountError {
  override readonly name = 'LaunchError';
  override readonly kind = 'mpi';
}
