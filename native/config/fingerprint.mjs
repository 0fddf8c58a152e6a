// From what a build was made, kept beside it: tells whether it is still the one that would be made now.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @typedef {import('./probe.mjs').Env} Env */
/** @typedef {{ title: string, inputs: string[], sources: string }} Fingerprint */

/**
 * @param {string} root
 * @param {string[]} places  files, and folders with all that is in them
 * @param {string} title     for people: the MPI's name and version
 * @param {string[]} inputs   libraries and settings; when these differ, no object file can be kept
 * @param {Env} env
 * @returns {Fingerprint}
 */
export function fingerprint(root, places, title, inputs, env) {
  const hash = createHash('sha256');
  for (const place of places) {
    for (const path of filesOf(join(root, place))) {
      hash
        .update(`${path.slice(root.length)}\0`)
        .update(readFileSync(path))
        .update('\0');
    }
  }
  const settings = ['CC', 'CXX', 'CPPFLAGS', 'CXXFLAGS', 'LDFLAGS'].map((name) => `${name}=${env[name] ?? ''}`);
  const manifest = join(root, 'node_modules', 'node-addon-api', 'package.json');
  const addonApi = existsSync(manifest) ? /"version": "(.*)"/.exec(readFileSync(manifest, 'utf8'))?.[1] : undefined;
  return {
    title,
    inputs: [title, ...inputs, process.arch, `node-addon-api ${addonApi ?? 'elsewhere'}`, ...settings],
    sources: hash.digest('hex'),
  };
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesOf(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesOf(join(path, name)));
}

/**
 * @param {string} file
 * @returns {Fingerprint | undefined}
 */
export function readFingerprint(file) {
  try {
    /** @type {unknown} */
    const read = JSON.parse(readFileSync(file, 'utf8'));
    return /** @type {Fingerprint} */ (read);
  } catch {
    return undefined; // missing, or cut short: as good as missing
  }
}

/**
 * Runs a build and records it. Without a record of the build before, or when it was made from other libraries, the folder
 * is emptied first: a set-up that was killed may have left anything behind.
 * @param {{ file: string, folder: string, now: Fingerprint, outputs: string[], force: boolean, build: () => void }} options
 * @returns {boolean} whether anything had to be done
 */
export function rebuildIfStale({ file, folder, now, outputs, force, build }) {
  const before = readFingerprint(file);
  const sameInputs = JSON.stringify(before?.inputs) === JSON.stringify(now.inputs);
  if (!force && sameInputs && before?.sources === now.sources && outputs.every((path) => existsSync(path)))
    return false;
  rmSync(file, { force: true });
  if (force || !sameInputs) rmSync(folder, { recursive: true, force: true });
  build();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(now, null, 2)}\n`);
  renameSync(`${file}.new`, file);
  return true;
}
