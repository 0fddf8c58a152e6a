// Bundles what Node loads: dist/mpicount.cjs, the program, and dist/mpi.cjs, the MPI binding for other programs (docs/mpi.md).
import { chmodSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * @param {string} source
 * @param {string} name
 * @param {string} [banner]
 */
function bundle(source, name, banner = '') {
  const outfile = `${root}/dist/${name}.cjs`;
  const unfinished = `${root}/dist/${name}.new.cjs`;
  buildSync({
    absWorkingDir: root,
    entryPoints: [source],
    outfile: unfinished,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname' },
    legalComments: 'eof',
    // Each rank parses the whole file when it starts, which takes time in proportion to its length. Names and lines stay, for stacks.
    minifyWhitespace: true,
    lineLimit: 120,
    banner: { js: banner },
    logLevel: 'warning',
  });
  chmodSync(unfinished, 0o755);
  // The rename is atomic: a job that starts at this moment loads either the old file or the new one.
  renameSync(unfinished, outfile);
}

bundle('src/cli/main.ts', 'mpicount', '#!/usr/bin/env node');
bundle('src/mpi/index.ts', 'mpi');
