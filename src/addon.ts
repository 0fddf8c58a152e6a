import { createRequire } from 'node:module';
import { join } from 'node:path';

import { packageRoot } from './package.ts';

/** A native addon, or a library that it needs, is missing or does not load. */
export class AddonError extends Error {
  override readonly name = 'AddonError';
}

const require = createRequire(join(packageRoot, 'package.json'));

/**
 * @param remedy What a person is to do when the addon is there, but does not load.
 * @throws AddonError
 */
export function loadAddon(path: string, remedy: string): unknown {
  try {
    return require(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = code === 'MODULE_NOT_FOUND';
    const reason = missing
      ? 'it is not built; build it with: npm run build'
      : `${message.split('\n')[0] ?? ''}; ${remedy}`;
    throw new AddonError(`cannot load ${path}: ${reason}`, { cause: error });
  }
}
