import { statSync } from 'node:fs';
import { constants } from 'node:os';

import { describe, expect, test } from 'vitest';

import { readFailure, writeFailure } from '../../../src/base/system-error.ts';

/** An error as Node makes it of a failed system call, also of one whose number it does not know. */
function systemError(name: keyof typeof constants.errno, knownToNode: boolean): NodeJS.ErrnoException {
  const errno = -constants.errno[name];
  const code = knownToNode ? name : `Unknown system error ${errno}`;
  return Object.assign(new Error(`${code}: as the system says it, read`), { errno, code });
}

describe.each([true, false])('a failed system call (its error number is known to Node: %s)', (known) => {
  test.each([
    ['ENOENT', 'no such file', 'there can be no such folder'],
    ['ENOTDIR', 'no such file (a part of its path is not a folder)', 'a part of the path is not a folder'],
    ['EACCES', 'permission denied', 'permission denied'],
    ['EPERM', 'permission denied', 'permission denied'],
    ['EIO', 'the disk or file system failed (I/O error)', 'the disk or file system failed (I/O error)'],
    [
      'ESTALE',
      'the file was replaced on the file server (stale file handle)',
      'the file was replaced on the file server (stale file handle)',
    ],
  ] as const)('%s is explained for reading and for writing', (name, reading, writing) => {
    expect(readFailure(systemError(name, known))).toBe(reading);
    expect(writeFailure(systemError(name, known))).toBe(writing);
  });

  test.each([
    ['EISDIR', 'it is a folder'],
    ['ELOOP', 'too many symbolic links'],
    ['ENAMETOOLONG', 'the name is too long'],
  ] as const)('%s is explained for reading', (name, reading) => {
    expect(readFailure(systemError(name, known))).toBe(reading);
  });

  test.each([
    ['ENOSPC', 'the disk is full'],
    ['EDQUOT', 'the disk quota is used up'],
    ['EROFS', 'the file system is read-only'],
    ['EPIPE', 'the reader has gone away'],
    ['EFBIG', 'the file is larger than is allowed'],
  ] as const)('%s is explained for writing', (name, writing) => {
    expect(writeFailure(systemError(name, known))).toBe(writing);
  });

  test("EXDEV is reported with the system's message", () => {
    const error = systemError('EXDEV', known);
    expect(readFailure(error)).toBe(error.message);
    expect(writeFailure(error)).toBe(error.message);
  });
});

test('an error that is not from a system call is reported with its own message', () => {
  expect(readFailure(new RangeError('too far'))).toBe('too far');
});

test('an error of a real system call is explained', () => {
  try {
    statSync('/proc/self/nothing');
    expect.unreachable();
  } catch (error) {
    expect(readFailure(error)).toBe('no such file');
  }
});
