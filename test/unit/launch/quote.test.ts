import { execFileSync } from 'node:child_process';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { quoteWords } from '../../../src/launch/quote.ts';

test.each([
  ['love', 'love'],
  ['a b', "'a b'"],
  ["it's", "'it'\\''s'"],
  ['', "''"],
  ['~/x', "'~/x'"],
  ['\xc3\xa9', "'\xc3\xa9'"],
  ['\xff', "$'\\xff'"],
  ['a\nb\\', "$'a\\x0ab\\\\'"],
])('%j is quoted as %s', (word, typed) => {
  expect(quoteWords([word])).toBe(typed);
});

test('bash reads quoted words as they were', { timeout: 60_000 }, () => {
  const word = fc.string({ unit: fc.nat(254).map((code) => String.fromCharCode(code + 1)) });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
      const script = Buffer.from(`printf '%s\\0' ${quoteWords(words)}\n`, 'latin1');
      const printed = execFileSync('bash', { input: script, env: { LC_ALL: 'C' } });
      expect(printed.toString('latin1').split('\0').slice(0, -1)).toEqual(words);
    }),
    { numRuns: 50 },
  );
});
