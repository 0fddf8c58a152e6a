// Bundles what Node loads: dist/program.cjs, the program, and dist/mpicount.cjs, which loads it; dist/minimatch.cjs and dist/report.cjs,
// which the program loads where it needs them; and dist/mpi.cjs, the MPI binding for other programs (docs/mpi.md).
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { makeCodeCache, stamped } from '../native/build/code-cache.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}/dist`;

/** The bundles of code that no rank, or hardly any, has a use for, by what is imported: the library for globs, and the writer of reports. */
const apart = [
  { name: 'minimatch', source: 'minimatch', imported: /^minimatch$/ },
  { name: 'report', source: 'src/report/render.ts', imported: /\/report\/render\.ts$/ },
];

/** @type {import('esbuild').Plugin} */
const loadWhereNeeded = {
  name: 'load-where-needed',
  setup(build) {
    for (const { name, imported } of apart) {
      build.onResolve({ filter: imported }, ({ kind }) =>
        kind === 'entry-point' ? undefined : { path: `./${name}.cjs`, external: true },
      );
    }
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
    // Becomes require(), since a program that is loaded by its code cache cannot import.
    supported: { 'dynamic-import': false },
    plugins: [loadWhereNeeded],
    logLevel: 'warning',
  });
  if (isStamped) writeFileSync(unfinished, stamped(readFileSync(unfinished, 'latin1')), 'latin1');
  chmodSync(unfinished, 0o755);
  // The rename is atomic: a job that starts at this moment loads either the old file or the new one.
  renameSync(unfinished, outfile);
}

for (const { name, source } of apart) await bundle(source, name);
await bundle('src/cli/main.ts', 'program', { isStamped: true });
await bundle('src/cli/load.ts', 'mpicount', { banner: '#!/usr/bin/env node' });
makeCodeCache(dist);
await bundle('src/mpi/index.ts', 'mpi');
