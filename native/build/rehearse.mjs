// Runs the program with the given words, and writes V8's code cache of the functions that ran:
//
//   rehearse.mjs PROGRAM CACHE WORD...
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import v8 from 'node:v8';
import { Script } from 'node:vm';
import { wrapped } from './wrapped.mjs';

const [node = '', , path = '', cache = '', ...words] = process.argv;

// V8 refuses a cache that was made under other flags than those with which the program is loaded.
v8.setFlagsFromString = () => undefined;
process.argv = [node, path, ...words];
const script = new Script(wrapped(readFileSync(path, 'latin1')), { filename: path });
process.on('exit', (status) => {
  if (status === 0) writeFileSync(cache, script.createCachedData());
});
/** @type {unknown} */
const loaded = script.runInThisContext();
const load = /** @type {(...values: unknown[]) => void} */ (loaded);
load({}, createRequire(path), { exports: {} }, path, dirname(path));
