/** @typedef {import('./probe.mjs').Env} Env */
/**
 * The folder of the user's for addons of this version, by the XDG base directory specification. Hosts of several processor
 * types may share a home folder.
 * @param {string} version  of mpicount
 * @param {Env} env
 * @returns {string | undefined} undefined for a user without a home folder
 */
export function userFolder(version: string, env: Env): string | undefined;
/**
 * @param {string} root  the package's folder
 * @returns {string}
 */
export function versionOf(root: string): string;
/**
 * @param {string} root  the package's folder
 * @returns {boolean} whether addons can be built in it
 */
export function isWritable(root: string): boolean;
export type Env = import("./probe.mjs").Env;
