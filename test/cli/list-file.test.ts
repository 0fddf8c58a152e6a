import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { readFileList, readPatternFile } from '../../src/cli/list-file.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { InputError } from '../../src/corpus/errors.ts';
import { bundle } from '../support/bundle.ts';
import { temporaryFolder } from '../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const file = join(folder, 'words');

function read(content: string): string[] {
  writeFileSync(file, Buffer.from(content, 'latin1'));
  return readPatternFile(Buffer.from(file)).map((pattern) => pattern.toString('latin1'));
}

describe('the patterns of a file', () => {
  test.each([
    ['are its lines, in order', 'love\nhate\nlove\n', ['love', 'hate', 'love']],
    ['may end without a newline', 'love\nhate', ['love', 'hate']],
    ['keep a carriage return', 'love\r\nhate\r\n', ['love\r', 'hate\r']],
    ['keep a carriage return alone', 'love\n\r\nhate\n', ['love', '\r', 'hate']],
    ['keep spaces', ' love \n\t\n', [' love ', '\t']],
    ['may hold zero bytes', 'a\0b\n\0\n', ['a\0b', '\0']],
    ['need not be UTF-8', 'caf\xe9\n\xff\xfe\n', ['caf\xe9', '\xff\xfe']],
    ['may begin with a dash', '-e\n--\n', ['-e', '--']],
    ['keep a byte order mark', '\xef\xbb\xbflove\n', ['\xef\xbb\xbflove']],
    ['may be one byte', 'x', ['x']],
  ])('%s', (_name, content, patterns) => {
    expect(read(content)).toEqual(patterns);
  });

  test('may be many', () => {
    const words = Array.from({ length: 50_000 }, (_, index) => `word${index}`);
    expect(read(words.join('\n'))).toEqual(words);
  });

  test('may come from standard input', () => {
    const { path, remove } = bundle(`
      import { readPatternFile } from './src/cli/list-file.ts';
      console.log(JSON.stringify(readPatternFile(Buffer.from('-')).map(String)));
    `);
    try {
      const output = execFileSync(process.execPath, [path], { input: 'love\r\nhate', timeout: 20_000 });
      expect(JSON.parse(output.toString())).toEqual(['love\r', 'hate']);
    } finally {
      remove();
    }
  });
});

describe('a pattern file is refused', () => {
  const empty = 'and an empty pattern is nowhere and everywhere; remove it';
  test.each([
    ['empty', '', 'no pattern in it; write one a line'],
    ['only a newline', '\n', `line 1 is empty, ${empty}`],
    ['an empty line at the start', '\nlove\n', `line 1 is empty, ${empty}`],
    ['an empty line in the middle', 'love\n\nhate\n', `line 2 is empty, ${empty}`],
    ['an empty line at the end', 'love\nhate\n\n', `line 3 is empty, ${empty}`],
  ])('%s', (_name, content, what) => {
    expect(() => read(content)).toThrow(UsageError);
    expect(() => read(content)).toThrow(new UsageError(`${file}: ${what}`));
  });

  test('missing', () => {
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
  ])('%s', (_name, content, names) => {
    expect(list(content)).toEqual(names);
  });

  test.each([
    ['that is empty', '', 'no file name in it; write one a line'],
    ['with an empty line', 'a\n\nb\n', 'name 2 in it is empty; remove it'],
    ['with an empty name', 'a\0\0', 'name 2 in it is empty; remove it'],
  ])('%s is refused', (_name, content, what) => {
    expect(() => list(content)).toThrow(new UsageError(`${file}: ${what}`));
  });

  test('that is missing is refused', () => {
    const missing = Buffer.from(join(folder, 'nothing'));
    expect(() => readFileList(missing)).toThrow(new InputError(missing, 'cannot read the list of files: no such file'));
  });
});
