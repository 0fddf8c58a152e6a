import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

// The same code runs from src/ (tests) and bundled from dist/, so the depth below the package differs.
function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}

/** The folder of this package: the addons are built below it. */
export const packageRoot: string = findRoot(import.meta.dirname);

export function packageVersion(): string {
  const text = readFileSync(join(packageRoot, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
