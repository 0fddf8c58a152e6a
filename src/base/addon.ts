import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';

import { buildCommand } from './build-command.ts';
import { MpicountError } from './mpicount-error.ts';
import { addonRoots, packageRoot, packageVersion } from './package.ts';

/** A native addon, or a library that it needs, is missing or cannot be loaded. */
export class AddonError extends MpicountError {
  override readonly name = 'AddonError';
  override readonly kind = 'mpi';
}

/** Where the scan addon is in the package. */
export const scanAddon = join(packageRoot, 'build', 'Release', 'scan.node');

const loaded = new Map<string, unknown>();

/**
 * Loads an addon once and returns its exports. If the addon in the package cannot be loaded, the one that the user has built is loaded
 * instead.
 * @param path Where the addon is in the package.
 * @param advice A remedy, other than building again, for an addon that exists but cannot be loaded.
 * @throws AddonError if the addon is missing, cannot be loaded, or belongs to another version of mpicount.
 */
export function loadAddon(path: string, advice?: string): unknown {
  if (!loaded.has(path)) loaded.set(path, load(path, advice));
  return loaded.get(path);
}

function load(path: string, advice: string | undefined): unknown {
  try {
    return open(path, advice);
  } catch (error) {
    const [inPackage, inUsers] = addonRoots().map((root) => join(root, relative(packageRoot, path)));
    if (path !== inPackage || inUsers === undefined || !existsSync(inUsers)) throw error;
    return open(inUsers, advice);
  }
}

/** Avoids require(), which stats about ten more files and folders in each rank. */
function open(path: string, advice: string | undefined): unknown {
  const module = { exports: {} as { version?: unknown } };
  try {
    process.dlopen(module, path);
  } catch (error) {
    const { message } = error as Error;
    const reason = !existsSync(path)
      ? `it is not built; build it with: ${buildCommand()}`
      : `${message.split('\n')[0] ?? ''}; ${advice === undefined ? '' : `${advice}, or `}build it again with: ${buildCommand()}`;
    throw new AddonError(`cannot load ${path}: ${reason}`, { cause: error });
  }
  const { version } = module.exports;
  if (version === packageVersion) return module.exports;
  const found = typeof version === 'string' ? `mpicount ${version}` : 'another version of mpicount';
  throw new AddonError(
    `cannot load ${path}: it belongs to ${found}, but this is ${packageVersion}; build it again with: ${buildCommand()}`,
  );
}
