import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { userFolder } from '../../native/build/place.mjs';
import manifest from '../../package.json' with { type: 'json' };

// This code runs from src/ (tests) and bundled from dist/, so its depth below the package root differs.
function findRoot(folder: string): string {
  const above = dirname(folder);
  // Without a package.json, as where only dist/ was copied, the addons are not found, which is told when they are needed.
  return existsSync(join(folder, 'package.json')) || above === folder ? folder : findRoot(above);
}

/** The root folder of this package; the addons are built below it. */
export const packageRoot: string = findRoot(import.meta.dirname);

/** The version of this package. The bundle contains it, so that ranks need not open package.json. */
export const packageVersion: string = manifest.version;

/** The supported versions of Node, as a range in package.json's notation, such as `>=20.19`. */
export const nodeWanted: string = manifest.engines.node;

/** Returns the root folders to search for addons: the package, then a folder of the user, for packages that are not writable. */
export function addonRoots(): string[] {
  const own = userFolder(packageVersion, process.env);
  return own === undefined ? [packageRoot] : [packageRoot, own];
}
