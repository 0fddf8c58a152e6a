import { MpicountError } from '../base/mpicount-error.ts';

/** The command line, or a list that it names, is invalid. */
export class UsageError extends MpicountError {
  override readonly name = 'UsageError';
  override readonly kind = 'usage';
}
