import { constants } from 'node:os';

// Explanations of failed system calls for the user. All other errors keep the message of the system.

const always: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EIO: 'the disk or file system failed (I/O error)',
  ESTALE: 'the file was replaced on the file server (stale file handle)',
};

const whileReading: Readonly<Record<string, string>> = {
  ...always,
  ENOENT: 'no such file',
  ENOTDIR: 'no such file (a part of its path is not a folder)',
  EISDIR: 'it is a folder',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
};

const whileWriting: Readonly<Record<string, string>> = {
  ...always,
  ENOENT: 'there can be no such folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EPIPE: 'the reader has gone away',
  EFBIG: 'the file is larger than is allowed',
};

/**
 * Explains to the user why something could not be read.
 * @param path The path of the file, if it has one.
 */
export function readFailure(error: unknown, path?: Uint8Array): string {
  if (path && isDescriptor(path) && (error as NodeJS.ErrnoException).code === 'ENOENT') {
    return 'no such open file: a launcher does not pass on what the shell opens for <(...); save it to a file';
  }
  return describe(error, whileReading);
}

/** Tells whether a path names an open file of a process, as a shell's `<(...)` does. */
function isDescriptor(path: Uint8Array): boolean {
  return /^\/(dev|proc\/(self|\d+))\/fd\/\d+$/.test(Buffer.from(path).toString('latin1'));
}

/** Explains to the user why something could not be written. */
export function writeFailure(error: unknown): string {
  return describe(error, whileWriting);
}

function describe(error: unknown, reasons: Readonly<Record<string, string>>): string {
  const { code, errno, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? reasons[nameOf(errno)] ?? message;
}

/**
 * Returns the name of an error number, which Node negates. Node does not name all of them: the `code` of a stale file handle is
 * "Unknown system error -116", that of an exceeded quota "Unknown system error -122" (Node 20.20).
 */
function nameOf(errno: number | undefined): string {
  if (errno === undefined) return '';
  return Object.entries(constants.errno).find(([, number]) => number === -errno)?.[0] ?? '';
}
