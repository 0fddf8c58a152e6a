import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  type Stats,
} from 'node:fs';

import { fileMode, setMode, type Access } from './access.ts';
import { randomName } from '../journal/checksum.ts';
import { notSupported, withFolder, type OpenFolder } from './open-folder.ts';
import { joinPath, OutputError } from './output-error.ts';

/**
 * Writes a file into a folder, whole or not at all, in the place of an older one. It is durable when this returns.
 * @throws OutputError
 */
export function writeFileAtomic(folder: Buffer, name: string, content: string, access: Access = {}): void {
  OutputError.guard(joinPath(folder, name), () => {
    withFolder(folder, [], (open) => {
      const part = writePart(open, name, [content], access);
      removingOnError(part, () => {
        renameSync(part.path, open.pathOf(name));
      });
      open.sync();
    });
  });
}

/**
 * As writeFileAtomic(), unless there is a file of that name. Of several processes at the same moment, one creates it.
 * @param content In parts.
 * @returns A function that removes the file again, if it is still the same one; undefined when there was one.
 * @throws OutputError
 */
export function createFileAtomic(
  folder: Buffer,
  name: string,
  content: Iterable<string>,
  access: Access = {},
): (() => void) | undefined {
  const path = joinPath(folder, name);
  return OutputError.guard(path, () =>
    withFolder(folder, [], (open) => {
      const part = writePart(open, name, content, access);
      const isNew = removingOnError(part, () => nameOnce(open, part, name));
      if (!isNew) return undefined;
      const remove = () => {
        withFolder(folder, [], (again) => {
          removeIfSame(again, name, part);
        });
      };
      try {
        open.sync();
      } catch (error) {
        removeIfSame(open, name, part);
        throw error;
      }
      return remove;
    }),
  );
}

/** A file that is complete but does not have its name yet. */
interface Part {
  readonly path: Buffer;
  readonly status: Stats;
}

function writePart(folder: OpenFolder, name: string, content: Iterable<string>, access: Access): Part {
  const path = folder.pathOf(`${name}.${randomName()}.part`);
  // A name that nobody can guess, and never a file that is there.
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, fileMode(access));
  try {
    return removingOnError({ path }, () => {
      setMode(fd, fileMode(access), access);
      for (const text of content) writeFileSync(fd, text);
      fsyncSync(fd);
      return { path, status: fstatSync(fd) };
    });
  } finally {
    closeSync(fd);
  }
}

function removingOnError<T>({ path }: Pick<Part, 'path'>, work: () => T): T {
  try {
    return work();
  } catch (error) {
    unlinkSync(path);
    throw error;
  }
}

/** Gives a file its name, unless that is taken. @returns Whether it was free. */
function nameOnce(folder: OpenFolder, part: Part, name: string): boolean {
  const path = folder.pathOf(name);
  try {
    linkSync(part.path, path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      unlinkSync(part.path);
      return false;
    }
    // No hard links here, as on CIFS, FAT or vboxsf (link(2), EPERM).
    if (![...notSupported, 'EMLINK', 'EXDEV'].includes(code)) throw error;
    return claimName(part, path);
  }
  unlinkSync(part.path);
  return true;
}

/** As nameOnce(), without hard links: whoever creates the empty file may replace it. */
function claimName(part: Part, path: Buffer): boolean {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    unlinkSync(part.path);
    return false;
  }
  try {
    renameSync(part.path, path);
  } catch (error) {
    unlinkSync(path);
    throw error;
  }
  return true;
}

function removeIfSame(folder: OpenFolder, name: string, { status: own }: Part): void {
  const status = folder.status(name);
  // A new file may have the inode of one that was removed.
  const isSame = status?.ino === own.ino && status.dev === own.dev && status.mtimeMs === own.mtimeMs;
  if (isSame) unlinkSync(folder.pathOf(name));
}

// What is larger is none of ours, and would not fit into a string.
const maxBytes = 2 ** 28;

/**
 * The text of a file that anyone may have put there. Never waits, as opening a pipe would.
 * @throws What the system reports, or an Error that says what is wrong with the file.
 */
export function readRegularFile(path: Buffer): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(fd);
    if (!status.isFile()) throw new Error('not a plain file');
    if (status.size > maxBytes) throw new Error(`too large (${status.size} bytes)`);
    return readBytes(fd, status.size).toString();
  } finally {
    closeSync(fd);
  }
}

/** At most `size` bytes, however the file grows meanwhile. */
function readBytes(fd: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let length = 0;
  for (let read = -1; read !== 0 && length < size; length += read) {
    read = readSync(fd, bytes, length, size - length, null);
  }
  return bytes.subarray(0, length);
}
