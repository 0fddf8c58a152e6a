import { describe, expect, test } from 'vitest';

import { FileTable } from '../../../src/corpus/file-table.ts';
import { groupNotes } from '../../../src/job/notes/group-notes.ts';
import { groupingBy } from '../../../src/tally/grouping.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const input = (sizes: Record<string, number>) => {
  const files = Object.entries(sizes).map(([path, size]) => ({ path: bytes(path), size, modified: 0n }));
  return { files, streams: [bytes('-'), bytes('pipe')], bytes: files.reduce((sum, { size }) => sum + size, 0) };
};

test('the groups by file have the names of the files and streams, in order', () => {
  const grouping = groupingBy('file');
  expect(grouping.ofFiles?.keyOf(bytes('a'), 17)).toBe(17);
  const nameOf = grouping.namesIn(input({ none: 0, a: 10, empty: 0, 'also empty': 0, b: 5, '\xe9': 1, last: 0 }));
  expect([0, 10, 15, 16, 17].map((key) => Buffer.from(nameOf(key)).toString('latin1'))).toEqual([
    'a',
    'b',
    '\xe9',
    '-',
    'pipe',
  ]);
});

describe('the groups by path', () => {
  test.each([
    ['the first capture group', 'path:/(\\w+)/', 'corpus/news/2019/a', 'news'],
    ['nothing, if it does not match', 'path:^(x)', 'a/x', ''],
    ['nothing, if the group takes no part', 'path:(x)?a', 'a', ''],
    ['nothing, if the group is empty', 'path:(x?)a', 'a', ''],
    ['another group only if it is the first that captures', 'path:(?:a|b)(c)(d)', 'bcd', 'c'],
    ['a group with a name', 'path:(?<source>[^/]+)$', 'a/b.txt', 'b.txt'],
    ['characters of UTF-8', 'path:^(.)', Buffer.from('élan').toString('latin1'), '\xc3\xa9'],
    ['classes of characters', 'path:(\\p{Lu})', Buffer.from('aÉb').toString('latin1'), '\xc3\x89'],
    ['a colon', 'path::(.)', 'a:b', 'b'],
    ['bytes of what is not UTF-8', 'path:/(.+)$', 'a/caf\xe9', 'caf\xe9'],
    ['a line break', 'path:a(\\n)', 'a\nb', '\n'],
  ])('are %s', (_name, by, path, name) => {
    const grouping = groupingBy(by);
    const key = grouping.ofFiles!.keyOf(bytes(path), 3);
    expect(key).toBe(name);
    expect(Buffer.from(grouping.namesIn(input({}))(key)).toString('latin1')).toBe(name);
  });
});

test('the groups by a field have their keys as names, and no file tells them', () => {
  const grouping = groupingBy('jsonl:meta.source');
  expect(grouping.ofFiles).toBeUndefined();
  expect(Buffer.from(grouping.namesIn(input({ a: 1 }))('caf\xe9')).toString('latin1')).toBe('caf\xe9');
});

test.each([
  ['path', 'is none of file, path:REGEX, jsonl:FIELD'],
  ['files', 'is none of file, path:REGEX, jsonl:FIELD'],
  ['', 'is none of file, path:REGEX, jsonl:FIELD'],
  ['jsonl:', 'has an empty name; FIELD is the name of a member, or names joined by dots'],
  ['jsonl:a..b', 'has an empty name; FIELD is the name of a member, or names joined by dots'],
  ['path:', 'has no capture group: put the part that names a group in parentheses'],
  ['path:a(?:b)', 'has no capture group: put the part that names a group in parentheses'],
  ['path:(?=a)', 'has no capture group: put the part that names a group in parentheses'],
  ['path:(', 'has no valid regular expression: /(/u: Unterminated group'],
  ['path:(\\y)', 'has no valid regular expression: /(\\y)/u: Invalid escape'],
])('no grouping: %j', (by, what) => {
  expect(() => groupingBy(by)).toThrow(new Error(what));
});

test('a note tells of files whose path does not match', () => {
  const table = (...paths: string[]) =>
    FileTable.from(paths, (path) => ({ path: bytes(path), size: 1, modified: 0n, inode: undefined }));
  const grouping = groupingBy('path:^(a)');
  const notes = (files: FileTable, streams: string[] = []) => groupNotes(grouping, files, streams.map(bytes));
  expect(notes(table('a', 'ab'))).toEqual([]);
  expect(notes(table('a', 'b\x1b'))).toEqual([
    '--by: 1 of 2 files does not match, and is in the group with the empty name (the first: b\\x1b)',
  ]);
  expect(notes(table('a', 'b', 'c'), ['-'])).toEqual([
    '--by: 3 of 4 files do not match, and are in the group with the empty name (the first: b)',
  ]);
  expect(notes(table(), ['-'])).toHaveLength(1);
  expect(groupNotes(groupingBy('file'), table('b'))).toEqual([]);
  expect(groupNotes(undefined, table('b'))).toEqual([]);
});
