import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';

import { fit, maxColumns, tableLines } from '../../../src/report/text/columns.ts';
import { shownBytes, shownDuration, shownRate, shownSeconds } from '../../../src/report/units.ts';

test.each([
  ['whale', 5, 'whale'],
  ['whales', 5, 'whal…'],
  ['鯨鯨鯨', 5, '鯨鯨…'],
  ['鯨鯨鯨', 6, '鯨鯨鯨'],
  ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
])('fit(%j, %i) is %j', (text, columns, expected) => {
  expect(fit(text, columns)).toBe(expected);
});

test('a text that is cut fits, and begins as the text', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 100 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 30 }), (whole, columns) => {
      const cut = fit(whole, columns);
      expect(stringWidth(cut)).toBeLessThanOrEqual(columns);
      expect(cut === whole || (cut.endsWith('…') && whole.startsWith(cut.slice(0, -1)))).toBe(true);
    }),
  );
});

test('a long name with any number of marks takes no more room than its columns', () => {
  expect(fit(`a${'\u0301'.repeat(5000)}`, 10).length).toBeLessThanOrEqual(81);
});

test('a table aligns numbers to the right, and cuts names at the last column of 80', () => {
  const columns = [
    { head: 'count', isNumber: true },
    { head: 'kind', isNumber: false },
    { head: 'name', isNumber: false },
  ];
  const lines = tableLines(columns, [
    ['7', 'a', 'x'],
    ['1234567', 'word', 'y'.repeat(100)],
  ]);
  expect(lines).toEqual(['  count kind name', '      7 a    x', `1234567 word ${'y'.repeat(66)}…`]);
  expect(lines[2]).toHaveLength(maxColumns);
});

test('numbers for a person take at most eight characters', () => {
  expect([0, 1023, 1024, 102_400, 1_048_063, 5 * 2 ** 40].map(shownBytes)).toEqual([
    '0 B',
    '1023 B',
    '1.0 KiB',
    '100 KiB',
    '1023 KiB',
    '5.0 TiB',
  ]);
  expect([0, 0.004, 9.99, 10, 999.94, 12_345.6].map(shownSeconds)).toEqual([
    '0.00',
    '0.00',
    '9.99',
    '10.0',
    '999.9',
    '12346',
  ]);
  expect([0.04, 59, 61, 125, 5000, 200_000].map(shownDuration)).toEqual([
    '0.0 s',
    '59.0 s',
    '61 s',
    '2 min',
    '1 h 23 min',
    '2 d 7 h',
  ]);
  expect([shownRate(2 ** 30, 2), shownRate(1, 0)]).toEqual(['512 MiB/s', '-']);
});
