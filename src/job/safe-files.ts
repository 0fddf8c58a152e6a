import { closeSync, constants, fstatSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

import { inFolder, OutputError } from './output.ts';

/**
 * Writes a file into a folder, whole or not at all, and so that it stays when the machine stops right after.
 * @throws OutputError
 */
export function writeDurably(folder: Buffer, name: string, content: string): void {
  const path = inFolder(folder, name);
  const unfinished = inFolder(folder, `${name}.part`);
  OutputError.guard(path, () => {
    synced(openSync(unfinished, 'w'), (fd) => {
      writeFileSync(fd, content);
    });
    renameSync(unfinished, path);
    synced(openSync(folder, 'r'), () => undefined); // the name itself
  });
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
