import { closeSync, constants, open } from 'node:fs';

import { InputError } from './input-error.ts';
import { inspectFile, PipeError, type CorpusFile, type FileCheck } from './file-checks.ts';
import { readFailure } from '../base/system-error.ts';

/** The name of standard input on the command line; a file of that name is given as `./-`. */
export const standardInput = Buffer.from('-');

/** The same check as inspectFile, but it returns a PipeError for a pipe instead of throwing it. */
export const inspectFileOrPipe: FileCheck<Buffer, CorpusFile | PipeError> = {
  sync: (path) => {
    try {
      return inspectFile.sync(path);
    } catch (error) {
      return pipeOr(error);
    }
  },
  async: (path) => inspectFile.async(path).catch(pipeOr),
};

function pipeOr(error: unknown): PipeError {
  if (error instanceof PipeError) return error;
  throw error;
}

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
