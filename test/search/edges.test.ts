import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { packageRoot } from '../../src/base/package.ts';
import { temporaryFolder } from '../support/job.ts';

const { folder, remove } = temporaryFolder();
const program = join(folder, 'edges');
afterAll(remove);

beforeAll(() => {
  const scan = join(packageRoot, 'native', 'scan');
  const sources = readdirSync(scan).filter((name) => name.endsWith('.cc') && name !== 'addon.cc');
  const options = ['-std=gnu++20', '-O1', '-Wall', '-Wextra', '-Werror', '-fno-exceptions', '-I', scan];
  const sanitize = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
  const all = [join(import.meta.dirname, 'edges.cc'), ...sources.map((name) => join(scan, name))];
  execFileSync('g++', [...options, ...sanitize, '-o', program, ...all]);
}, 240_000);

// In whole jobs, what lies beyond a text can nearly always be read, and changes nothing.
test.each([{}, { MPICOUNT_TEST_BASIC_VECTORS: 'yes' }])(
  'searches of lists do not look beyond the text %j',
  { timeout: 120_000 },
  (environment) => {
    const output = execFileSync(program, { env: { ...process.env, ...environment }, encoding: 'utf8' });
    const lists = [2, 3, 4, 7].flatMap((length) => [20, 400].map((count) => `${count} patterns of ${length} bytes`));
    expect(output).toBe(lists.map((list) => `${list}: found all\n`).join(''));
  },
);
