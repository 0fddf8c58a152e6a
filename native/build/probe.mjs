// Running the tools that know where libraries are, and asking the preprocessor what a header says.
import { spawnSync } from 'node:child_process';
import { splitWords } from './flags.mjs';

/** @typedef {Record<string, string | undefined>} Env */

/** A way of finding flags that did not work, and why. */
export class Unusable extends Error {}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {Env} env
 * @param {string} [input]
 * @returns {string} stdout
 */
export function run(command, args, env, input = '') {
  const done = spawnSync(command, args, {
    env: /** @type {NodeJS.ProcessEnv} */ ({ ...env, LC_ALL: 'C' }),
    input,
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 1 << 26,
  });
  const what = [command, ...args].join(' ');
  if (done.error !== undefined) {
    const code = 'code' in done.error ? done.error.code : '';
    if (code === 'ENOENT') throw new Unusable(`${command}: not found`);
    throw new Unusable(`${what}: ${done.error.message}`);
  }
  if (done.status !== 0) {
    const how = done.status === null ? `was ended by ${done.signal}` : `ended with status ${done.status}`;
    throw new Unusable(`${what}: ${how}${telling(done.stderr)}`);
  }
  return done.stdout;
}

/**
 * @param {string} stderr
 * @returns {string} its most telling line
 */
function telling(stderr) {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((text) => /error|not found/i.test(text)) ?? lines[0];
  return line === undefined ? '' : `: ${line.trim()}`;
}

/**
 * @param {string} name
 * @param {Env} env
 * @returns {string[]} the words of pkg-config's answer
 */
export function pkgConfig(name, env) {
  const command = env['PKG_CONFIG'] ?? 'pkg-config';
  return splitWords(run(command, ['--cflags', '--libs', name], env));
}

/**
 * The C++ compiler that node-gyp will use.
 * @param {Env} env
 * @returns {string[]}
 */
export function compiler(env) {
  const words = splitWords(env['CXX'] ?? '');
  if (words.length > 0) return words;
  return [process.platform === 'darwin' ? 'c++' : 'g++'];
}

/**
 * Expands macros of a header. What is not defined there is missing from the answer.
 * @param {string} header
 * @param {string[]} cflags
 * @param {string[]} macros
 * @param {Env} env
 * @returns {Map<string, string>}
 */
export function macrosOf(header, cflags, macros, env) {
  const [command = '', ...args] = compiler(env);
  const source = [
    `#include <${header}>`,
    ...macros.flatMap((name, i) => [`#ifdef ${name}`, `mpicount_probe_${i} ${name}`, '#endif']),
  ];
  const text = run(command, [...args, '-E', '-P', '-x', 'c++', ...cflags, '-'], env, `${source.join('\n')}\n`);
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const [, index, value] of text.matchAll(/^\s*mpicount_probe_(\d+)\s+(.*)$/gm)) {
    const name = macros[Number(index)];
    if (name !== undefined && value !== undefined) found.set(name, value.trim().replace(/^"(.*)"$/, '$1'));
  }
  return found;
}
