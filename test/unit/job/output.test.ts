import { describe, expect, test } from 'vitest';

import { joinPath, OutputError } from '../../../src/job/durable/output-error.ts';

describe('a write error', () => {
  test.each([
    ['ENOSPC', 'the disk is full'],
    ['EDQUOT', 'the disk quota is used up'],
    ['EACCES', 'permission denied'],
    ['EPERM', 'permission denied'],
    ['EROFS', 'the file system is read-only'],
    ['ENOENT', 'there can be no such folder'],
    ['ENOTDIR', 'a part of the path is not a folder'],
    ['EPIPE', 'the reader has gone away'],
    ['EIO', 'the disk or file system failed (I/O error)'],
    ['EFBIG', 'the file is larger than is allowed'],
    ['EXDEV', "EXDEV: as the system says it, write 'x'"],
  ])('is explained: %s', (code, reason) => {
    const cause = Object.assign(new Error(`${code}: as the system says it, write 'x'`), { code });
    const write = () =>
      OutputError.guard(Buffer.from('logs/a\n'), () => {
        throw cause;
      });
    expect(write).toThrow(OutputError);
    expect(write).toThrow(expect.objectContaining({ message: `cannot write logs/a\\x0a: ${reason}`, cause }));
  });

  test('is absent when the call returns its result', () => {
    expect(OutputError.guard(Buffer.from('x'), () => 7)).toBe(7);
  });
});

test('a path may have a folder whose name is not UTF-8', () => {
  expect([...joinPath(Buffer.of(0x61, 0xff), 'é')]).toEqual([0x61, 0xff, 0x2f, 0xc3, 0xa9]);
});
