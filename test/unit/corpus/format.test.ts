import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { inspectFormat } from '../../../src/corpus/file-checks.ts';
import { fileFormat, formatNumber, decodedFormats } from '../../../src/corpus/format.ts';

const folder = mkdtempSync(join(tmpdir(), 'mpicount-format-'));
const path = Buffer.from(join(folder, 'file'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const skipped = (size: number) => `\x53\x2a\x4d\x18${String.fromCharCode(size)}\0\0\0${'x'.repeat(size)}`;

describe('the format of a file', () => {
  test.each([
    ['gzip', '\x1f\x8b\x08\0'],
    ['zstd', '\x28\xb5\x2f\xfd'],
    ['xz', '\xfd7zXZ\0'],
    ['bzip2', 'BZh91AY&SY'],
    ['bzip2', 'BZh1\x17rE8P\x90'],
    ['lz4', '\x04\x22\x4d\x18'],
    ['lz4', '\x02\x21\x4c\x18'],
    ['UTF-16', '\xff\xfel\0'],
    ['UTF-16', '\xfe\xff\0l'],
    ['UTF-16', '\xff\xfe'],
    ['zstd', skipped(3)],
    ['zstd', `${skipped(0)}${skipped(200)}\x28\xb5\x2f\xfd`],
    ['lz4', `${skipped(0)}${skipped(200)}\x04\x22\x4d\x18`],
    ['zstd', skipped(3).repeat(100)],
    [undefined, ''],
    [undefined, 'love'],
    [undefined, 'BZh9 is how a text may begin'],
    [undefined, '\x1f\x8b'],
    [undefined, '\xff\xfe\0\0'],
    [undefined, 'PK\x03\x04'],
    [undefined, ' \x1f\x8b\x08'],
  ])('%s: %j', async (format, content) => {
    writeFileSync(path, content, 'latin1');
    expect(fileFormat.sync(path)).toBe(format);
    expect(await fileFormat.async(path)).toBe(format);
    expect(inspectFormat.sync(path).format).toBe(format);
    expect((await inspectFormat.async(path)).format).toBe(format);
  });

  test('has a number, 0 for none', () => {
    expect([undefined, ...decodedFormats].map(formatNumber)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});
