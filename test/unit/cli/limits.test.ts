import { expect, test } from 'vitest';

import { checkLimits, maxPatternBytes, maxPatterns } from '../../../src/cli/lists/limits.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';

const longest = Buffer.alloc(maxPatternBytes, 'x');

test.each([
  ['one of the longest', [longest]],
  ['as many bytes as are allowed', Array.from({ length: 64 }, () => longest)],
])('patterns are within the limits: %s', (_name, patterns) => {
  expect(() => {
    checkLimits(patterns);
  }).not.toThrow();
});

test('IDs are part of the bytes of the patterns', () => {
  const patterns = Array.from({ length: 63 }, () => longest);
  expect(() => {
    checkLimits(patterns, [longest]);
  }).not.toThrow();
  expect(() => {
    checkLimits(patterns, [longest, Buffer.from('x')]);
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
    Array.from({ length: maxPatterns + 1 }, () => longest),
    '4000001 patterns are more than 4000000, the limit; count them in parts',
  ],
])('patterns are refused: %s', (_name, patterns, message) => {
  expect(() => {
    checkLimits(patterns);
  }).toThrow(new UsageError(message));
});
