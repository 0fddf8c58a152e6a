import { closeSync, constants, open } from 'node:fs';

import { InputError } from './input-error.ts';
import { inspectFile, PipeError, type CorpusFile, type FileCheck } from './file-checks.ts';
import { readFailure } from '../base/system-error.ts';

/** Standard input, by its name on the command line; a file of that name is `./-`. */
export const standardInput = Buffer.from('-');

/** As inspection, but a pipe is no error. */
export const inspectionWithPipes: FileCheck<Buffer, CorpusFile | PipeError> = {
  now: (path) => {
    try {
      return inspectFile.now(path);
    } catch (error) {
      return pipeOr(error);
    }
  },
  soon: (path) => inspectFile.soon(path).catch(pipeOr),
};

function pipeOr(error: unknown): PipeError {
  if (error instanceof PipeError) return error;
  throw error;
}

/**
 * Opens a pipe, or standard input, for `use`. Waits for a writer, off the event loop.
 * @throws InputError
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
