import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { temporaryFolder } from '../support/job.ts';
import { native, searchSources } from '../support/native-sources.ts';

const { folder, remove } = temporaryFolder();
const program = join(folder, 'large-lists');
afterAll(remove);

beforeAll(() => {
  const options = ['-std=gnu++20', '-O2', '-Wall', '-Wextra', '-Werror', '-fno-exceptions', '-I', native];
  const sanitize = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
  const all = [join(import.meta.dirname, 'large-lists.cc'), ...searchSources()];
  execFileSync('g++', [...options, ...sanitize, '-o', program, ...all]);
}, 600_000);

// Lists of 1,000 patterns are counted as the larger ones are.
test('large lists are counted like the reference', { timeout: 600_000 }, () => {
  const env = { ...process.env, MPICOUNT_TEST_BY_GRAMS: 'yes' };
  const lines = execFileSync(program, { env, encoding: 'utf8' }).trimEnd().split('\n');
  expect(lines).toHaveLength(94);
  expect(lines.filter((line) => !line.endsWith(': counted'))).toEqual([]);
});
