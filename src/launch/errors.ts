/** The command line does not fit into what Linux, or a scheduler, passes on. */
export class ArgumentsTooLongError extends Error {
  override readonly name = 'ArgumentsTooLongError';

  constructor() {
    super(
      'the arguments are too long to be passed on; give patterns in a file, with -f, and file names in a list, with --files-from',
    );
  }
}
