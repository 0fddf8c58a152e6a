import { closeSync, constants, existsSync, fsyncSync, lstatSync, openSync, type Stats } from 'node:fs';

import { joinPath, OutputError } from './output-error.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/**
 * An open folder: operations stay in it even if its path is renamed or replaced. Node has no openat(2); on Linux, paths through
 * /proc/self/fd have the same effect (proc_pid_fd(5)). Without /proc, paths are resolved again, so that a folder which is replaced
 * between two calls goes unnoticed.
 */
export class OpenFolder {
  /** The path that the user knows, for messages. */
  readonly path: Buffer;
  readonly fd: number;
  static #hasProc: boolean | undefined;

  private constructor(path: Buffer, flags: number, at = path) {
    this.path = path;
    this.fd = openSync(at, O_RDONLY | O_DIRECTORY | flags);
  }

  /** Opens a folder; follows links. @throws The error of open(2). */
  static open(path: Buffer): OpenFolder {
    return new OpenFolder(path, 0);
  }

  /** Opens a folder in this one, but no link. @throws OutputError for a link, else the error of open(2). */
  openBelow(name: string): OpenFolder {
    const path = joinPath(this.path, name);
    try {
      return new OpenFolder(path, O_NOFOLLOW, this.pathOf(name));
    } catch (error) {
      if (this.status(name)?.isSymbolicLink() === true) throw new OutputError(path, new Error(linkRefused));
      throw error;
    }
  }

  /** Returns a path for system calls to an entry of this folder. */
  pathOf(name: string): Buffer {
    const open = `/proc/self/fd/${this.fd}`;
    OpenFolder.#hasProc ??= existsSync(open);
    return OpenFolder.#hasProc ? Buffer.from(`${open}/${name}`) : joinPath(this.path, name);
  }

  /** Returns the status of an entry of this folder, without following a link; undefined if there is no such entry. */
  status(name: string): Stats | undefined {
    return lstatSync(this.pathOf(name), { throwIfNoEntry: false });
  }

  /**
   * Makes the names in this folder durable, unless the file system does not support that (EINVAL in fsync(2); EPERM, ENOTSUP and
   * ENOSYS were seen on some file systems).
   */
  sync(): void {
    try {
      fsyncSync(this.fd);
    } catch (error) {
      if (!notSupported.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** The error codes of file systems for operations that they do not support. */
export const notSupported: readonly string[] = ['EINVAL', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** The remedy for an entry that must not be in a log folder. */
export const otherFolder = 'remove it, or give another --log-dir';
const linkRefused = `it is a symbolic link; ${otherFolder}`;

/** Calls `work` with an open folder. @param below The names of folders from `path` down to it; none of them may be a link. */
export function withFolder<T>(path: Buffer, below: readonly string[], work: (folder: OpenFolder) => T): T {
  return whileOpen(OpenFolder.open(path), (folder) => descend(folder, below, work));
}

function descend<T>(folder: OpenFolder, [name, ...more]: readonly string[], work: (folder: OpenFolder) => T): T {
  if (name === undefined) return work(folder);
  return whileOpen(folder.openBelow(name), (next) => descend(next, more, work));
}

/** Calls `work` with a folder and closes the folder afterwards. */
export function whileOpen<T>(folder: OpenFolder, work: (folder: OpenFolder) => T): T {
  try {
    return work(folder);
  } finally {
    folder.close();
  }
}
