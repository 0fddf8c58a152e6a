import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { GlobError, loadGlobs, Selection } from '../../../src/corpus/globs.ts';

const latin1 = (text: string) => Buffer.from(text).toString('latin1');
const bytes = (...globs: readonly (string | Buffer)[]) => globs.map((glob) => Buffer.from(glob));
const compile = await loadGlobs();
const including = (...globs: (string | Buffer)[]) => new Selection({ include: bytes(...globs), exclude: [] }, compile);
const excluding = (...globs: (string | Buffer)[]) => new Selection({ include: [], exclude: bytes(...globs) }, compile);

describe('a glob', () => {
  test.each<[glob: string, matched: string[], others: string[]]>([
    [
      '*.txt',
      ['a.txt', '.txt', '.a.txt', 'b/a.txt', 'b/c/.a.txt', 'a\nb.txt', 'é.txt'],
      ['a.txt.gz', 'a.TXT', 'atxt', 'a.txt/b'],
    ],
    ['/*.txt', ['a.txt'], ['b/a.txt']],
    ['./*.txt', ['a.txt'], ['b/a.txt']],
    ['b/*.txt', ['b/a.txt'], ['a.txt', 'c/b/a.txt', 'b/c/a.txt']],
    ['**/b/*.txt', ['b/a.txt', 'c/b/a.txt'], ['a.txt', 'b/c/a.txt']],
    ['b/**', ['b/a', 'b/c/.a'], ['b', 'c/b/a']],
    ['b/**/*.{gz,zst}', ['b/a.gz', 'b/c/d/a.zst'], ['b/a.xz', 'a.gz']],
    ['*.{tar.gz,tgz}', ['a.tgz', 'a.tar.gz'], ['a.gz']],
    ['part-?', ['part-1', 'part-é', 'part-😀'], ['part-', 'part-10']],
    ['[a-c]é', ['aé'], ['dé', 'ae']],
    ['[é]', ['é'], ['e', 'èé']],
    ['[!a]', ['b', 'é', '😀'], ['a', 'bb']],
    ['[^a]', ['b'], ['a']],
    ['{1..20000}', ['1', '20000'], ['0', '20001']],
    ['[[:digit:]]', ['7'], ['a']],
    ['a\\*', ['a*'], ['ab']],
    // Not what extended globs, regular expressions, and negated or commented ones would make of them.
    ['*(1).txt', ['a(1).txt', '(1).txt'], ['1.txt', 'a1.txt']],
    ['@(a)+', ['@(a)+'], ['a']],
    ['!a', ['!a'], ['b']],
    ['#a', ['#a'], ['a']],
    ['a|b', ['a|b'], ['a']],
    ['[a', ['[a'], ['a']],
    ['{a', ['{a'], ['a']],
  ])('%s', (glob, matched, others) => {
    const selection = including(glob);
    expect(matched.filter((path) => !selection.hasFile(latin1(path)))).toEqual([]);
    expect(others.filter((path) => selection.hasFile(latin1(path)))).toEqual([]);
  });

  test('compares names that are not UTF-8 byte by byte', () => {
    expect(including('caf?').hasFile('caf\xe9')).toBe(true);
    expect(including('caf??').hasFile('caf\xe9')).toBe(false);
    expect(including('*.txt').hasFile('b\xe9/caf\xe9.txt')).toBe(true);
    expect(including(Buffer.of(0xe9, 0x2a)).hasFile('\xe9t\xe9')).toBe(true);
    expect(including(Buffer.of(0xe9, 0x2a)).hasFile(latin1('été'))).toBe(false);
    expect(including(Buffer.from('[\xe0-\xef]', 'latin1')).hasFile('\xe9')).toBe(true);
    // The folder is not UTF-8, but a glob of names is about the name.
    expect(including('caf?').hasFile(`b\xe9/${latin1('café')}`)).toBe(true);
  });

  test('matches every name that it spells out', () => {
    const name = fc
      .uint8Array({ minLength: 1, maxLength: 12 })
      .map((array) => Buffer.from(array).toString('latin1').replace(/[\0/]/g, '_'))
      .filter((text) => text !== '.' && text !== '..');
    fc.assert(
      fc.property(name, name, (path, other) => {
        const escaped = Buffer.from(path.replace(/[*?[\]{}\\!,()^$|+@#-]/g, '\\$&'), 'latin1');
        const selection = including(escaped);
        expect(selection.hasFile(path)).toBe(true);
        expect(selection.hasFile(`sub/${path}`)).toBe(true);
        expect(selection.hasFile(other)).toBe(path === other);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a selection', () => {
  test('has the files of any --include and of no --exclude', () => {
    const selection = new Selection({ include: bytes('*.txt', '*.gz'), exclude: bytes('b*', '/c/d.txt') }, compile);
    const paths = ['a.txt', 'a.gz', 'a.zst', 'b.txt', 'x/b.gz', 'c/d.txt', 'x/c/d.txt'];
    expect(paths.filter((path) => selection.hasFile(path))).toEqual(['a.txt', 'a.gz', 'x/c/d.txt']);
  });

  test('has all folders but those of --exclude', () => {
    expect(including('*.txt').hasFolder('a')).toBe(true);
    const selection = excluding('a', 'b/', '/c/d', 'e/**');
    expect(
      ['a', 'x/a', 'b', 'x/b', 'c', 'c/d', 'x/c/d', 'e', 'e/f'].filter((path) => !selection.hasFolder(path)),
    ).toEqual(['a', 'x/a', 'b', 'x/b', 'c/d', 'e/f']);
  });

  test('takes a slash at the end for folders only', () => {
    expect(excluding('b/').hasFile('b')).toBe(true);
    expect(excluding('b').hasFile('b')).toBe(false);
  });
});

test.each<[string | Buffer, string]>([
  ['', "--include '': an empty glob matches nothing"],
  ['/', "--include '/': matches nothing below a folder"],
  ['./', "--include './': matches nothing below a folder"],
  ['b/', "--include 'b/': a slash at the end means folders, and --include is about files: write 'b/**'"],
  ['{a,b}'.repeat(10), `--include '${'{a,b}'.repeat(10)}': its braces stand for 1000 globs or more, the limit`],
  ['a'.repeat(2049), `--include '${'a'.repeat(2049)}': is longer than 2048 bytes, the limit`],
])('the glob %s is refused', (glob, message) => {
  expect(() => including(glob)).toThrow(GlobError);
  expect(() => including(glob)).toThrow(message);
});
