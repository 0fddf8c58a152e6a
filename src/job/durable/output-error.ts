import { printable } from '../../base/bytes.ts';
import { MpicountError } from '../../base/mpicount-error.ts';
import { writeFailure } from '../../base/system-error.ts';

/** The totals or a log cannot be written. */
export class OutputError extends MpicountError {
  override readonly name = 'OutputError';
  override readonly kind = 'output';

  constructor(where: string | Buffer, cause: unknown) {
    super(`cannot write ${typeof where === 'string' ? where : printable(where)}: ${writeFailure(cause)}`, { cause });
  }

  /** Calls `write`, which writes to `path`, and turns its error into an OutputError, unless it is one already. */
  static guard<T>(path: Buffer, write: () => T): T {
    try {
      return write();
    } catch (error) {
      throw error instanceof OutputError ? error : new OutputError(path, error);
    }
  }

  /** Calls an asynchronous function that writes to `path`, and turns any error into an OutputError. */
  static async guardAsync<T>(path: Buffer, write: () => Promise<T>): Promise<T> {
    return write().catch((error: unknown) => {
      throw new OutputError(path, error);
    });
  }
}

/** Joins a folder, whose path need not be UTF-8, and a name. */
export function joinPath(folder: Buffer, name: string): Buffer {
  return Buffer.concat([folder, Buffer.from(`/${name}`)]);
}
