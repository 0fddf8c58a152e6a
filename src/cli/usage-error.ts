/** The command line, or a file that it names patterns with, is not as it must be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
