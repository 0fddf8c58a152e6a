import { execFile, execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { temporaryFolder } from '../support/job.ts';
import { native, searchSources } from '../support/native-sources.ts';

// Programs that search in memory, built with sanitizers: in whole jobs, what lies beyond a text can nearly always be read, and changes nothing.

const { folder, remove } = temporaryFolder();
afterAll(remove);

const options = ['-std=gnu++20', '-O2', '-Wall', '-Wextra', '-Werror', '-fno-exceptions', '-I', native];
const sanitize = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const run = promisify(execFile);

/** Compiles sources, two at a time. @returns The object files. */
async function compile(sources: readonly string[]): Promise<string[]> {
  const left = sources.values();
  const objectOf = (source: string) => join(folder, `${basename(source, '.cc')}.o`);
  const compileLeft = async () => {
    for (const source of left) await run('g++', [...options, ...sanitize, '-c', '-o', objectOf(source), source]);
  };
  await Promise.all([compileLeft(), compileLeft()]);
  return sources.map(objectOf);
}

beforeAll(async () => {
  const programs = ['edges', 'large-lists'];
  const search = await compile(searchSources());
  const mains = await compile(programs.map((name) => join(import.meta.dirname, `${name}.cc`)));
  for (const [index, main] of mains.entries()) {
    execFileSync('g++', [...sanitize, '-o', join(folder, programs[index]!), main, ...search]);
  }
}, 600_000);

function linesOf(program: string, environment: Record<string, string>): string[] {
  const env = { ...process.env, ...environment };
  return execFileSync(join(folder, program), { env, encoding: 'utf8' }).trimEnd().split('\n');
}

const byGrams = { MPICOUNT_TEST_BY_GRAMS: 'yes' };

test.each([{}, { MPICOUNT_TEST_BASIC_VECTORS: 'yes' }, byGrams])(
  'searches and counts do not look beyond the text %j',
  { timeout: 120_000 },
  (environment) => {
    const lists = [2, 3, 4, 7].flatMap((length) => [20, 400].map((count) => `${count} patterns of ${length} bytes`));
    const expected = ['words: counted', 'words: counted', ...lists.map((list) => `${list}: found all`)];
    expect(linesOf('edges', environment)).toEqual(expected);
  },
);

// Lists of 1,000 patterns are counted as the larger ones are.
test('large lists are counted like the reference', { timeout: 600_000 }, () => {
  const lines = linesOf('large-lists', byGrams);
  expect(lines).toHaveLength(118);
  expect(lines.filter((line) => !line.endsWith(': counted'))).toEqual([]);
});
