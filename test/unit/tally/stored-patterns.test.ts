import fc from 'fast-check';
import { expect, test } from 'vitest';

import { byteStrings } from '../../../src/base/byte-strings.ts';
import { decodePatterns, encodePatterns } from '../../../src/tally/stored-patterns.ts';

const bytes = (...excluded: number[]) =>
  fc.uint8Array({ minLength: 1, maxLength: 4 }).filter((each) => !excluded.some((byte) => each.includes(byte)));

test('patterns are read as they were written, whatever bytes are in them', () => {
  fc.assert(
    fc.property(fc.array(bytes(0x0a)), (all) => {
      const named = { patterns: byteStrings(all) };
      expect(decodePatterns(encodePatterns(named), false)).toEqual(named);
    }),
  );
});

test('so are IDs and patterns', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(bytes(0x0a, 0x09), bytes(0x0a, 0x09))), (pairs) => {
      const named = {
        patterns: byteStrings(pairs.map(([, pattern]) => pattern)),
        ids: byteStrings(pairs.map(([id]) => id)),
      };
      expect(decodePatterns(encodePatterns(named), true)).toEqual(named);
    }),
  );
});

test('a line is a pattern, or an ID, a tab and a pattern', () => {
  const patterns = byteStrings(['a\tb', '\r'].map((each) => Buffer.from(each)));
  expect(Buffer.from(encodePatterns({ patterns })).toString()).toBe('a\tb\n\r\n');
  const ids = byteStrings(['1', '2'].map((each) => Buffer.from(each)));
  expect(Buffer.from(encodePatterns({ patterns, ids })).toString()).toBe('1\ta\tb\n2\t\r\n');
});

test.each([
  ['a last line that is cut', 'a\nb', false],
  ['a line without a tab', 'a\tb\nc\n', true],
  ['an empty line', 'a\tb\n\n', true],
  ['an empty ID', '\tb\n', true],
  ['an empty pattern', 'a\t\n', true],
  ['two tabs', 'a\tb\tc\n', true],
])('%s is refused', (_name, contents, hasIds) => {
  expect(() => decodePatterns(Buffer.from(contents), hasIds)).toThrow(TypeError);
});
