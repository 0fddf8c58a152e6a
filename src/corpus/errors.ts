import { printable } from '../bytes.ts';

/** An input file that cannot be counted, or no longer is what it was when the job was planned. */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(path: Uint8Array, what: string, options?: ErrorOptions) {
    super(`${printable(path)}: ${what}`, options);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file (a part of its path is not a folder)',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  EIO: 'the disk or file system failed (I/O error)',
  ESTALE: 'the file was replaced on the file server (stale file handle)',
};

/** What a failed system call means for a person. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? message;
}
