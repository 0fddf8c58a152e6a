import { MpicountError } from '../../base/mpicount-error.ts';

/** The log folder already holds a count, and the user did not ask to resume it. */
export class LogInUseError extends MpicountError {
  override readonly name = 'LogInUseError';
  override readonly kind = 'usage';
}

/** The count in a log folder cannot be resumed: it is another count, or its files are damaged or unreadable. */
export class ResumeError extends MpicountError {
  override readonly name = 'ResumeError';
  override readonly kind = 'input';
}
