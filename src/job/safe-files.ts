import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';

import { inFolder, OutputError } from './output.ts';

/**
 * Writes a file into a folder, whole or not at all, and so that it stays when the machine stops right after.
 * @throws OutputError
 */
export function writeDurably(folder: Buffer, name: string, content: string): void {
  const path = inFolder(folder, name);
  OutputError.guard(path, () => {
    renameSync(writePart(folder, name, content), path);
    syncNames(folder);
  });
}

/**
 * As writeDurably(), unless there is a file of that name; then false. Of several at once, one is true.
 * @param content In parts.
 * @throws OutputError
 */
export function writeOnce(folder: Buffer, name: string, content: Generator<string>): boolean {
  const path = inFolder(folder, name);
  return OutputError.guard(path, () => {
    const part = writePart(folder, name, content);
    try {
      linkSync(part, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      unlinkSync(part);
    }
    syncNames(folder);
    return true;
  });
}

function writePart(folder: Buffer, name: string, content: string | Generator<string>): Buffer {
  const path = inFolder(folder, `${name}.${hostname()}-${process.pid}.part`);
  synced(openSync(path, 'w'), (fd) => {
    for (const text of typeof content === 'string' ? [content] : content) writeFileSync(fd, text);
  });
  return path;
}

function syncNames(folder: Buffer): void {
  synced(openSync(folder, 'r'), () => undefined);
}

function synced(fd: number, write: (fd: number) => void): void {
  try {
    write(fd);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

// What is larger is none of ours, and would not fit into a string.
const mostBytes = 2 ** 28;

/**
 * The text of a file that anyone may have put there. Never waits, as opening a pipe would.
 * @throws What the system reports, or an Error that says what is wrong with the file.
 */
export function readPlainFile(path: Buffer): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(fd);
    if (!status.isFile()) throw new Error('not a plain file');
    if (status.size > mostBytes) throw new Error(`too large (${status.size} bytes)`);
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}
