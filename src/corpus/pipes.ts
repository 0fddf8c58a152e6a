import { closeSync, constants, open } from 'node:fs';

import { InputError } from './input-error.ts';
import { readFailure } from '../base/system-error.ts';

/** The name of standard input on the command line; a file of that name is given as `./-`. */
export const standardInput = Buffer.from('-');

/**
 * Opens a pipe, or standard input, for the duration of `use`. Waits for a writer on the thread pool.
 * @throws InputError if the pipe cannot be opened.
 */
export async function withPipe<T>(path: Buffer, use: (fd: number) => Promise<T>): Promise<T> {
  if (path.equals(standardInput)) return use(0);
  const fd = await new Promise<number>((resolve, reject) => {
    open(path, constants.O_RDONLY, (error, opened) => {
      if (error) reject(new InputError(path, readFailure(error, path), { cause: error }));
      else resolve(opened);
    });
  });
  try {
    return await use(fd);
  } finally {
    closeSync(fd);
  }
}
