import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import manifest from '../package.json' with { type: 'json' };

// The same code runs from src/ (tests) and bundled from dist/, so the depth below the package differs.
function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}

/** The folder of this package: the addons are built below it. */
export const packageRoot: string = findRoot(import.meta.dirname);

/** Part of the bundle: each rank would open the file. */
export const packageVersion: string = manifest.version;
