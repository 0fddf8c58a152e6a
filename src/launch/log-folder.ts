import { existsSync, rmdirSync, unlinkSync } from 'node:fs';

import { folderMode, setMode, type Access } from '../job/durable/access.ts';
import { makeFolders } from '../job/durable/folders.ts';
import { withFolder } from '../job/durable/open-folder.ts';
import { joinPath, OutputError } from '../job/durable/output-error.ts';

/** The log folder of a job, which is there before the ranks start: they leave their outcome in it. */
export class LogFolder {
  readonly path: Buffer;
  /** Those that were not there before, the innermost first. */
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

  /** Removes a file of it that may be there. */
  remove(file: string): void {
    try {
      unlinkSync(joinPath(this.path, file));
    } catch {
      // It is not.
    }
  }

  /** Removes the folders that the constructor made, as far as they are empty: a failed start leaves nothing behind. */
  removeIfEmpty(): void {
    try {
      for (const folder of this.#made) rmdirSync(folder);
    } catch {
      // The ranks have left something.
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

/** The first of `name`, `name-1`, `name-2` ... that is not there: a count that cannot be resumed begins anew. */
export function unusedFolder(name: string): string {
  for (let number = 0; ; number += 1) {
    const folder = number === 0 ? name : `${name}-${number}`;
    if (!existsSync(Buffer.from(folder, 'latin1'))) return folder;
  }
}
