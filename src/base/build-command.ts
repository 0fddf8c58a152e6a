import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';

import { packageRoot } from './package.ts';

/** How this process was started, as far as it matters for starting the program again. */
export interface Start {
  /** The path of the program, links not resolved. */
  readonly path: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The command that builds the addons, for messages: as it works where this process was started, which may be a clone, or a package
 * installed in a project or for all.
 */
export function buildCommand(
  args: readonly string[] = [],
  { path, environment }: Start = { path: process.argv[1], environment: process.env },
): string {
  return [...programCommand(path, environment), 'build', ...args].join(' ');
}

function programCommand(path: string | undefined, environment: Start['environment']): string[] {
  if (path !== undefined && basename(path) === 'mpicount') {
    const folder = dirname(path);
    // npx may have fetched the package into a cache of its own, where the same words need not find it again.
    const inProject = folder.endsWith(join('node_modules', '.bin')) && !folder.includes('/_npx/');
    if (environment['npm_command'] === 'exec' && inProject) return ['npx', 'mpicount'];
    const folders = (environment['PATH'] ?? '').split(delimiter).filter((place) => place !== '');
    const found = folders.find((place) => existsSync(join(place, 'mpicount')));
    if (environment['npm_command'] !== 'exec' && found === folder) return ['mpicount'];
  }
  return ['node', shellWord(join(packageRoot, 'dist', 'mpicount.cjs'))];
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
