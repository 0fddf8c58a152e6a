import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { temporaryFolder } from '../support/job.ts';
import { native } from '../support/native-sources.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

// In whole jobs, what a mapping does with a file that loses its end depends on when it does.
test('a mapped file that loses its end is an error that names the place', { timeout: 120_000 }, () => {
  const program = join(folder, 'mapped');
  const options = ['-std=gnu++20', '-O1', '-Wall', '-Wextra', '-Werror', '-fno-exceptions', '-I', native];
  const sources = ['mapped_source.cc', 'fault.cc'].map((name) => join(native, 'source', name));
  execFileSync('g++', [...options, '-o', program, join(import.meta.dirname, 'mapped.cc'), ...sources, '-pthread']);
  expect(execFileSync(program, [join(folder, 'text')], { encoding: 'utf8' }).split('\n')).toEqual([
    'whole: sum 0, confirmed',
    'longer: sum 0, confirmed',
    'cut to a page: sum 0, error 0 at 1 pages and 0',
    // The end of its last page reads as zeros: the comparison of sizes in src/corpus/changes.ts notices it.
    'cut within a page: sum 0, error 0 at 2 pages and 0',
    'cut to whole pages: sum 0, error 0 at 2 pages and 0',
    'cut, and as long as before again: sum 0, error 5 at 2 pages and 0',
    'emptied: sum 0, error 0 at 0 pages and 0',
    'elsewhere: the handler that was there before',
    '',
  ]);
});
