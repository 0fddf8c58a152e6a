import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { FileTable } from '../../../src/corpus/file-table.ts';
import { decodedFormats, fileStart, formatNumber } from '../../../src/corpus/file-format.ts';
import { withFormats } from '../../../src/corpus/tell-formats.ts';

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
    ['zstd', `${skipped(0)}\x04\x22\x4d\x18`],
    ['zstd', skipped(3).repeat(100)],
    [undefined, ''],
    [undefined, 'love'],
    [undefined, 'BZh9 is how a text may begin'],
    [undefined, '\x1f\x8b'],
    [undefined, '\xff\xfe\0\0'],
    ['zip', 'PK\x03\x04'],
    ['7z', '7z\xbc\xaf\x27\x1c'],
    [undefined, ' \x1f\x8b\x08'],
  ])('%s: %j', async (format, content) => {
    writeFileSync(path, content, 'latin1');
    expect((await fileStart(path)).format).toBe(format);
  });

  test('has a number, 0 for none', () => {
    expect([undefined, ...decodedFormats].map(formatNumber)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('the formats that are known before files are counted', () => {
  const gzip = '\x1f\x8b\x08\0';

  /** Returns the formats of files of these contents, in blocks of eight bytes. */
  async function formatsOf(contents: Readonly<Record<string, string>>, all = false, isEncoded = false) {
    const entries = Object.entries(contents);
    for (const [name, content] of entries) writeFileSync(join(folder, name), content, 'latin1');
    const files = FileTable.from(
      entries.map(([name, { length }]) => ({ path: Buffer.from(join(folder, name)), size: length, modified: 0n })),
    );
    const told = await withFormats(files, { blockSize: 8, blocks: Math.ceil(files.bytes / 8) }, { all, isEncoded });
    return Object.fromEntries(entries.map(([name], index) => [name, told.at(index).format]));
  }

  test('are those of files that are not in one block', async () => {
    expect(await formatsOf({ a: gzip, b: gzip, c: 'text', d: `${gzip}x`, e: 'text of more than a block' })).toEqual({
      a: undefined,
      b: undefined,
      c: undefined,
      d: 'gzip',
      e: undefined,
    });
  });

  test('are those of files with the name of a compressed file, whichever format it is', async () => {
    expect(await formatsOf({ 'a.gz': gzip, b: gzip, 'c.zst': gzip, 'd.txt': gzip, gz: gzip })).toEqual({
      'a.gz': 'gzip',
      b: undefined,
      'c.zst': 'gzip',
      'd.txt': undefined,
      gz: undefined,
    });
  });

  test('are those of all files, if they must be', async () => {
    expect(await formatsOf({ a: gzip, b: gzip, c: 'text' }, true)).toEqual({ a: 'gzip', b: 'gzip', c: undefined });
  });

  test('are undefined for text with a suffix that only looks like that of a compressed file', async () => {
    expect(await formatsOf({ 'corpus.br': 'ur skouer' })).toEqual({ 'corpus.br': undefined });
  });

  test('are those of text in an encoding, if it has no byte order mark', async () => {
    const long = ' and more than a block';
    const contents = { a: 'text', b: `text${long}`, c: `\xef\xbb\xbf${long}`, d: `\xff\xfe${long}`, e: gzip + long };
    expect(await formatsOf(contents, false, true)).toEqual({
      a: undefined,
      b: 'encoding',
      c: undefined,
      d: 'UTF-16',
      e: 'gzip',
    });
  });

  const notDecoded = 'which is not decoded; decode it first, or count its bytes as they are: --no-decompress';
  const damaged = 'restore it if it is damaged, or count its bytes as they are: --no-decompress';
  test.each([
    ['a.gz', 'text', `is not in the format gzip, which its name says; ${damaged}`],
    ['a.bz2', '', `is not in the format bzip2, which its name says; ${damaged}`],
    ['a.br', '\x0b\x01\x80', `is in the format brotli, ${notDecoded}`],
    ['a.Z', '\x1f\x9d', `is in the format compress, ${notDecoded}`],
    ['a', 'PK\x03\x04 and more', `is in the format zip, ${notDecoded}`],
    ['a.gz', '7z\xbc\xaf\x27\x1c', `is in the format 7z, ${notDecoded}`],
  ])('refuse %s with %j', async (name, content, message) => {
    await expect(formatsOf({ [name]: content })).rejects.toThrow(`${join(folder, name)}: ${message}`);
  });
});
