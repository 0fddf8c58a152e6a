// Bundles what Node loads: dist/mpicount.cjs, the program; dist/minimatch.cjs, a library that it loads where it needs it; and dist/mpi.cjs,
// the MPI binding for other programs (docs/mpi.md).
import { chmodSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Most counts do without globs, and so without the library for them. */
const library = 'minimatch';

/** @type {import('esbuild').Plugin} */
const loadWhereNeeded = {
  name: 'load-where-needed',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^${library}$`) }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: `./${library}.cjs`, external: true },
    );
  },
};

/**
 * @param {string} source
 * @param {string} name
 * @param {string} [banner]
 */
async function bundle(source, name, banner = '') {
  const outfile = `${root}/dist/${name}.cjs`;
  const unfinished = `${root}/dist/${name}.new.cjs`;
  await esbuild.build({
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
    plugins: [loadWhereNeeded],
    logLevel: 'warning',
  });
  chmodSync(unfinished, 0o755);
  // The rename is atomic: a job that starts at this moment loads either the old file or the new one.
  renameSync(unfinished, outfile);
}

await bundle(library, library);
await bundle('src/cli/main.ts', 'mpicount', '#!/usr/bin/env node');
await bundle('src/mpi/index.ts', 'mpi');
