import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

import { Scanner } from '../../src/scan/scanner.ts';
import { referenceCounts } from './reference.ts';

/** Tests of one pattern in texts that are long enough for vectors; the same for every kind of processor. */
export function testVectors(): void {
  const folder = mkdtempSync(join(tmpdir(), 'mpicount-vectors-'));
  const file = openSync(join(folder, 'text'), 'w+');
  afterAll(() => {
    closeSync(file);
    rmSync(folder, { recursive: true });
  });

  const count = async (text: Buffer, pattern: Buffer, options: Parameters<typeof referenceCounts>[2], cut = 0) => {
    ftruncateSync(file, 0);
    writeSync(file, text, 0, text.length, 0);
    const scanner = await Scanner.compile([pattern], options);
    const [one, other] = await Promise.all([
      scanner.countBlock(file, text.length, 0, cut, { windowSize: 300 }),
      scanner.countBlock(file, text.length, cut, text.length, { windowSize: 170, chunk: 64 }),
    ]);
    return (one.counts[0] ?? 0n) + (other.counts[0] ?? 0n);
  };

  // Units whose variants differ in length (s and k), of several bytes, that overlap themselves, and that are no characters.
  const alphabets = ['ab', 'aA', 'skSK\u017f\u212a', 'éÉß', 'пП р', 'ks a.'].map((units) => Array.from(units));
  const cases = fc.constantFrom(...alphabets).chain((units) => {
    const string = (least: number, most: number) =>
      fc
        .array(fc.constantFrom(...units), { minLength: least, maxLength: most, size: 'max' })
        .map((all) => all.join(''));
    return fc.record({
      text: string(60, 700),
      pattern: fc.oneof(string(1, 2), string(1, 6), string(15, 20)),
      broken: fc.boolean(),
      cut: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      options: fc.record({ ignoreCase: fc.boolean(), word: fc.boolean(), overlapping: fc.boolean() }),
    });
  });

  test('any text and pattern, like the reference', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ text, pattern, broken, cut, options }) => {
        const bytes = Buffer.from(text).subarray(broken ? 1 : 0);
        const literal = Buffer.from(pattern);
        const wanted = referenceCounts(bytes, [literal], options)[0];
        expect(await count(bytes, literal, options, Math.floor(cut * bytes.length))).toBe(wanted);
      }),
      { numRuns: 1500 },
    );
  });

  // More than a byte's worth of occurrences at each place of a vector.
  describe.each(['a', 'ab', 'abc', 'abcd', 'abcde'])('nothing but %s', (pattern) => {
    test.each([false, true])('ignoring case: %s', async (ignoreCase) => {
      for (const times of [1000, 33_333]) {
        const text = Buffer.from(pattern.repeat(times));
        const options = { ignoreCase, word: false, overlapping: false };
        expect(await count(text, Buffer.from(pattern), options, 777)).toBe(BigInt(times));
      }
    });
  });
}
