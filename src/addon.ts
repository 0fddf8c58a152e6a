import { existsSync } from 'node:fs';

/** A native addon, or a library that it needs, is missing or does not load. */
export class AddonError extends Error {
  override readonly name = 'AddonError';
}

const loaded = new Map<string, unknown>();

/**
 * What an addon exports; the same for all who ask. Not by require(), which looks at some ten more files and folders in each rank.
 * @param remedy What a person is to do when the addon is there, but does not load.
 * @throws AddonError
 */
export function loadAddon(path: string, remedy: string): unknown {
  if (loaded.has(path)) return loaded.get(path);
  const module = { exports: {} as unknown };
  try {
    process.dlopen(module, path);
    loaded.set(path, module.exports);
    return module.exports;
  } catch (error) {
    const { message } = error as Error;
    const reason = !existsSync(path)
      ? 'it is not built; build it with: npm run build'
      : `${message.split('\n')[0] ?? ''}; ${remedy}`;
    throw new AddonError(`cannot load ${path}: ${reason}`, { cause: error });
  }
}
