// Finds how to compile and link against Vectorscan or Hyperscan (the same header and library name).
import { existsSync } from 'node:fs';
import { adviceFor } from './advice.mjs';
import { namesLibrary, sortFlags, splitWords } from './flags.mjs';
import { macrosOf, pkgConfig, Unusable } from './probe.mjs';
import { answer, search } from './search.mjs';

/** @typedef {import('./probe.mjs').Env} Env */
/** @typedef {import('./search.mjs').Way} Way */

/** @param {Env} env */
export function findHs(env = process.env) {
  const { found, way, attempts } = search('Vectorscan', waysToHs(env), (words) => checked(words, env), adviceFor('hs'));
  return { ...found, source: way.name, attempts };
}

/**
 * @param {Env} env
 * @returns {Way[]}
 */
function waysToHs(env) {
  const cflags = env['MPICOUNT_HS_CFLAGS'];
  const libs = env['MPICOUNT_HS_LIBS'];
  if (cflags !== undefined || libs !== undefined) {
    const words = () => [...splitWords(cflags ?? ''), ...splitWords(libs ?? '')];
    return [{ name: 'MPICOUNT_HS_CFLAGS and MPICOUNT_HS_LIBS', explicit: true, words }];
  }
  const prefixes = [
    env['CONDA_PREFIX'],
    env['HOMEBREW_PREFIX'],
    '/opt/homebrew/opt/vectorscan',
    '/usr/local/opt/vectorscan',
    '/usr/local',
    '/usr',
  ].filter((prefix) => prefix !== undefined && prefix !== '');
  return [
    { name: 'pkg-config libhs', words: () => pkgConfig('libhs', env) },
    ...prefixes.map((prefix) => ({ name: `${prefix}/include/hs/hs.h`, words: () => inPrefix(`${prefix}`) })),
  ];
}

/**
 * @param {string} prefix
 * @returns {string[]}
 */
function inPrefix(prefix) {
  if (!existsSync(`${prefix}/include/hs/hs.h`)) throw new Unusable('no such file');
  const folder = ['lib', 'lib64'].find((lib) =>
    ['so', 'dylib'].some((end) => existsSync(`${prefix}/${lib}/libhs.${end}`)),
  );
  return [`-I${prefix}/include/hs`, ...(folder === undefined ? [] : [`-L${prefix}/${folder}`]), '-lhs'];
}

/**
 * @param {string[]} words
 * @param {Env} env
 */
function checked(words, env) {
  const flags = sortFlags(words);
  if (!namesLibrary(flags.libs)) throw new Unusable(`no library (-l...) among: ${words.join(' ') || '(nothing)'}`);
  const parts = ['HS_MAJOR', 'HS_MINOR', 'HS_PATCH'];
  const macros = macrosOf('hs.h', flags.cflags, parts, env);
  if (!macros.has('HS_MAJOR')) throw new Unusable('its hs.h defines no HS_MAJOR');
  return { version: parts.map((part) => macros.get(part) ?? '0').join('.'), ...flags };
}

answer(import.meta.url, findHs, (hs) => `hs.h ${hs.version}`);
