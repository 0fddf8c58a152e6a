import { expect, test } from 'vitest';

import { byteStrings } from '../../src/base/byte-strings.ts';
import { checkLimits, maxPatternBytes, maxPatterns } from '../../src/cli/lists/limits.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

const longest = Buffer.alloc(maxPatternBytes, 'x');

test.each([
  ['one of the longest', [longest]],
  ['as many bytes as are allowed', Array.from({ length: 64 }, () => longest)],
])('patterns are within the limits: %s', (_name, patterns) => {
  expect(() => {
    checkLimits([byteStrings(patterns)]);
  }).not.toThrow();
});

test('IDs are part of the bytes of the patterns', () => {
  const patterns = Array.from({ length: 63 }, () => longest);
  expect(() => {
    checkLimits([byteStrings(patterns)], [byteStrings([longest])]);
  }).not.toThrow();
  expect(() => {
    checkLimits([byteStrings(patterns)], [byteStrings([longest, Buffer.from('x')])]);
  }).toThrow(
    new UsageError(
      'the patterns and their IDs have 64000001 bytes, more than 64000000, the limit; count them in parts',
    ),
  );
});

test.each([
  [
    'one that is too long',
    [Buffer.alloc(maxPatternBytes + 1, 'x')],
    `the pattern '${'x'.repeat(40)}…' (1000001 bytes) is longer than 1000000 bytes, the limit`,
  ],
  [
    'too many bytes',
    [...Array.from({ length: 64 }, () => longest), Buffer.from('x')],
    'the patterns have 64000001 bytes, more than 64000000, the limit; count them in parts',
  ],
  [
    'too many patterns',
    Array<Buffer>(maxPatterns + 1).fill(Buffer.from('x')),
    '4000001 patterns are more than 4000000, the limit; count them in parts',
  ],
])('patterns are refused: %s', (_name, patterns, message) => {
  expect(() => {
    checkLimits([byteStrings(patterns)]);
  }).toThrow(new UsageError(message));
});
