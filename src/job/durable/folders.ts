import { mkdirSync } from 'node:fs';

/**
 * Makes a folder and those that it lies in. Not by mkdirSync's `recursive`, which never returns where the parent is there
 * but cannot have children (`/proc/x/y`; Node 20.20), and hides a full disk (https://github.com/nodejs/node/issues/42808).
 * @returns Whether the folder is new.
 * @throws What mkdir(2) reports.
 */
export function makeFolders(path: Buffer, mode?: number): boolean {
  const made = tryToMake(path, mode);
  if (made !== undefined) return made;
  const parent = path.subarray(0, Math.max(0, path.lastIndexOf('/')));
  if (parent.length > 0) makeFolders(parent, mode);
  return makeFolder(path, mode);
}

/** Undefined when a folder on the way is missing. */
function tryToMake(path: Buffer, mode: number | undefined): boolean | undefined {
  try {
    return makeFolder(path, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes one folder. @returns Whether it is new. @throws What mkdir(2) reports. */
export function makeFolder(path: Buffer, mode?: number): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    // Another rank may have been quicker. What is there but no folder shows when something is to be written into it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}
