import { MpicountError } from '../../base/mpicount-error.ts';

/** The log folder already holds a count, and the user did not say what is to become of it. */
export class LogInUseError extends MpicountError {
  override readonly name = 'LogInUseError';
  override readonly kind = 'usage';
}

/** What an earlier run left cannot be gone on with: it was of something else, or is damaged where it must not be. */
export class ResumeError extends MpicountError {
  override readonly name = 'ResumeError';
  override readonly kind = 'input';
}
