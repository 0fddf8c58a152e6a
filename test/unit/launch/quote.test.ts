import { execFileSync } from 'node:child_process';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { printable } from '../../../src/base/bytes.ts';
import { quoteWords } from '../../../src/launch/quote.ts';

test.each([
  ['love', 'love'],
  ['a b', "'a b'"],
  ["it's", "'it'\\''s'"],
  ['', "''"],
  ['~/x', "'~/x'"],
  ['\xc3\xa9', "'é'"],
  ['\xc2\xa0', "$'\\xc2\\xa0'"], // a no-break space
  ['\xe2\x80\x8b', "$'\\xe2\\x80\\x8b'"], // a zero width space
  ['\xef\xbb\xbfa', "$'\\xef\\xbb\\xbfa'"], // a byte order mark
  ['\xff', "$'\\xff'"],
  ['a\nb\\', "$'a\\x0ab\\\\'"],
])('%j is quoted as %s', (word, typed) => {
  expect(quoteWords([word])).toBe(typed);
});

test('bash reads quoted words as they were, also from a message', { timeout: 60_000 }, () => {
  const bytes = fc.string({ unit: fc.nat(254).map((code) => String.fromCharCode(code + 1)) });
  const text = fc.string({ unit: 'binary' }).filter((characters) => !characters.includes('\0'));
  const word = fc.oneof(
    bytes,
    text.map((characters) => Buffer.from(characters).toString('latin1')),
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
      const script = `printf '%s\\0' ${printable(Buffer.from(quoteWords(words)))}\n`;
      const printed = execFileSync('bash', { input: script, env: { LC_ALL: 'C' } });
      expect(printed.toString('latin1').split('\0').slice(0, -1)).toEqual(words);
    }),
    { numRuns: 50 },
  );
});
