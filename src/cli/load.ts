import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

// The source of dist/mpicount.cjs. Each rank would parse the whole program when it starts, which takes time in proportion to its length.
// With V8's code cache (https://v8.dev/blog/code-caching), which native/build/code-cache.mjs makes for one version of Node, only the
// functions that run are parsed.

/** The hash of dist/program.cjs, which the bundle contains. */
declare const programHash: string;

/** Returns undefined if there is no cache for this version of Node. */
function readCache(): Buffer | undefined {
  try {
    return readFileSync(join(__dirname, `program-${programHash}-${process.version}-${process.arch}.cache`));
  } catch {
    return undefined;
  }
}

const filename = join(__dirname, 'program.cjs');
const source = Module.wrap(readFileSync(filename, 'latin1')); // esbuild writes ASCII
const cachedData = readCache();
const script = new Script(source, cachedData ? { filename, cachedData } : { filename });
const program = script.runInThisContext() as (...values: unknown[]) => void;
program(exports, createRequire(filename), module, filename, __dirname);
