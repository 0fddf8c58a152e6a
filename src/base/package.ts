import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { userFolder } from '../../native/build/place.mjs';
import manifest from '../../package.json' with { type: 'json' };

// The same code runs from src/ (tests) and bundled from dist/, so the depth below the package differs.
function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}

/** The folder of this package: the addons are built below it. */
export const packageRoot: string = findRoot(import.meta.dirname);

/** Part of the bundle: each rank would open the file. */
export const packageVersion: string = manifest.version;

/** Which versions of Node this works with, as package.json says it to npm: such as `>=20.19`. */
export const nodeWanted: string = manifest.engines.node;

/** The folders that addons are looked for in: the package, then the user's, for where the package cannot be written to. */
export function addonRoots(): string[] {
  const own = userFolder(packageVersion, process.env);
  return own === undefined ? [packageRoot] : [packageRoot, own];
}
