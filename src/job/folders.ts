import { mkdirSync } from 'node:fs';

/**
 * Makes a folder and those that it lies in. Not by mkdirSync's `recursive`, which never returns where the parent is there
 * but cannot have children (`/proc/x/y`; Node 20.20), and hides a full disk (https://github.com/nodejs/node/issues/42808).
 * @throws What mkdir(2) reports.
 */
export function makeFolders(path: Buffer): void {
  if (made(path)) return;
  const parent = path.subarray(0, Math.max(0, path.lastIndexOf('/')));
  if (parent.length > 0) makeFolders(parent);
  mkdirUnlessThere(path);
}

/** False when a folder on the way is missing. */
function made(path: Buffer): boolean {
  try {
    mkdirUnlessThere(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function mkdirUnlessThere(path: Buffer): void {
  try {
    mkdirSync(path);
  } catch (error) {
    // Another rank may have been quicker. What is there but no folder shows when something is to be written into it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
