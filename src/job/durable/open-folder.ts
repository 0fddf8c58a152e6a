import { closeSync, constants, existsSync, fsyncSync, lstatSync, openSync, type Stats } from 'node:fs';

import { joinPath, OutputError } from './output-error.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/**
 * A folder that stays the same while it is open, whatever becomes of its name. Node has no openat(2): on Linux, paths through
 * /proc/self/fd do the same (proc_pid_fd(5)). Elsewhere paths are looked up again, so that a folder which is swapped for another
 * between two calls goes unnoticed.
 */
export class OpenFolder {
  /** As the user knows it, for messages. */
  readonly path: Buffer;
  readonly fd: number;
  static #hasProc: boolean | undefined;

  private constructor(path: Buffer, flags: number, at = path) {
    this.path = path;
    this.fd = openSync(at, O_RDONLY | O_DIRECTORY | flags);
  }

  /** Follows links. */
  static open(path: Buffer): OpenFolder {
    return new OpenFolder(path, 0);
  }

  /** Opens a folder in this one, unless it is a link. @throws OutputError for a link, else what open(2) reports. */
  openBelow(name: string): OpenFolder {
    const path = joinPath(this.path, name);
    try {
      return new OpenFolder(path, O_NOFOLLOW, this.pathOf(name));
    } catch (error) {
      if (this.status(name)?.isSymbolicLink() === true) throw new OutputError(path, new Error(linkRefused));
      throw error;
    }
  }

  /** A path for system calls that leads to what is in this folder. */
  pathOf(name: string): Buffer {
    const open = `/proc/self/fd/${this.fd}`;
    OpenFolder.#hasProc ??= existsSync(open);
    return OpenFolder.#hasProc ? Buffer.from(`${open}/${name}`) : joinPath(this.path, name);
  }

  /** The status of what is in this folder, without following a link; undefined when there is nothing of that name. */
  status(name: string): Stats | undefined {
    return lstatSync(this.pathOf(name), { throwIfNoEntry: false });
  }

  /** Makes the names in this folder durable, where the file system can: some cannot (EINVAL in fsync(2); EPERM, ENOTSUP, ENOSYS seen with others). */
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

/** What file systems answer to a call that they do not support. */
export const notSupported: readonly string[] = ['EINVAL', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** The remedy for what must not be in a log folder. */
export const otherFolder = 'remove it, or give another --log-dir';
const linkRefused = `it is a symbolic link; ${otherFolder}`;

/** Works in a folder while it is open. @param below The names of folders on the way down from `path`; none of them may be a link. */
export function withFolder<T>(path: Buffer, below: readonly string[], work: (folder: OpenFolder) => T): T {
  return whileOpen(OpenFolder.open(path), (folder) => descend(folder, below, work));
}

function descend<T>(folder: OpenFolder, [name, ...more]: readonly string[], work: (folder: OpenFolder) => T): T {
  if (name === undefined) return work(folder);
  return whileOpen(folder.openBelow(name), (next) => descend(next, more, work));
}

export function whileOpen<T>(folder: OpenFolder, work: (folder: OpenFolder) => T): T {
  try {
    return work(folder);
  } finally {
    folder.close();
  }
}
