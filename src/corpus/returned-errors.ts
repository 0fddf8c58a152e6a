import type { FileCheck } from './file-checks.ts';
import { InputError } from './input-error.ts';

/**
 * Returns the same check, which returns errors of one kind instead of throwing them, so that the files after it are checked, too.
 * @param isReturned Tells these errors.
 */
export function returningErrors<T, R, E>(
  check: FileCheck<T, R>,
  isReturned: (error: unknown) => error is E,
): FileCheck<T, R | E> {
  const returned = (error: unknown): E => {
    if (isReturned(error)) return error;
    throw error;
  };
  return {
    ...(check.ofState && { ofState: check.ofState }),
    sync: (file) => {
      try {
        return check.sync(file);
      } catch (error) {
        return returned(error);
      }
    },
    async: async (file) => check.async(file).catch(returned),
  };
}

/** Returns a check that returns the InputError of a file that cannot be counted. */
export function returningInputErrors<T, R>(check: FileCheck<T, R>): FileCheck<T, R | InputError> {
  return returningErrors(check, (error) => error instanceof InputError);
}
