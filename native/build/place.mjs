// Where the addons are built: in the package itself, or in a folder of the user's when the package cannot be written to. Also
// part of the bundle, which looks for the addons in both places.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** @typedef {import('./probe.mjs').Env} Env */

/**
 * The folder of the user's for addons of this version, by the XDG base directory specification. Hosts of several processor
 * types may share a home folder.
 * @param {string} version  of mpicount
 * @param {Env} env
 * @returns {string | undefined} undefined for a user without a home folder
 */
export function userFolder(version, env) {
  const data = env['XDG_DATA_HOME'];
  const base = data !== undefined && isAbsolute(data) ? data : dataBelow(home(env));
  return base === undefined ? undefined : join(base, 'mpicount', `${version}-${process.platform}-${process.arch}`);
}

/**
 * @param {string | undefined} folder
 * @returns {string | undefined}
 */
function dataBelow(folder) {
  return folder === undefined || !isAbsolute(folder) ? undefined : join(folder, '.local', 'share');
}

/**
 * @param {Env} env
 * @returns {string | undefined}
 */
function home(env) {
  if (env['HOME'] !== undefined) return env['HOME'];
  try {
    return homedir();
  } catch {
    return undefined; // the user's id is in no list of users, as in many containers
  }
}

/**
 * @param {string} root  the package's folder
 * @returns {string}
 */
export function versionOf(root) {
  /** @type {unknown} */
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return /** @type {{ version: string }} */ (manifest).version;
}

/**
 * @param {string} root  the package's folder
 * @returns {boolean} whether addons can be built in it
 */
export function isWritable(root) {
  const folders = [root, join(root, 'build'), join(root, 'build-mpi')].filter((folder) => existsSync(folder));
  return folders.every((folder) => {
    try {
      accessSync(folder, constants.W_OK | constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
