// V8's code cache of the program, for the Node that runs this. src/cli/load.ts says what it is for.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
  if (!rehearse(path, `${cache}.new`)) writeFileSync(`${cache}.new`, withoutFunctions(path, program));
  renameSync(`${cache}.new`, cache);
}

/**
 * Returns the cache of a program that has not run: V8 compiles functions when they are first called.
 * @param {string} path
 * @param {string} program
 */
function withoutFunctions(path, program) {
  return new Script(wrapped(program), { filename: path }).createCachedData();
}

// The variables with which programs and libraries are found. With those of a launcher, the program would be a rank of the job in which it is
// built.
const needed = ['PATH', 'HOME', 'TMPDIR', 'LD_LIBRARY_PATH'];

/**
 * Writes the cache with the functions that a rank calls, by a count. Returns false where that is not possible: there may be no addon yet, or
 * an MPI that starts under its launcher alone.
 * @param {string} path
 * @param {string} cache
 */
function rehearse(path, cache) {
  const folder = mkdtempSync(join(tmpdir(), 'mpicount-rehearsal-'));
  try {
    const text = join(folder, 'text.txt');
    writeFileSync(text, 'love and hate\n');
    const count = ['count', '-i', '--log-dir', join(folder, 'log'), 'love', text];
    const program = fileURLToPath(new URL('rehearse.mjs', import.meta.url));
    const env = Object.fromEntries(needed.map((name) => [name, process.env[name]]));
    execFileSync(process.execPath, [program, path, cache, ...count], { env, stdio: 'pipe', timeout: 60_000 });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
