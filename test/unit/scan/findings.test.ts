// What the scanner tells of texts beside their counts.
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { findingNames } from '../../../src/scan/findings.ts';
import { compilePatterns, type ScanOptions } from '../../../src/scan/patterns.ts';
import { temporaryFolder } from '../../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const file = join(folder, 'text');
const plain = { ignoreCase: false, word: false, overlapping: false };

/** The findings in a text in blocks of any size, by name, in any way that it can be read. */
async function find(content: string, options: ScanOptions = plain, pattern = 'caf', blockSize = content.length) {
  writeFileSync(file, Buffer.from(content, 'latin1'));
  const scanner = compilePatterns([Buffer.from(pattern)], options);
  const fd = openSync(file, 'r');
  const all: Record<string, number> = {};
  const ways = [];
  for (const chunk of [undefined, 4096]) {
    const found: Record<string, number> = {};
    for (let begin = 0; begin < content.length; begin += blockSize) {
      const end = Math.min(begin + blockSize, content.length);
      const { findings } = await scanner.countFileRanges([{ fd, fileSize: content.length, begin, end, chunk }]);
      for (const { finding, count } of findings) {
        const name = findingNames[finding] ?? '';
        found[name] = (found[name] ?? 0) + count;
      }
    }
    ways.push(found);
  }
  const { findings } = await scanner.countStream(fd);
  for (const { finding, count } of findings) all[findingNames[finding] ?? ''] = count;
  closeSync(fd);
  expect(ways).toEqual([all, all]);
  return all;
}

const json = '{"text": "love"}';

describe('a text is recognised by its first bytes', () => {
  test.each([
    ['gzip', '\x1f\x8b\x08\0 and so on'],
    ['zstd', '\x28\xb5\x2f\xfd and so on'],
    ['zstd', '\x50\x2a\x4d\x18 a frame to be skipped'],
    ['xz', '\xfd7zXZ\0 and so on'],
    ['bzip2', 'BZh91AY&SY and so on'],
    ['bzip2', 'BZh9\x17\x72\x45\x38\x50\x90'],
    ['lz4', '\x04\x22\x4d\x18 and so on'],
    ['lz4', '\x02\x21\x4c\x18 and so on'],
    ['zip', 'PK\x03\x04 and so on'],
    ['7z', '7z\xbc\xaf\x27\x1c and so on'],
    ['UTF-16', '\xff\xfel\0o\0'],
    ['UTF-16', '\xfe\xff\0l\0o'],
    ['UTF-32', '\xff\xfe\0\0l\0\0\0'],
    ['UTF-32', '\0\0\xfe\xff\0\0\0l'],
    ['UTF-16', 'l\0o\0v\0e\0'],
    ['UTF-16', '\0l\0o\0v\0e\0\n\0x\0y\0z\0\xe9'],
    ['UTF-16', 'l\0o\0v\0e\0 \0a\0n\0d\0\xff\xff'],
    ['UTF-32', 'l\0\0\0o\0\0\0'],
    ['UTF-32', '\0\0\0l\0\0\0o\0\0'],
    ['JSON lines', `${json}\n${json}\n`],
    ['JSON lines', `${json} \r\n{\n`],
    ['JSON lines', `{"text":"${'x'.repeat(60_000)}"}\n{"text":1}\n`],
  ])('%s, %#', async (name, content) => {
    expect(await find(content)).toEqual({ [name]: 1 });
    expect(await find(content, plain, 'x', 3)).toEqual({ [name]: 1 });
  });

  test.each([
    ['prose', 'love and hate\n'],
    ['nothing but one byte', 'B'],
    ['a word that begins like bzip2', 'BZh is no word\n'],
    ['gzip that is cut off', '\x1f\x8b'],
    ['UTF-8 with a byte order mark', '\xef\xbb\xbflove'],
    ['one JSON object', `${json}\n`],
    ['zero bytes alone', '\0'.repeat(100)],
    ['numbers of two bytes', '\x01\0\x02\0\x03\0\x04\0'],
    ['numbers of eight bytes', '!\0\0\0\0\0\0\0!\0\0\0\0\0\0\0'],
    ['letters between zero bytes, but few', 'l\0o\0v\0'],
    ['one JSON object over some lines', '{"a":\n{"b": 1}}\n'],
    ['gzip that is not at the start', 'x\x1f\x8b\x08\0'],
  ])('and not mistaken for one: %s', async (_name, content) => {
    expect(await find(content)).toEqual({});
  });
});

describe('with --word, occurrences beside non-ASCII characters are classified', () => {
  const word = { ...plain, word: true };
  test.each([
    ['Latin-1', 'caf\xe9 caf caf\xe9 \xe9caf', { besideOther: 3 }],
    ['UTF-8, part of a word', 'caf\xc3\xa9 caf', { besideCharacter: 1 }],
    ['UTF-8, no part of a word', '\xe2\x80\x9ccaf\xe2\x80\x9d', { besideCharacter: 1 }],
    ['both', 'caf\xe9 \xe2\x80\x9ccaf', { besideCharacter: 1, besideOther: 1 }],
    ['ASCII', 'caf,caf cafe', {}],
  ])('%s', async (_name, content, found) => {
    for (const blockSize of [content.length, 1, 5]) {
      expect(await find(content, word, 'caf', blockSize)).toEqual(found);
    }
    expect(await find(content)).toEqual({});
  });
});
