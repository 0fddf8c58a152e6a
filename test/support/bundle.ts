import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { buildSync } from 'esbuild';

import { packageRoot } from '../../src/base/package.ts';

/**
 * Bundles TypeScript code as a program, for tests that need a process of their own. Imports are relative to the package. The program
 * is written to a folder below the package, so that it finds the addons.
 */
export function bundle(code: string): { path: string; remove: () => void } {
  const cache = join(packageRoot, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'mpicount-test-'));
  const path = join(folder, 'program.cjs');
  buildSync({
    stdin: { contents: code, loader: 'ts', resolveDir: packageRoot },
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname' }, // as in package.json, "bundle"
    logLevel: 'warning',
    outfile: path,
  });
  return {
    path,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
