import { MpicountError } from '../base/mpicount-error.ts';

/** The command line, or a file that it names patterns with, is not as it must be. */
export class UsageError extends MpicountError {
  override readonly name = 'UsageError';
  override readonly kind = 'usage';
}
