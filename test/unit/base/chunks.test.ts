import fc from 'fast-check';
import { expect, test } from 'vitest';

import { chunksOf } from '../../../src/base/chunks.ts';

const bytesOf = (parts: readonly (string | Uint8Array)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)));

test('chunks have the bytes of their parts in order, strings in UTF-8', () => {
  const part = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array());
  const repeated = fc
    .tuple(fc.array(part), fc.constantFrom(1, 1000))
    .map(([parts, times]) => Array.from({ length: times }, () => parts).flat());
  fc.assert(
    fc.property(repeated, (parts) => {
      expect(Buffer.concat([...chunksOf(parts)]).equals(bytesOf(parts))).toBe(true);
    }),
  );
});

test('chunks have some hundred kilobytes, a part that is longer is whole, and nothing is no chunk', () => {
  const sizes = (...parts: (string | Uint8Array)[]) => Array.from(chunksOf(parts), ({ length }) => length);
  expect(sizes()).toEqual([]);
  expect(sizes('', Buffer.of())).toEqual([]);
  expect(sizes(...Array.from({ length: 1000 }, () => Buffer.alloc(1024)))).toEqual([262144, 262144, 262144, 237568]);
  expect(sizes('a', Buffer.alloc(1_000_000), 'b')).toEqual([1, 1_000_000, 1]);
  expect(sizes('é'.repeat(200_000), '€'.repeat(10))).toEqual([400_030]);
});
