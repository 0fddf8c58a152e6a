import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';

import { packageRoot } from './package.ts';

/** How this process was started. */
export interface Start {
  /** The path of the program, with links not resolved. */
  readonly path: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Returns the command that builds the addons, for messages. It works in the way in which this process was started: from a clone, or
 * from a package that is installed in a project or globally.
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
    // npx may have fetched the package into its own cache, where the same command need not find it again.
    const inProject = folder.endsWith(join('node_modules', '.bin')) && !folder.includes('/_npx/');
    if (environment['npm_command'] === 'exec' && inProject) return ['npx', 'mpicount'];
    const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
    const found = folders.find((folder) => existsSync(join(folder, 'mpicount')));
    if (environment['npm_command'] !== 'exec' && found === folder) return ['mpicount'];
  }
  return ['node', shellWord(join(packageRoot, 'dist', 'mpicount.cjs'))];
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
