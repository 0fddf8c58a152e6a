// V8's code cache of the program, for the Node that runs this. src/cli/load.ts says what it is for.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

/**
 * Returns the part of the names of caches that tells programs apart, since V8 compares only their lengths.
 * @param {string} program
 */
export function hashOf(program) {
  return createHash('sha256').update(program, 'latin1').digest('hex').slice(0, 16);
}

/**
 * Makes the cache of program.cjs in the folder `dist`, and removes those of other programs.
 * @param {string} dist
 */
export function makeCodeCache(dist) {
  const path = join(dist, 'program.cjs');
  const program = readFileSync(path, 'latin1');
  const hash = hashOf(program);
  for (const name of readdirSync(dist)) {
    if (/^program-.*\.cache$/.test(name) && !name.startsWith(`program-${hash}-`)) rmSync(join(dist, name));
  }
  const cache = join(dist, `program-${hash}-${process.version}-${process.arch}.cache`);
  const script = new Script(Module.wrap(program), { filename: path });
  writeFileSync(`${cache}.new`, script.createCachedData());
  renameSync(`${cache}.new`, cache);
}
