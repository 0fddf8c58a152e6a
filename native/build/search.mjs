// Trying the known ways to a library in order, keeping account of each, and the command line of the find-*.mjs scripts.
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quoteWord } from './flags.mjs';
import { Unusable } from './probe.mjs';

/** @typedef {{ name: string, explicit?: boolean, wrapper?: string, words: () => string[] }} Way */
/** @typedef {{ name: string, reason: string }} Attempt */
/** @typedef {{ version: string, source: string, cflags: string[], libs: string[], attempts: Attempt[] }} Found */

/** The message is complete: what was tried, why each did not work, and what to do. */
export class NotFound extends Error {}

/** The words of a command line are not as they must be. */
export class Usage extends Error {}

/**
 * @template T
 * @param {string} what
 * @param {Way[]} ways
 * @param {(words: string[]) => T} check
 * @param {string} advice
 * @returns {{ found: T, way: Way, attempts: Attempt[] }}
 */
export function search(what, ways, check, advice) {
  /** @type {Attempt[]} */
  const attempts = [];
  for (const way of ways) {
    const { name, explicit } = way;
    try {
      return { found: check(way.words()), way, attempts };
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      // What somebody asked for by name is used or is an error; another MPI than the one meant would be a bad surprise.
      if (explicit)
        throw new NotFound(`${what}: ${name} does not work: ${error.message}\nCorrect it, or unset it to search.`);
      attempts.push({ name, reason: error.message });
    }
  }
  throw new NotFound([`${what} was not found. Tried in this order:`, ...attempts.map(said), advice].join('\n'));
}

/** @param {Attempt} attempt */
function said({ name, reason }) {
  return `  ${name}: ${reason}`;
}

/**
 * Acts as a command when the module at `url` was started by hand or by gyp, not when it was imported.
 * @template {Found} T
 * @param {string} url
 * @param {() => T} find
 * @param {(found: T) => string} title
 * @param {Record<string, (found: T) => string>} [more]  options of this library only
 */
export function answer(url, find, title, more = {}) {
  const started = process.argv[1];
  if (started === undefined || realpathSync(started) !== fileURLToPath(url)) return;
  const options = process.argv.slice(2);
  // gyp takes the words apart once and hands them to a shell, which takes them apart again.
  const quote = (/** @type {string} */ word) =>
    options.includes('--gyp') ? quoteWord(quoteWord(word)) : quoteWord(word);
  const line = (/** @type {string[]} */ words) => words.map(quote).join(' ');
  /** @type {Record<string, (found: T) => string>} */
  const views = {
    '--cflags': (found) => line(found.cflags),
    '--libs': (found) => line(found.libs),
    '--version': (found) => found.version,
    '--json': (found) => JSON.stringify(found, null, 2),
    '--explain': (found) =>
      [
        ...(found.attempts.length > 0 ? ['Did not work:', ...found.attempts.map(said)] : []),
        `Uses ${found.source}: ${title(found)}`,
        `  compile: ${line(found.cflags)}`,
        `  link:    ${line(found.libs)}`,
      ].join('\n'),
    ...more,
  };
  const [view, ...rest] = options.filter((option) => option !== '--gyp').map((option) => views[option]);
  if (view === undefined || rest.length > 0) {
    process.stderr.write(`usage: node ${basename(started)} ${Object.keys(views).join(' | ')} [--gyp]\n`);
    process.exitCode = 2;
    return;
  }
  try {
    process.stdout.write(`${view(find())}\n`);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
