import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

import { compilePatterns } from '../../src/scan/patterns.ts';
import { referenceCounts, referenceLines } from './reference.ts';

/** Tests with texts that are long enough for vectors; the same for every kind of processor. */
export function testVectors(): void {
  const folder = mkdtempSync(join(tmpdir(), 'mpicount-vectors-'));
  const file = openSync(join(folder, 'text'), 'w+');
  afterAll(() => {
    closeSync(file);
    rmSync(folder, { recursive: true });
  });

  const count = async (
    text: Buffer,
    patterns: Buffer[],
    options: Parameters<typeof referenceCounts>[2],
    cut = 0,
    records?: 'line',
  ) => {
    ftruncateSync(file, 0);
    writeSync(file, text, 0, text.length, 0);
    const scanner = compilePatterns(patterns, options, records);
    const [one, other] = await Promise.all([
      scanner.countFileRange(file, text.length, 0, cut),
      scanner.countFileRange(file, text.length, cut, text.length, { windowSize: 170, chunk: 64 }),
    ]);
    return Array.from(one.counts, (number, i) => number + (other.counts[i] ?? 0n));
  };

  // Units whose variants differ in length (s and k), of several bytes, that overlap themselves, and that are no characters.
  const alphabets = ['ab', 'aA', 'skSK\u017f\u212a', 'éÉß', 'пП р', 'ks a.'].map((units) => Array.from(units));
  const cases = (most: number) =>
    fc.constantFrom(...alphabets).chain((units) => {
      const string = (least: number, most: number) =>
        fc
          .array(fc.constantFrom(...units), { minLength: least, maxLength: most, size: 'max' })
          .map((all) => all.join(''));
      return fc.record({
        text: fc.array(string(0, 150), { minLength: 1, maxLength: 9, size: 'max' }).map((lines) => lines.join('\n')),
        patterns: fc.array(fc.oneof(string(1, 2), string(1, 6), string(4, 9), string(15, 20)), {
          minLength: 1,
          maxLength: most,
          size: 'max',
        }),
        broken: fc.boolean(),
        cut: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        options: fc.record({ ignoreCase: fc.boolean(), word: fc.boolean(), overlapping: fc.boolean() }),
      });
    });

  // A pattern that is alone, sets of few that are looked for by the bits of their bytes, and of many that are looked up.
  test.each([
    [1, 1500],
    [12, 600],
    [150, 200],
  ])('any text and up to %d patterns, like the reference', { timeout: 120_000 }, async (most, numRuns) => {
    await fc.assert(
      fc.asyncProperty(cases(most), async ({ text, patterns, broken, cut, options }) => {
        const bytes = Buffer.from(text).subarray(broken ? 1 : 0);
        const literals = patterns.map((pattern) => Buffer.from(pattern));
        const wanted = referenceCounts(bytes, literals, options);
        const at = Math.floor(cut * bytes.length);
        expect(await count(bytes, literals, options, at)).toEqual(wanted);
        const lines = referenceLines(bytes, literals, options)(0, bytes.length);
        expect(await count(bytes, literals, options, at, 'line')).toEqual([...wanted, ...lines]);
      }),
      { numRuns },
    );
  });

  // Such as names of files or identifiers: their beginning tells nothing.
  test('patterns that begin alike, like the reference', { timeout: 120_000 }, async () => {
    const ends = Array.from('abK0 \u017fé');
    const lists = fc.constantFrom('https://www.', 'SKY0000000000000000', 'ßßßßßß').chain((start) => {
      const end = fc.array(fc.constantFrom(...ends), { minLength: 1, maxLength: 12, size: 'max' });
      const name = fc
        .tuple(fc.constantFrom(start, start.toLowerCase(), ''), end)
        .map(([head, rest]) => head + rest.join(''));
      return fc.record({
        text: fc.array(name, { maxLength: 150, size: 'max' }),
        more: fc.array(end, { maxLength: 40, size: 'max' }).map((all) => all.map((rest) => start + rest.join(''))),
        options: fc.record({ ignoreCase: fc.boolean(), word: fc.boolean(), overlapping: fc.boolean() }),
      });
    });
    await fc.assert(
      fc.asyncProperty(lists, async ({ text, more, options }) => {
        const bytes = Buffer.from(text.join(''));
        const patterns = [...text.slice(0, 60), ...more].map((pattern) => Buffer.from(pattern));
        const cut = Math.floor(bytes.length / 2);
        expect(await count(bytes, patterns, options, cut)).toEqual(referenceCounts(bytes, patterns, options));
      }),
      { numRuns: 150, endOnFailure: true },
    );
  });

  // So many that their first bytes are looked up by hashes: of two, three or four bytes, and, where few are shorter, of six.
  test.each([
    [2, 2],
    [3, 3],
    [2, 12],
    [5, 20],
  ])('a long list of %d to %d characters of a text, like the reference', { timeout: 120_000 }, async (min, max) => {
    const letters = Array.from('abcdefghijklmnopqrstuvwxyzKS\u017f\u212aéп .\n');
    const slice = fc.record({
      from: fc.nat({ max: 1900 }),
      length: fc.integer({ min, max }),
      upper: fc.boolean(),
    });
    const lists = fc.record({
      text: fc.array(fc.constantFrom(...letters), { minLength: 1000, maxLength: 5000, size: 'max' }),
      slices: fc.array(slice, { minLength: 400, maxLength: 600, size: 'max' }),
      options: fc.record({ ignoreCase: fc.boolean(), word: fc.boolean(), overlapping: fc.boolean() }),
    });
    await fc.assert(
      fc.asyncProperty(lists, async ({ text, slices, options }) => {
        const patterns = slices.flatMap(({ from, length, upper }) => {
          const found = text
            .slice(from % text.length)
            .slice(0, length)
            .join('')
            .replaceAll('\n', '');
          return found === '' ? [] : Buffer.from(upper ? found.toUpperCase() : found);
        });
        const bytes = Buffer.from(text.join(''));
        const cut = Math.floor(bytes.length * 0.8);
        const lines = referenceLines(bytes, patterns, options)(0, bytes.length);
        const wanted = [...referenceCounts(bytes, patterns, options), ...lines];
        expect(await count(bytes, patterns, options, cut, 'line')).toEqual(wanted);
      }),
      { numRuns: 25, endOnFailure: true }, // to shrink such lists takes minutes
    );
  });

  // More than a byte's worth of occurrences at each place of a vector.
  describe.each(['a', 'ab', 'abc', 'abcd', 'abcde'])('nothing but %s', (pattern) => {
    test.each([false, true])('ignoring case: %s', async (ignoreCase) => {
      for (const times of [1000, 33_333]) {
        const text = Buffer.from(pattern.repeat(times));
        const options = { ignoreCase, word: false, overlapping: false };
        // What is before the cut is counted in one window, and what is after it in many.
        for (const cut of [111, text.length - 111]) {
          expect(await count(text, [Buffer.from(pattern)], options, cut)).toEqual([BigInt(times)]);
        }
      }
    });
  });
}
