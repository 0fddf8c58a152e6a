/**
 * @param {string} command
 * @param {string[]} args
 * @param {Env} env
 * @param {string} [input]
 * @returns {string} stdout
 */
export function run(command: string, args: string[], env: Env, input?: string): string;
/**
 * @param {string} name
 * @param {Env} env
 * @returns {string[]} the words of pkg-config's answer
 */
export function pkgConfig(name: string, env: Env): string[];
/**
 * The C++ compiler that node-gyp will use.
 * @param {Env} env
 * @returns {string[]}
 */
export function compiler(env: Env): string[];
/**
 * Expands macros of a header. What is not defined there is missing from the answer.
 * @param {string} header
 * @param {string[]} cflags
 * @param {string[]} macros
 * @param {Env} env
 * @returns {Map<string, string>}
 */
export function macrosOf(header: string, cflags: string[], macros: string[], env: Env): Map<string, string>;
/** @typedef {Record<string, string | undefined>} Env */
/** A way of finding flags that did not work, and why. */
export class Unusable extends Error {
}
export type Env = Record<string, string | undefined>;
