import fc from 'fast-check';
import { expect, test } from 'vitest';

import { byteStrings } from '../../../src/base/byte-strings.ts';
import { bytesToJson, printableJson, rowSafe } from '../../../src/base/bytes.ts';
import { smallCounters } from '../../../src/tally/counters.ts';
import { PatternRows } from '../../../src/tally/pattern-rows.ts';

// These tests check that rows formatted from columns equal rows that are formatted from an object for each pattern.

// Parts of characters and characters that act on a terminal are frequent among these.
const pieces = ['a', '"', '\\', 'é', '愛', '😀', '\x01', '\t', '\x7f', '\x85', '\u061c', '\u200f', '\u2028', 'я'];
const bytes = fc
  .array(
    fc.oneof(
      fc.constantFrom(...pieces).map((text) => [...Buffer.from(text)]),
      fc.constantFrom([0xc3], [0xa9], [0xe2, 0x80], [0x8f], [0xff]),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => Buffer.from(parts.flat()));
const count = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: 0n, max: 20n }),
  fc.constantFrom(9n, 10n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n + 1n),
);
const rows = fc.record({
  rows: fc.array(fc.record({ pattern: bytes, id: bytes, count, inRecords: count }), { minLength: 1, maxLength: 9 }),
  hasIds: fc.boolean(),
  hasRecords: fc.boolean(),
});

const textOf = (parts: Iterable<string | Uint8Array>) =>
  Buffer.concat(Array.from(parts, (part) => Buffer.from(part))).toString('latin1');
const latin1 = (text: string | Uint8Array) => Buffer.from(text).toString('latin1');

test('rows of patterns are those of single patterns', () => {
  fc.assert(
    fc.property(rows, ({ rows, hasIds, hasRecords }) => {
      const named = {
        patterns: byteStrings(rows.map(({ pattern }) => pattern)),
        ...(hasIds && { ids: byteStrings(rows.map(({ id }) => id)) }),
      };
      const counts = [...rows.map(({ count }) => count), ...rows.map(({ inRecords }) => inRecords)];
      const counterAt = smallCounters(BigUint64Array.from(counts));
      const formatted = new PatternRows(named, hasRecords);

      const lines = rows.map(({ pattern, id, count, inRecords }) => {
        const names = hasIds ? [rowSafe(id), rowSafe(pattern)] : [pattern];
        return [count, ...(hasRecords ? [inRecords] : []), ...names.map(latin1)].join('\t');
      });
      expect(textOf(formatted.lines(counterAt))).toBe(`${lines.join('\n')}\n`);

      const json = (each: Buffer) => printableJson(JSON.stringify(bytesToJson(each)));
      const objects = rows.map(({ pattern, id, count, inRecords }) => {
        const records = hasRecords ? `,"records":${inRecords}` : '';
        return `{${hasIds ? `"id":${json(id)},` : ''}"pattern":${json(pattern)},"count":${count}${records}}`;
      });
      expect(textOf(formatted.json(rows.keys(), counterAt))).toBe(latin1(`[${objects.join(',')}]`));
      expect(textOf(formatted.json([], counterAt))).toBe('[]');
      expect(textOf(formatted.json([rows.length - 1], counterAt))).toBe(latin1(`[${objects.at(-1) ?? ''}]`));
    }),
    { numRuns: 500 },
  );
});

test('a character whose bytes are in two patterns is in neither', () => {
  const patterns = byteStrings([Buffer.from('a'), Buffer.of(0xc3), Buffer.of(0xa9, 0x61), Buffer.from('я')]);
  const json = [...new PatternRows({ patterns }, false).json([0, 1, 2, 3], () => 5)];
  const names = ['"a"', '{"base64":"ww=="}', '{"base64":"qWE="}', '"я"'];
  expect(textOf(json)).toBe(latin1(`[${names.map((name) => `{"pattern":${name},"count":5}`).join(',')}]`));
});

test('rows that are longer than a chunk are whole', () => {
  const patterns = ['a'.repeat(700_000), 'b'.repeat(65), ...Array.from({ length: 20_000 }, (_, index) => `c${index}`)];
  const formatted = new PatternRows({ patterns: byteStrings(patterns.map((each) => Buffer.from(each))) }, false);
  const parts = [...formatted.lines((index) => index)];
  expect(textOf(parts)).toBe(patterns.map((pattern, index) => `${index}\t${pattern}\n`).join(''));
  expect(parts.length).toBeGreaterThan(2);
  for (const { length } of parts.slice(1)) expect(length).toBeLessThan(256 * 1024);
});
