import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { chooseReading, readingByFolder } from '../../src/corpus/reading.ts';

const ext4 = 0xef53;
const nfs = 0x6969;
const lustre = 0x0bd00bd0;
const kibibyte = 1024;

describe('how to read a file', () => {
  test.each([
    ['auto', 'ext4', ext4, undefined],
    ['auto', 'NFS', nfs, 4096 * kibibyte],
    ['auto', 'Lustre', lustre, 4096 * kibibyte],
    ['auto', 'a file system that is not known', 1, 4096 * kibibyte],
    ['mmap', 'ext4', ext4, undefined],
    ['mmap', 'NFS', nfs, undefined],
    ['read', 'ext4', ext4, 128 * kibibyte],
    ['read', 'NFS', nfs, 4096 * kibibyte],
  ] as const)('%s on %s', (io, _name, type, chunk) => {
    for (const drop of [false, true]) expect(chooseReading(io, type, drop)).toEqual({ chunk, drop });
  });

  test('asks the file system of the folder; what is not there is read, which will tell', () => {
    const here = chooseReading('auto', statfsSync(tmpdir()).type, true);
    const readingOf = readingByFolder('auto', true);
    expect(readingOf(Buffer.from(join(tmpdir(), 'a')))).toEqual(here);
    expect(readingOf(Buffer.from(join(tmpdir(), 'b')))).toBe(readingOf(Buffer.from(join(tmpdir(), 'a'))));
    expect(readingOf(Buffer.from('/nowhere/at/all'))).toEqual({ chunk: 4096 * kibibyte, drop: true });
  });
});
