import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';

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
