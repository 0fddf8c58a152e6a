/** The log folder already holds a count, and the user did not say what is to become of it. */
export class LogInUseError extends Error {
  override readonly name = 'LogInUseError';
}

/** What an earlier run left cannot be gone on with: it was of something else, or is damaged where it must not be. */
export class ResumeError extends Error {
  override readonly name = 'ResumeError';
}
