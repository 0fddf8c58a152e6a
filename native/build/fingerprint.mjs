// From what a build was made, kept beside it: tells whether it is still the one that would be made now.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { versionOf } from './place.mjs';
import { addonApiFolder } from './toolchain.mjs';

/** @typedef {import('./probe.mjs').Env} Env */
/** @typedef {'node-gyp' | 'cmake-js'} Tool */
/**
 * @typedef {object} Fingerprint
 * @property {string} title    for people: the MPI's name and version
 * @property {string} version  of mpicount
 * @property {string} [mpicc]  the wrapper that somebody named for this build
 * @property {Tool} [tool]     with which a further MPI's addon was built
 * @property {string[]} inputs
 * @property {string} sources
 */

/**
 * @param {string} root
 * @param {string[]} names  files, and folders with all that is in them
 * @param {string} title     for people: the MPI's name and version
 * @param {string[]} inputs   libraries and settings; when these differ, no object file can be kept
 * @param {Env} env
 * @returns {Fingerprint}
 */
export function fingerprint(root, names, title, inputs, env) {
  const hash = createHash('sha256');
  for (const name of names) {
    for (const path of filesOf(join(root, name))) {
      hash
        .update(`${path.slice(root.length)}\0`)
        .update(readFileSync(path))
        .update('\0');
    }
  }
  const settings = ['CC', 'CXX', 'CPPFLAGS', 'CXXFLAGS', 'LDFLAGS'].map((name) => `${name}=${env[name] ?? ''}`);
  const addonApi = addonApiVersion(root);
  const version = versionOf(root);
  return {
    title,
    version,
    inputs: [`mpicount ${version}`, title, ...inputs, process.arch, `node-addon-api ${addonApi}`, ...settings],
    sources: hash.digest('hex'),
  };
}

/**
 * @param {string} root
 * @returns {string}
 */
function addonApiVersion(root) {
  try {
    return versionOf(addonApiFolder(root));
  } catch {
    return 'nowhere'; // a build says so
  }
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
 * @typedef {object} Build
 * @property {string} file       its record
 * @property {string} folder     holds all that is made
 * @property {Fingerprint} now   from what it would be made now
 * @property {string[]} outputs
 */

/**
 * @param {Build} build
 * @returns {boolean} whether what is there is what would be built now
 */
export function isFresh({ file, now, outputs }) {
  const before = readFingerprint(file);
  return sameInputs(before, now) && before?.sources === now.sources && outputs.every((path) => existsSync(path));
}

/**
 * @param {Fingerprint | undefined} before
 * @param {Fingerprint} now
 * @returns {boolean}
 */
function sameInputs(before, now) {
  return JSON.stringify(before?.inputs) === JSON.stringify(now.inputs);
}

/**
 * Runs a build and records it. Without a record of the build before, or when it was made from other libraries, the folder
 * is emptied first: a set-up that was killed may have left anything behind.
 * @param {Build & { force: boolean, build: () => void }} options
 * @returns {boolean} whether anything had to be done
 */
export function rebuildIfStale({ force, build, ...what }) {
  const { file, folder, now } = what;
  if (!force && isFresh(what)) return false;
  const keepObjects = !force && sameInputs(readFingerprint(file), now);
  rmSync(file, { force: true });
  if (!keepObjects) rmSync(folder, { recursive: true, force: true });
  build();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(now, null, 2)}\n`);
  renameSync(`${file}.new`, file);
  return true;
}
