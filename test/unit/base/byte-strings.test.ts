import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  byteStrings,
  findDifference,
  findLength,
  findRepeated,
  joined,
  stringAt,
  stringsOf,
} from '../../../src/base/byte-strings.ts';

// Short strings of few different bytes, so that many are the same.
const string = fc.array(fc.constantFrom(0, 0x0a, 0x61, 0xff), { maxLength: 3 }).map((bytes) => Buffer.from(bytes));
const strings = fc.array(string, { maxLength: 30 });
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('columns have the strings that they were made of', () => {
  fc.assert(
    fc.property(strings, fc.nat(40), (all, count) => {
      const columns = byteStrings(all);
      expect(columns.ends).toHaveLength(all.length);
      expect(Array.from(stringsOf(columns), hex)).toEqual(all.map(hex));
      expect(Array.from(stringsOf(columns, count), hex)).toEqual(all.slice(0, count).map(hex));
      for (const [index, each] of all.entries()) {
        expect(hex(stringAt(columns, index))).toBe(hex(each));
        expect(stringAt(columns, index)).toHaveLength(each.length);
      }
      expect(stringAt(columns, all.length)).toHaveLength(0);
      expect(findLength(columns, (length) => length === 2)).toBe(all.findIndex(({ length }) => length === 2));
    }),
  );
});

test('lists are joined one after the other', () => {
  fc.assert(
    fc.property(fc.array(strings, { maxLength: 5 }), (lists) => {
      expect(joined(lists.map(byteStrings))).toEqual(byteStrings(lists.flat()));
    }),
  );
});

test('the first string that differs is found', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(string, string), { maxLength: 20 }), fc.nat(20), (pairs, same) => {
      const one = pairs.map(([each]) => each);
      const other = pairs.map(([each, another], index) => (index < same ? each : another));
      const expected = one.findIndex((each, index) => hex(each) !== hex(other[index] ?? Buffer.of()));
      expect(findDifference(byteStrings(one), byteStrings(other))).toBe(expected);
    }),
  );
});

test('the first string that is there already is found, and where', () => {
  fc.assert(
    fc.property(strings, (all) => {
      const keys = all.map(hex);
      const index = keys.findIndex((key, at) => keys.indexOf(key) < at);
      const expected = index < 0 ? undefined : { index, before: keys.indexOf(keys[index] ?? '') };
      expect(findRepeated(byteStrings(all))).toEqual(expected);
    }),
  );
});

test('of many strings, the one that is there twice is found', () => {
  const all = Array.from({ length: 50_000 }, (_, index) => Buffer.from(`word${index}`));
  expect(findRepeated(byteStrings(all))).toBeUndefined();
  expect(findRepeated(byteStrings([...all, Buffer.from('word77')]))).toEqual({ index: 50_000, before: 77 });
});
