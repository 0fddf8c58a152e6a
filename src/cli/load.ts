import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

import { wrapped } from '../../native/build/wrapped.mjs';

// The source of dist/mpicount.cjs. Each rank would parse the whole program when it starts, and each function again when it first runs. With
// V8's code cache (https://v8.dev/blog/code-caching), which native/build/code-cache.mjs makes for one version of Node, it parses only those
// functions that the cache lacks.

const filename = join(__dirname, 'program.cjs');
const source = readFileSync(filename, 'latin1'); // esbuild writes ASCII
const hash = source.slice(3, source.indexOf('\n'));
const cachedData = readCache(join(__dirname, `program-${hash}-${process.version}-${process.arch}.cache`));
const script = new Script(wrapped(source), cachedData ? { filename, cachedData } : { filename });
const program = script.runInThisContext() as (...values: unknown[]) => void;
program(exports, require, module, filename, __dirname);

/** Returns undefined if there is no cache for this version of Node. */
function readCache(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
