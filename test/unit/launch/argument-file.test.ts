import { readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';

import { needFile, readArguments, writeArguments } from '../../../src/launch/argument-file.ts';
import { LaunchError } from '../../../src/mpi/errors.ts';
import { temporaryFolder } from '../../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

let files = 0;
const newPath = () => Buffer.from(join(folder, String(files++)));

test.each([
  [Array<string>(500).fill('x'), false],
  [Array<string>(501).fill('x'), true],
  [['x'.repeat(65_535)], false],
  [['x'.repeat(65_536)], true],
])('words need a file if they are many or long, %#', (words, expected) => {
  expect(needFile(words)).toBe(expected);
});

test('arguments are read as they were written', () => {
  const word = fc.string({ unit: fc.nat(254).map((code) => String.fromCharCode(code + 1)) });
  fc.assert(
    fc.property(fc.array(word), (args) => {
      const path = newPath();
      writeArguments(path, args);
      expect(readArguments(path)).toEqual(args);
    }),
  );
});

test('the file is for its owner alone, and never an existing one', () => {
  const path = newPath();
  writeArguments(path, ['a']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(() => {
    writeArguments(path, ['b']);
  }).toThrow('file already exists');
  expect(readArguments(path)).toEqual(['a']);
});

const remedy = 'the log folder has to be on a file system that all nodes share';
test.each([
  ['no such file', () => undefined],
  [
    'it is incomplete',
    (path: Buffer) => {
      writeFileSync(path, '');
    },
  ],
  [
    'it is incomplete',
    (path: Buffer) => {
      writeArguments(path, ['a', 'b']);
      truncateSync(path, readFileSync(path).length - 2);
    },
  ],
  [
    'it is incomplete',
    (path: Buffer) => {
      writeFileSync(path, 'a\0b\0');
    },
  ],
  [
    'too many symbolic links',
    (path: Buffer) => {
      symlinkSync('/etc/hostname', path);
    },
  ],
])('what is no such file is refused: %s', (why, make) => {
  const path = newPath();
  make(path);
  expect(() => readArguments(path)).toThrow(
    new LaunchError(`${path.toString()}, in which mpicount launch left the arguments: ${why}; ${remedy}`),
  );
});
