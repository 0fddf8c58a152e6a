import { existsSync, rmdirSync, unlinkSync } from 'node:fs';

import { folderMode, setMode, type Access } from '../job/durable/access.ts';
import { makeFolders } from '../job/durable/folders.ts';
import { withFolder } from '../job/durable/open-folder.ts';
import { joinPath, OutputError } from '../job/durable/output-error.ts';

/** The log folder of a job. It is created before the ranks start, because they write their outcome to it. */
export class LogFolder {
  readonly path: Buffer;
  /** The folders that the constructor created, innermost first. */
  readonly #made: readonly Buffer[];

  /** @throws OutputError */
  constructor(path: Buffer, access: Access) {
    this.path = path;
    this.#made = missingFolders(path);
    OutputError.guard(path, () => {
      const mode = folderMode(access);
      if (!makeFolders(path, mode)) return;
      withFolder(path, [], ({ fd }) => {
        setMode(fd, mode, access);
      });
    });
  }

  /** Removes a file in the folder if it exists. */
  remove(file: string): void {
    try {
      unlinkSync(joinPath(this.path, file));
    } catch {
      // The file does not exist.
    }
  }

  /** Removes the created folders that are empty, so that a failed start leaves nothing behind. */
  removeIfEmpty(): void {
    try {
      for (const folder of this.#made) rmdirSync(folder);
    } catch {
      // The folder is not empty: the ranks have written to it.
    }
  }
}

function missingFolders(path: Buffer): Buffer[] {
  const missing: Buffer[] = [];
  for (let folder = path; folder.length > 0 && !existsSync(folder);) {
    missing.push(folder);
    folder = folder.subarray(0, Math.max(0, folder.lastIndexOf('/')));
  }
  return missing;
}

/** Returns the first of `name`, `name-1`, `name-2` ... that does not exist, for a count that cannot be resumed. */
export function unusedFolder(name: string): string {
  for (let number = 0; ; number += 1) {
    const folder = number === 0 ? name : `${name}-${number}`;
    if (!existsSync(Buffer.from(folder, 'latin1'))) return folder;
  }
}
