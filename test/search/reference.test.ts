// The reference itself, on examples that were worked out by hand from what mpicount promises.
import { describe, expect, test } from 'vitest';
import { referenceBlockCounts, referenceCounts, type ReferenceOptions } from './reference.ts';

const exact: ReferenceOptions = { ignoreCase: false, word: false, overlapping: false };
const ignoreCase = { ...exact, ignoreCase: true };
const word = { ...exact, word: true };
const overlapping = { ...exact, overlapping: true };

const count = (text: string | Buffer, pattern: string | Buffer, options: ReferenceOptions): number =>
  Number(referenceCounts(Buffer.from(text), [Buffer.from(pattern)], options)[0]);

test.each([
  ['patterns are literal', 'a.b axb', 'a.b', exact, 1],
  ['occurrences do not overlap', 'aaaaa', 'aa', exact, 2],
  ['unless asked for', 'aaaaa', 'aa', overlapping, 4],
  ['case counts', 'Love love', 'love', exact, 1],
  ['unless ignored', 'Love love LOVE', 'love', ignoreCase, 3],
  ['the Kelvin sign is a k', 'kK\u212a', 'k', ignoreCase, 3],
  ['the long s is an s', 'sSſ', 'S', ignoreCase, 3],
  ['ß is ẞ and not ss', 'ßẞss', 'ß', ignoreCase, 2],
  ['İ is alone', 'İiIı', 'i', ignoreCase, 2],
  ['a part of a word', 'lovely', 'love', word, 0],
  ['beside punctuation', '(love) love, love', 'love', word, 3],
  ['beside an underscore or digit', '_love love7', 'love', word, 0],
  ['beside a letter of two bytes', 'élove loveé', 'love', word, 0],
  ['beside half a letter', Buffer.from('\xc3 love\xc3', 'latin1'), 'love', word, 1],
  ['beside a letter in Latin-1', Buffer.from('love\xe9', 'latin1'), 'love', word, 1],
  ['the word rule is applied first', 'aa aa', 'a', word, 0],
  ['and then non-overlapping ones are taken', 'ba a a a a', 'a a', word, 2],
  ['what fails does not use up its bytes', 'xa a a', 'a a', word, 1],
  ['a byte of a letter as pattern', 'é', Buffer.from('\xa9', 'latin1'), word, 0],
  ['the same without the word rule', 'é', Buffer.from('\xa9', 'latin1'), ignoreCase, 1],
])('%s', (_name, text, pattern, options, expected) => {
  expect(count(text, pattern, options)).toBe(expected);
});

describe('the seam rule', () => {
  const shares = (text: string, pattern: string, options: ReferenceOptions, cuts: readonly number[]): number[] => {
    const edges = [0, ...cuts, text.length];
    return edges.slice(1).map((end, i) => {
      return Number(referenceBlockCounts(Buffer.from(text), [Buffer.from(pattern)], options, edges[i]!, end)[0]);
    });
  };

  test('an occurrence belongs to the block in which it starts', () => {
    expect(shares('love love', 'love', exact, [2, 6])).toEqual([1, 1, 0]);
  });
  test('a run belongs to the block of its first byte', () => {
    expect(shares('aaaaaa', 'aa', exact, [1, 3])).toEqual([3, 0, 0]);
    expect(shares('xaaax', 'aa', exact, [2])).toEqual([1, 0]);
  });
  test('adjacent occurrences are separate runs', () => {
    expect(shares('abab', 'ab', exact, [2])).toEqual([1, 1]);
    expect(shares('aaaa', 'a', exact, [1, 2, 3])).toEqual([1, 1, 1, 1]);
  });
  test('with --overlapping, every occurrence is counted', () => {
    expect(shares('aaaaaa', 'aa', overlapping, [1, 3])).toEqual([1, 2, 2]);
  });
  test('an occurrence that fails the word rule does not join a run', () => {
    expect(shares('aa a a', 'a a', word, [2])).toEqual([0, 1]);
    expect(shares('a a a', 'a a', word, [2])).toEqual([1, 0]);
  });
});
