// V8's code cache of the program, for the Node that runs this. src/cli/load.ts says what it is for.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { wrapped } from './wrapped.mjs';

/**
 * Returns a program with its hash as the first line. V8 compares only the length of a program with that of the cached one; with the hash in
 * its name, a cache belongs to one program.
 * @param {string} program
 */
export function stamped(program) {
  return `// ${createHash('sha256').update(program, 'latin1').digest('hex').slice(0, 16)}\n${program}`;
}

/**
 * Makes the cache of program.cjs in the folder `dist`, and removes those of other programs.
 * @param {string} dist
 */
export function makeCodeCache(dist) {
  const path = join(dist, 'program.cjs');
  const program = readFileSync(path, 'latin1');
  const hash = program.slice(3, program.indexOf('\n'));
  for (const name of readdirSync(dist)) {
    if (/^program-.*\.cache$/.test(name) && !name.startsWith(`program-${hash}-`)) rmSync(join(dist, name));
  }
  const cache = join(dist, `program-${hash}-${process.version}-${process.arch}.cache`);
  const script = new Script(wrapped(program), { filename: path });
  writeFileSync(`${cache}.new`, script.createCachedData());
  renameSync(`${cache}.new`, cache);
}
