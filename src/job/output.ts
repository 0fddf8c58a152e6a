import { printable } from '../bytes.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'there can be no such folder',
  ENOTDIR: 'a part of the path is not a folder',
  EPIPE: 'the reader has gone away',
  EIO: 'the disk or file system failed (I/O error)',
  EFBIG: 'the file is larger than is allowed',
};

/** Totals or a log that cannot be written. */
export class OutputError extends Error {
  override readonly name = 'OutputError';

  constructor(where: string, cause: unknown) {
    const { code, message } = cause as NodeJS.ErrnoException;
    super(`cannot write ${where}: ${reasons[code ?? ''] ?? message}`, { cause });
  }

  /** Runs something that writes to `path`, and throws its failure as an OutputError. */
  static guard<T>(path: Buffer, write: () => T): T {
    try {
      return write();
    } catch (error) {
      throw new OutputError(printable(path), error);
    }
  }

  /** As guard(), for what takes its time. */
  static async guardAsync<T>(path: Buffer, write: () => Promise<T>): Promise<T> {
    return write().catch((error: unknown) => {
      throw new OutputError(printable(path), error);
    });
  }
}

/** The path of a file in a folder whose name need not be UTF-8. */
export function inFolder(folder: Buffer, name: string): Buffer {
  return Buffer.concat([folder, Buffer.from(`/${name}`)]);
}
