import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { temporaryFolder } from '../support/job.ts';
import { native } from '../support/native-sources.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

/** Builds the program of that name with some files of native/source. @returns What it prints, as lines. */
function run(name: string, sources: readonly string[]): string[] {
  const program = join(folder, name);
  const options = ['-std=gnu++20', '-O1', '-Wall', '-Wextra', '-Werror', '-fno-exceptions', '-I', native];
  const all = [join(import.meta.dirname, `${name}.cc`), ...sources.map((source) => join(native, 'source', source))];
  execFileSync('g++', [...options, '-o', program, ...all, '-pthread']);
  return execFileSync(program, [join(folder, 'text')], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');
}

// In whole jobs, what a mapping does with a file that loses its end depends on when it does.
test('a mapped file that loses its end is an error that names the place', { timeout: 120_000 }, () => {
  expect(run('mapped', ['mapped_source.cc', 'fault.cc'])).toEqual([
    'whole: sum 0, confirmed',
    'longer: sum 0, confirmed',
    'cut to a page: sum 0, error 0 at 1 pages and 0',
    // The end of its last page reads as zeros: the comparison of sizes in src/corpus/changes.ts notices it.
    'cut within a page: sum 0, error 0 at 2 pages and 0',
    'cut to whole pages: sum 0, error 0 at 2 pages and 0',
    'cut, and as long as before again: sum 0, error 5 at 2 pages and 0',
    'emptied: sum 0, error 0 at 0 pages and 0',
    'elsewhere: the handler that was there before',
  ]);
});

// The decoders themselves are tested in test/decode; here, how they are given bytes, and what becomes of their errors.
test('a decoder gets the bytes that it waits for, and lost bytes are not damage', { timeout: 120_000 }, () => {
  const whole = [1, 5, 300].flatMap((group) =>
    [1, 7, 4096].map((chunk) => `groups of ${group}, ${chunk} at a time: whole`),
  );
  expect(run('decoded', ['decoded_source.cc', 'mapped_source.cc', 'fault.cc'])).toEqual([
    ...whole,
    "groups of 5, 4096 at a time: not read at 4096, '', again",
    "groups of 1, 4096 at a time: fault at 8195, 'is damaged', again",
  ]);
});
