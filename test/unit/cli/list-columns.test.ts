import fc from 'fast-check';
import { expect, test } from 'vitest';

import { stringsOf } from '../../../src/base/byte-strings.ts';
import { parseList } from '../../../src/cli/lists/list-text.ts';
import { splitIds } from '../../../src/cli/lists/pattern-ids.ts';

const path = Buffer.from('list');
const shown = (each: Uint8Array) => Buffer.from(each).toString('latin1');

const line = fc
  .array(fc.constantFrom('a', 'b', '\t', ' ', '\xff'), { maxLength: 4 })
  .map((letters) => letters.join(''));
const list = fc.record({
  lines: fc.array(line, { maxLength: 20 }),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  endsLast: fc.boolean(),
});

test('the columns of a list are its lines, as they are when it is split into strings', () => {
  fc.assert(
    fc.property(list, ({ lines, lineEnd, endsLast }) => {
      const text = lines.join(lineEnd) + (endsLast && lines.length > 0 ? lineEnd : '');
      // What follows the last line end is a line if it has any bytes.
      const expected = text.split(lineEnd);
      if (expected.at(-1) === '') expected.pop();
      const parsed = parseList(Buffer.from(text, 'latin1'), path, 'contents');
      expect(Array.from(stringsOf(parsed.columns()), shown)).toEqual(expected);
      expect(Array.from(parsed, shown)).toEqual(expected);
    }),
  );
});

test('the columns of a list with zero bytes between the names are the names', () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 20 }), (names) => {
      const parsed = parseList(Buffer.from(`${names.join('\0')}\0`, 'latin1'), path, 'separators');
      expect(Array.from(stringsOf(parsed.columns()), shown)).toEqual(names);
    }),
  );
});

test('IDs and patterns are what stands before and after the tab of each line', () => {
  const word = fc
    .array(fc.constantFrom('a', 'b', ' ', '\xff'), { minLength: 1, maxLength: 4 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 20 }), (pairs) => {
      const text = pairs.map((pair) => pair.join('\t')).join('\n');
      const { ids, patterns } = splitIds(parseList(Buffer.from(text, 'latin1'), path, 'contents').columns(), path);
      expect(Array.from(stringsOf(ids), shown)).toEqual(pairs.map(([id]) => id));
      expect(Array.from(stringsOf(patterns), shown)).toEqual(pairs.map(([, pattern]) => pattern));
    }),
  );
});
