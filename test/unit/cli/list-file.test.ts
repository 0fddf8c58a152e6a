import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { stringsOf } from '../../../src/base/byte-strings.ts';
import { readListBytes } from '../../../src/cli/lists/list-bytes.ts';
import { readFileList, readPatternFile } from '../../../src/cli/lists/list-file.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';
import { InputError } from '../../../src/corpus/input-error.ts';
import { bundle } from '../../support/bundle.ts';
import { temporaryFolder } from '../../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const file = join(folder, 'words');

const latin1 = (each: Uint8Array) => Buffer.from(each).toString('latin1');

function read(content: string): string[] {
  writeFileSync(file, Buffer.from(content, 'latin1'));
  return Array.from(stringsOf(readPatternFile(Buffer.from(file)).patterns), latin1);
}

const compressed = [
  ['gzip', '\x1f\x8b\x08'],
  ['zstd', '\x28\xb5\x2f\xfd'],
  ['xz', '\xfd7zXZ\0'],
  ['bzip2', 'BZh91AY&SY'],
  ['lz4', '\x04\x22\x4d\x18'],
  ['zip', 'PK\x03\x04'],
] as const;

describe('the patterns of a file', () => {
  test.each(compressed)('may be the first bytes of a compressed file: %s', (_name, start) => {
    expect(read(start)).toEqual([start]);
    expect(read(`${start}\n`)).toEqual([start]);
    expect(read(`${start}\r\n`)).toEqual([start]);
  });

  test.each([
    ['are its lines, in order', 'love\nhate\nlove\n', ['love', 'hate', 'love']],
    ['may end without a newline', 'love\nhate', ['love', 'hate']],
    ['keep a carriage return inside a line', 'lo\rve\n', ['lo\rve']],
    ['keep spaces', ' love \n\t\n', [' love ', '\t']],
    ['may hold zero bytes', 'a\0b\n\0\n', ['a\0b', '\0']],
    ['need not be UTF-8', 'caf\xe9\n\xff\xfe\n', ['caf\xe9', '\xff\xfe']],
    ['may begin with a dash', '-e\n--\n', ['-e', '--']],
    ['keep a byte order mark that is not at the start', 'love\n\xef\xbb\xbflove\n', ['love', '\xef\xbb\xbflove']],
    ['begin after a byte order mark', '\xef\xbb\xbflove\n', ['love']],
    ['do not have the carriage returns of CR LF', 'love\r\nhate\r\n', ['love', 'hate']],
    ['nor where the last line just ends', 'love\r\nhate', ['love', 'hate']],
    ['nor after a byte order mark', '\xef\xbb\xbflove\r\n', ['love']],
    ['are decoded from UTF-16LE', '\xff\xfel\0\xe9\0\n\0', ['l\xc3\xa9']],
    ['are decoded from UTF-16BE', '\xfe\xff\0l\0\xe9\0\n', ['l\xc3\xa9']],
    ['are decoded from pairs of surrogates', '\xff\xfe\x3d\xd8\x00\xde', ['\xf0\x9f\x98\x80']],
    ['have no carriage returns in UTF-16 either', '\xff\xfea\0\r\0\n\0b\0\r\0\n\0', ['a', 'b']],
    ['may be one byte', 'x', ['x']],
  ])('%s', (_name, content, patterns) => {
    expect(read(content)).toEqual(patterns);
  });

  test('may be very many', () => {
    const words = Array.from({ length: 50_000 }, (_, index) => `word${index}`);
    expect(read(words.join('\n'))).toEqual(words);
  });

  test('are read from standard input', () => {
    const { path, remove } = bundle(`
      import { readPatternFile } from './src/cli/lists/list-file.ts';
      const { bytes, ends } = readPatternFile(Buffer.from('-')).patterns;
      console.log(JSON.stringify([Buffer.from(bytes).toString(), ...ends]));
    `);
    try {
      const output = execFileSync(process.execPath, [path], { input: '\ufefflove\r\nhate', timeout: 20_000 });
      expect(JSON.parse(output.toString())).toEqual(['lovehate', 4, 8]);
    } finally {
      remove();
    }
  });
});

test.each([
  ['nothing of an ordinary list', 'love\n', []],
  ['nothing of a byte order mark', '\xef\xbb\xbflove\n', []],
  ['carriage returns', 'love\r\nhate', ['every line ends in CR LF, and the CR is not taken as part of it']],
  [
    'a byte order mark at the start of a later line',
    '\xef\xbb\xbfa\nb\n\xef\xbb\xbfc\n\xef\xbb\xbfd\n',
    ['line 3 begins with a byte order mark, which is taken as part of it; were lists joined?'],
  ],
  [
    'two byte order marks at the start',
    '\xef\xbb\xbf\xef\xbb\xbfa\n',
    ['line 1 begins with a byte order mark, which is taken as part of it; were lists joined?'],
  ],
  [
    'a byte order mark in the middle of UTF-16',
    '\xff\xfea\0\n\0\xff\xfeb\0\n\0',
    ['line 2 begins with a byte order mark, which is taken as part of it; were lists joined?'],
  ],
  ['zero bytes', 'a\0b\n\0\n', ['zero bytes in it are counted as parts of the patterns']],
  [
    'Latin-1',
    'a\n\xc3\xa9\nstra\xdfe\n\xe9\n',
    ['line 3 is not valid UTF-8 and is counted as it is; if the texts are UTF-8, convert the list to UTF-8 first'],
  ],
])('a pattern file results in notes about %s', (_name, content, notes) => {
  writeFileSync(file, Buffer.from(content, 'latin1'));
  expect(readPatternFile(Buffer.from(file)).notes).toEqual(notes.map((note) => `${file}: ${note}`));
});

describe('a pattern file is refused', () => {
  const alike = 'end all lines in LF, or all in CR LF';
  const empty = 'and an empty pattern is nowhere and everywhere; remove it';
  test.each([
    ['empty', '', 'no pattern in it; write one a line'],
    ['only a newline', '\n', `line 1 is empty, ${empty}`],
    ['an empty line at the start', '\nlove\n', `line 1 is empty, ${empty}`],
    ['an empty line in the middle', 'love\n\nhate\n', `line 2 is empty, ${empty}`],
    ['an empty line at the end', 'love\nhate\n\n', `line 3 is empty, ${empty}`],
    ['an empty line that ends in CR LF', 'love\r\n\r\n', `line 2 is empty, ${empty}`],
    ['only a byte order mark', '\xef\xbb\xbf', 'no pattern in it; write one a line'],
    ['a line in CR LF after one in LF', 'love\n\r\nhate\n', `line 2 ends in CR LF, line 1 in LF; ${alike}`],
    ['a line in LF after some in CR LF', 'a\r\nb\r\nc\n', `line 3 ends in LF, line 1 in CR LF; ${alike}`],
    ['a last line in CR', 'a\r\nb\r', `line 2 ends in CR, line 1 in CR LF; ${alike}`],
    ['a last line in CR after one in LF', 'a\nb\r', `line 2 ends in CR, line 1 in LF; ${alike}`],
    ['lines in CR CR LF', 'a\r\r\nb\r\r\n', `line 1 ends in CR CR LF; ${alike}`],
    ['lines in CR', 'love\rhate\r', 'has carriage returns, but no newline; end each line with a newline'],
    ['mixed ends in UTF-16', '\xff\xfea\0\n\0b\0\r\0\n\0', `line 2 ends in CR LF, line 1 in LF; ${alike}`],
    ['UTF-32LE', '\xff\xfe\0\0a\0\0\0', 'is UTF-32; save it as UTF-8'],
    ['UTF-32BE', '\0\0\xfe\xff\0\0\0a', 'is UTF-32; save it as UTF-8'],
    ['half a pair of surrogates', '\xff\xfea\0\n\0\x3d\xd8b\0', 'line 2 is not valid UTF-16'],
    ['the wrong half of a pair, big endian', '\xfe\xff\xde\x00\0b', 'line 1 is not valid UTF-16'],
    ['half a character of UTF-16', '\xff\xfea\0\n\0b', 'line 2 is not valid UTF-16: it is cut off'],
    ...compressed.map(([kind, start]): [string, string, string] => [
      kind,
      `${start}\xff\n\x80\n`,
      `is compressed (${kind}); decompress it first`,
    ]),
    ['UTF-16LE without a mark', 'a\0\n\0', 'looks like UTF-16 without a byte order mark; save it as UTF-8'],
    ['UTF-16BE without a mark', '\0l\0\xe9', 'looks like UTF-16 without a byte order mark; save it as UTF-8'],
  ])('%s', (_name, content, what) => {
    expect(() => read(content)).toThrow(UsageError);
    expect(() => read(content)).toThrow(new UsageError(`${file}: ${what}`));
  });

  test('a missing file', () => {
    const missing = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.of(0xe9)]);
    const message = `cannot read the patterns: no such file`;
    expect(() => readPatternFile(missing)).toThrow(new InputError(missing, message));
    expect(() => readPatternFile(missing)).toThrow(`${folder}/caf\\xe9: ${message}`);
  });

  test('a folder', () => {
    mkdirSync(join(folder, 'words.d'));
    const path = Buffer.from(join(folder, 'words.d'));
    expect(() => readPatternFile(path)).toThrow(InputError);
    expect(() => readPatternFile(path)).toThrow(`${folder}/words.d: cannot read the patterns: it is a folder`);
  });
});

describe('a pattern file with IDs', () => {
  const readIds = (content: string) => {
    writeFileSync(file, Buffer.from(content, 'latin1'));
    const { ids, patterns } = readPatternFile(Buffer.from(file), true);
    const shown = [...stringsOf(patterns)].map(latin1);
    return ids && Array.from(stringsOf(ids), (id, index) => [latin1(id), shown[index]]);
  };

  test.each([
    [
      'has an ID before each pattern',
      'g1\tACGT\ng2\tTTT\n',
      [
        ['g1', 'ACGT'],
        ['g2', 'TTT'],
      ],
    ],
    ['has bytes on both sides', 'caf\xe9\x01\t\xff a \n', [['caf\xe9\x01', '\xff a ']]],
    [
      'may end in CR LF',
      'a\tb\r\nc\td\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'may have a pattern several times',
      'a\tx\nb\tx',
      [
        ['a', 'x'],
        ['b', 'x'],
      ],
    ],
  ])('%s', (_name, content, expected) => {
    expect(readIds(content)).toEqual(expected);
  });

  test.each([
    ['a line without a tab', 'a\tb\nc d\n', 'line 2 has no tab; with --ids, a line is ID<TAB>PATTERN'],
    ['an empty line', 'a\tb\n\nc\td\n', 'line 2 has no tab; with --ids, a line is ID<TAB>PATTERN'],
    ['an empty ID', '\tb\n', 'line 1 has an empty ID; write one before the tab'],
    ['an empty pattern', 'a\tb\nb\t\n', 'line 2 has an empty pattern, which is nowhere and everywhere; remove it'],
    [
      'a third column',
      'a\tb\tgene\n',
      'line 1 has several tabs; with --ids, a line is ID<TAB>PATTERN, and neither has a tab',
    ],
    ['no line', '', 'no pattern in it; write one a line'],
  ])('is refused with %s', (_name, content, what) => {
    expect(() => readIds(content)).toThrow(new UsageError(`${file}: ${what}`));
  });
});

describe('a list of files', () => {
  const list = (content: string): string[] => {
    writeFileSync(file, Buffer.from(content, 'latin1'));
    return Array.from(readFileList(Buffer.from(file)), (name) => name.toString('latin1'));
  };

  test.each([
    ['has one name a line', 'a\n/b/c d\n', ['a', '/b/c d']],
    ['may end without a newline', 'a\nb', ['a', 'b']],
    ['may name a file twice', 'a\na\n', ['a', 'a']],
    ['may have zero bytes between names, which then may hold newlines', 'a\nb\0c\0', ['a\nb', 'c']],
    ['need not be UTF-8', 'caf\xe9\n', ['caf\xe9']],
    ['begins after a byte order mark', '\xef\xbb\xbfa\n', ['a']],
    ['may have lines that end in CR LF', 'a\r\nb\r\n', ['a', 'b']],
    ['has carriage returns as parts of names between zero bytes', 'a\r\0b\r\n\0', ['a\r', 'b\r\n']],
    ['may have names of one letter between zero bytes', 'a\0b\0', ['a', 'b']],
    ['may be UTF-16', '\xff\xfea\0\r\0\n\0', ['a']],
  ])('%s', (_name, content, names) => {
    expect(list(content)).toEqual(names);
  });

  test.each([
    ['that is empty', '', 'no file name in it; write one a line'],
    ['with an empty line', 'a\n\nb\n', 'name 2 in it is empty; remove it'],
    ['with mixed line ends', 'a\nb\r\n', 'line 2 ends in CR LF, line 1 in LF; end all lines in LF, or all in CR LF'],
    ['in UTF-16 without a mark', 'a\0\n\0', 'looks like UTF-16 without a byte order mark; save it as UTF-8'],
    ['with an empty name', 'a\0\0', 'name 2 in it is empty; remove it'],
  ])('%s is refused', (_name, content, what) => {
    expect(() => list(content)).toThrow(new UsageError(`${file}: ${what}`));
  });

  test('is refused when it is missing', () => {
    const missing = Buffer.from(join(folder, 'nothing'));
    expect(() => readFileList(missing)).toThrow(new InputError(missing, 'cannot read the list of files: no such file'));
  });
});

describe('an endless list is refused at its limit', () => {
  test('as a list of patterns', () => {
    expect(() => readPatternFile(Buffer.from('/dev/zero'))).toThrow(
      new UsageError('/dev/zero: more than 64000000 bytes, the limit for the patterns'),
    );
  });

  test('as a list of files', () => {
    expect(() => readListBytes(Buffer.from('/dev/zero'), 'the list of files', 100_000)).toThrow(
      new UsageError('/dev/zero: more than 100000 bytes, the limit for the list of files'),
    );
  });
});

test.each([
  ['as long as the limit', 'x'.repeat(100), 100],
  ['longer than the room it is first read into', 'x'.repeat(300_000), 300_000],
  ['in UTF-16 twice as long', `\xff\xfe${'x\0'.repeat(50)}`, 51],
])('a list %s is read whole', (_name, content, limit) => {
  writeFileSync(file, Buffer.from(content, 'latin1'));
  expect(readListBytes(Buffer.from(file), 'the patterns', limit).toString('latin1')).toBe(content);
  expect(() => readListBytes(Buffer.from(file), 'the patterns', limit - 1)).toThrow(UsageError);
});

test('an empty standard input is distinguished from a missing list', () => {
  const path = Buffer.from('/dev/fd/987');
  const message =
    'cannot read the patterns: no such open file: a launcher does not pass on what the shell opens for <(...); save it to a file';
  expect(() => readPatternFile(path)).toThrow(new InputError(path, message));
});
