import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { temporaryFolder } from '../support/job.ts';
import { buildSearchPrograms } from '../support/native-sources.ts';
import { linesOfEdges, linesOfPrefixFilter } from './programs.ts';

// The search on ARM, whose vectors (NEON) are other instructions: built by a cross compiler, and run by an emulator.

const { folder, remove } = temporaryFolder();
afterAll(remove);

beforeAll(async () => {
  const programs = ['edges', 'prefix-filter'].map((name) => join(import.meta.dirname, `${name}.cc`));
  await buildSearchPrograms(['aarch64-linux-gnu-g++', '-static'], programs, folder);
}, 600_000);

function linesOf(program: string, environment: Record<string, string> = {}): string[] {
  const env = { ...process.env, ...environment };
  return execFileSync('qemu-aarch64', [join(folder, program)], { env, encoding: 'utf8' })
    .trimEnd()
    .split('\n');
}

test('searches and counts on ARM find all', { timeout: 120_000 }, () => {
  expect(linesOf('edges')).toEqual(linesOfEdges);
});

test('the filter by prefixes finds all of them on ARM, in vectors and without', { timeout: 120_000 }, () => {
  expect(linesOf('prefix-filter')).toEqual(['vectors: NEON', ...linesOfPrefixFilter]);
  const portable = linesOf('prefix-filter', { MPICOUNT_TEST_BASIC_VECTORS: 'yes' });
  expect(portable).toEqual(['vectors: portable', ...linesOfPrefixFilter]);
});
