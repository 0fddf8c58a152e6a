import { mkdirSync } from 'node:fs';

/**
 * Makes a folder and its missing parents. It does not use mkdirSync's `recursive`, which never returns if the parent exists but cannot
 * have children (`/proc/x/y`; Node 20.20), and hides a full disk (https://github.com/nodejs/node/issues/42808).
 * @returns Whether the folder is new.
 * @throws The error of mkdir(2).
 */
export function makeFolders(path: Buffer, mode?: number): boolean {
  const made = tryToMake(path, mode);
  if (made !== undefined) return made;
  const parent = path.subarray(0, Math.max(0, path.lastIndexOf('/')));
  if (parent.length > 0) makeFolders(parent, mode);
  return makeFolder(path, mode);
}

/** @returns Whether the folder is new; undefined if a parent is missing. */
function tryToMake(path: Buffer, mode: number | undefined): boolean | undefined {
  try {
    return makeFolder(path, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes one folder. @returns Whether it is new. @throws The error of mkdir(2), except for EEXIST. */
export function makeFolder(path: Buffer, mode?: number): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    // Another rank may have made it. If it is not a folder, the next operation in it fails.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}
