import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { temporaryFolder } from '../support/job.ts';
import { buildSearchPrograms, sanitize } from '../support/native-sources.ts';
import { linesOfEdges, linesOfPrefixFilter } from './programs.ts';

// Programs that search in memory, built with sanitizers: in whole jobs, what lies beyond a text can nearly always be read, and changes nothing.
// One of them counts steps; it is here since building all sources once more would take longer than the test.

const { folder, remove } = temporaryFolder();
afterAll(remove);

beforeAll(async () => {
  const names = ['edges', 'prefix-filter', 'large-lists', 'bounds'];
  const programs = names.map((name) => join(import.meta.dirname, `${name}.cc`));
  await buildSearchPrograms(['g++', '-O1', '-DMPICOUNT_TEST_STEPS', ...sanitize], programs, folder);
}, 600_000);

function linesOf(program: string, environment: Record<string, string>): string[] {
  const env = { ...process.env, ...environment };
  return execFileSync(join(folder, program), { env, encoding: 'utf8' }).trimEnd().split('\n');
}

const portable = { MPICOUNT_TEST_BASIC_VECTORS: 'yes' };
const byGrams = { MPICOUNT_TEST_BY_GRAMS: 'yes' };

test.each([{}, portable, byGrams])(
  'searches and counts do not look beyond the text %j',
  { timeout: 120_000 },
  (environment) => {
    expect(linesOf('edges', environment)).toEqual(linesOfEdges);
  },
);

test('the filter by prefixes finds all of them, in vectors and without', { timeout: 120_000 }, () => {
  const [, ...lines] = linesOf('prefix-filter', {});
  expect(lines).toEqual(linesOfPrefixFilter);
  expect(linesOf('prefix-filter', portable)).toEqual(['vectors: portable', ...linesOfPrefixFilter]);
});

// Lists of 1,000 patterns are counted as the larger ones are.
test('large lists are counted like the reference', { timeout: 600_000 }, () => {
  const lines = linesOf('large-lists', byGrams);
  expect(lines).toHaveLength(118);
  expect(lines.filter((line) => !line.endsWith(': counted'))).toEqual([]);
});

// Steps, not times: they are the same on every machine. Verifying every candidate to its end would take 600 and more.
test('a search takes a bounded number of steps per byte in repetitive text', { timeout: 600_000 }, () => {
  const lines = linesOf('bounds', {});
  const searches = lines.flatMap((line) => [...line.matchAll(/^(.+): ([\d.]+)$/g)]);
  expect(searches).toHaveLength(23);
  const most = (search: string) => (search.startsWith('a list') ? 40 : 8);
  const beyond = searches.filter(([, search = '', steps]) => !(Number(steps) <= most(search)));
  expect(beyond.map(([line]) => line)).toEqual([]);
});
