import { printable } from '../../base/bytes.ts';
import { MpicountError } from '../../base/mpicount-error.ts';
import { writeFailure } from '../../base/system-error.ts';

/** Totals or a log that cannot be written. */
export class OutputError extends MpicountError {
  override readonly name = 'OutputError';
  override readonly kind = 'output';

  constructor(where: string | Buffer, cause: unknown) {
    super(`cannot write ${typeof where === 'string' ? where : printable(where)}: ${writeFailure(cause)}`, { cause });
  }

  /** Runs something that writes to `path`, and throws its failure as an OutputError, unless it is one that names a path itself. */
  static guard<T>(path: Buffer, write: () => T): T {
    try {
      return write();
    } catch (error) {
      throw error instanceof OutputError ? error : new OutputError(path, error);
    }
  }

  /** As guard(), for what takes its time. */
  static async guardAsync<T>(path: Buffer, write: () => Promise<T>): Promise<T> {
    return write().catch((error: unknown) => {
      throw new OutputError(path, error);
    });
  }
}

/** The path of a file in a folder whose name need not be UTF-8. */
export function joinPath(folder: Buffer, name: string): Buffer {
  return Buffer.concat([folder, Buffer.from(`/${name}`)]);
}
