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
 * Writes a file atomically and durably: write, fsync, rename, fsync the directory. It replaces an older file of that name.
 * @param content The content, or its parts.
 * @throws OutputError
 */
export function writeFileAtomic(
  folder: Buffer,
  name: string,
  content: string | Iterable<Uint8Array>,
  access: Access = {},
): void {
  OutputError.guard(joinPath(folder, name), () => {
    withFolder(folder, [], (open) => {
      const part = writePart(open, name, typeof content === 'string' ? [content] : content, access);
      removingOnError(part, () => {
        renameSync(part.path, open.pathOf(name));
      });
      open.sync();
    });
  });
}

/**
 * Creates a file atomically and durably unless there is one of that name. If several processes call this, exactly one creates the
 * file. Without hard links, the file may be empty for a moment.
 * @param content The content, in parts.
 * @returns A function that removes the file again if it is still the same file, and returns whether it was; undefined if there was one
 *   already.
 * @throws OutputError
 */
export function createFileAtomic(
  folder: Buffer,
  name: string,
  content: Iterable<string>,
  access: Access = {},
): (() => boolean) | undefined {
  const path = joinPath(folder, name);
  return OutputError.guard(path, () =>
    withFolder(folder, [], (open) => {
      const part = writePart(open, name, content, access);
      const isNew = removingOnError(part, () => nameOnce(open, part, name));
      if (!isNew) return undefined;
      const remove = () => withFolder(folder, [], (again) => removeIfSame(again, name, part));
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

/** A complete file under a temporary name. */
interface Part {
  readonly path: Buffer;
  readonly status: Stats;
}

function writePart(folder: OpenFolder, name: string, content: Iterable<string | Uint8Array>, access: Access): Part {
  const path = folder.pathOf(`${name}.${randomName()}.part`);
  // The name cannot be guessed, and O_EXCL refuses an existing file.
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

/** Renames a part to `name` unless there is a file of that name. @returns Whether the name was free. */
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
    // CIFS, FAT and vboxsf have no hard links (link(2), EPERM).
    if (![...notSupported, 'EMLINK', 'EXDEV'].includes(code)) throw error;
    return claimName(part, path);
  }
  unlinkSync(part.path);
  return true;
}

/** Does the same as nameOnce() without hard links: the process that creates the empty file replaces it. */
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

function removeIfSame(folder: OpenFolder, name: string, { status: own }: Part): boolean {
  const status = folder.status(name);
  // A new file may reuse the inode number of a removed one.
  const isSame = status?.ino === own.ino && status.dev === own.dev && status.mtimeMs === own.mtimeMs;
  if (isSame) unlinkSync(folder.pathOf(name));
  return isSame;
}

// In bytes. It bounds the memory for an untrusted file; a string holds at most 2^29 - 24 characters (Node 20).
const maxBytes = 2 ** 28;

/**
 * Reads the text of an untrusted file. Refuses pipes and other special files without waiting for them.
 * @throws The error of the system call, or an Error if the file is not regular or too large.
 */
export function readRegularFile(path: Buffer): string {
  return readRegularBytes(path).toString();
}

/** Does the same for the bytes of a file. */
export function readRegularBytes(path: Buffer): Buffer {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(fd);
    if (!status.isFile()) throw new Error('not a plain file');
    if (status.size > maxBytes) throw new Error(`too large (${status.size} bytes)`);
    return readBytes(fd, status.size);
  } finally {
    closeSync(fd);
  }
}

/** Reads at most `size` bytes, even if the file grows meanwhile. */
function readBytes(fd: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let length = 0;
  for (let read = -1; read !== 0 && length < size; length += read) {
    read = readSync(fd, bytes, length, size - length, null);
  }
  return bytes.subarray(0, length);
}
