import { MpicountError } from '../base/mpicount-error.ts';

/** The command line exceeds the length that Linux or a scheduler passes on. */
export class ArgumentsTooLongError extends MpicountError {
  override readonly name = 'ArgumentsTooLongError';
  override readonly kind = 'usage';

  constructor() {
    super(
      'the arguments are too long to be passed on; give patterns in a file, with -f, and file names in a list, with --files-from',
    );
  }
}
