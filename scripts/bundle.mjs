// Bundles what Node loads: dist/program.cjs, the program, and dist/mpicount.cjs, which loads it; dist/minimatch.cjs, a library that it loads where it needs it; and dist/mpi.cjs,
// the MPI binding for other programs (docs/mpi.md).
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { makeCodeCache, stamped } from '../native/build/code-cache.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}/dist`;

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
 * @param {{ banner?: string, isStamped?: boolean }} [options]
 */
async function bundle(source, name, { banner = '', isStamped = false } = {}) {
  const outfile = `${dist}/${name}.cjs`;
  const unfinished = `${dist}/${name}.new.cjs`;
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
    // Where there is no code cache, each rank parses the whole file when it starts. Names and lines stay, for stacks.
    minifyWhitespace: true,
    lineLimit: 120,
    banner: { js: banner },
    plugins: [loadWhereNeeded],
    logLevel: 'warning',
  });
  if (isStamped) writeFileSync(unfinished, stamped(readFileSync(unfinished, 'latin1')), 'latin1');
  chmodSync(unfinished, 0o755);
  // The rename is atomic: a job that starts at this moment loads either the old file or the new one.
  renameSync(unfinished, outfile);
}

await bundle(library, library);
await bundle('src/cli/main.ts', 'program', { isStamped: true });
await bundle('src/cli/load.ts', 'mpicount', { banner: '#!/usr/bin/env node' });
makeCodeCache(dist);
await bundle('src/mpi/index.ts', 'mpi');
