import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { temporaryFolder } from '../support/job.ts';
import { native, searchSources } from '../support/native-sources.ts';

const { folder, remove } = temporaryFolder();
const program = join(folder, 'edges');
afterAll(remove);

beforeAll(() => {
  const options = ['-std=gnu++20', '-O1', '-Wall', '-Wextra', '-Werror', '-fno-exceptions', '-I', native];
  const sanitize = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
  const all = [join(import.meta.dirname, 'edges.cc'), ...searchSources()];
  execFileSync('g++', [...options, ...sanitize, '-o', program, ...all]);
}, 240_000);

// In whole jobs, what lies beyond a text can nearly always be read, and changes nothing.
test.each([{}, { MPICOUNT_TEST_BASIC_VECTORS: 'yes' }, { MPICOUNT_TEST_BY_GRAMS: 'yes' }])(
  'searches and counts do not look beyond the text %j',
  { timeout: 120_000 },
  (environment) => {
    const output = execFileSync(program, { env: { ...process.env, ...environment }, encoding: 'utf8' });
    const lists = [2, 3, 4, 7].flatMap((length) => [20, 400].map((count) => `${count} patterns of ${length} bytes`));
    expect(output).toBe('words: counted\n'.repeat(2) + lists.map((list) => `${list}: found all\n`).join(''));
  },
);
