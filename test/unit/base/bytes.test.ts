import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { bytesFromJson, bytesToJson, printable, rowSafe } from '../../../src/base/bytes.ts';

const anyBytes = fc.uint8Array({ maxLength: 40 });
const utf8 = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text));
// Mostly text with some other bytes in it, as in real files.
const mixed = fc.array(fc.oneof(utf8, anyBytes), { maxLength: 4 }).map((parts) => Buffer.concat(parts));
const bytes = fc.oneof(anyBytes, utf8, mixed);

describe('bytes in JSON', () => {
  test('survive a round trip', () => {
    fc.assert(
      fc.property(bytes, (original) => {
        const json = JSON.stringify(bytesToJson(original));
        const back = bytesFromJson(JSON.parse(json) as ReturnType<typeof bytesToJson>);
        expect(back.equals(original)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['nothing', [], ''],
    ['ASCII', [0x6c, 0x6f], 'lo'],
    ['UTF-8', [0xc3, 0xa9], 'é'],
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
    ['the zero byte', [0], '\0'],
    ['the replacement character', [0xef, 0xbf, 0xbd], '\ufffd'],
    ['Latin-1', [0xe9], { base64: '6Q==' }],
    ['a character cut off', [0x61, 0xe2, 0x84], { base64: 'YeKE' }],
    ['a surrogate', [0xed, 0xa0, 0x80], { base64: '7aCA' }],
  ])('%s', (_name, original, json) => {
    expect(bytesToJson(Uint8Array.from(original))).toEqual(json);
  });
});

describe('printable bytes', () => {
  const hidden =
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/u;
  test('contain no control characters', () => {
    fc.assert(
      fc.property(bytes, (original) => {
        expect(printable(original)).not.toMatch(hidden);
      }),
      { numRuns: 1000 },
    );
  });

  test('show visible UTF-8 as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!hidden.test(text));
        expect(printable(Buffer.from(text))).toBe(text);
      }),
    );
  });

  test('show every other byte as an escape', () => {
    const control = fc
      .constantFrom(0x07, 0x1b, 0x7f, 0x85, 0x9b, 0x202e, 0x2028)
      .map((code) => String.fromCharCode(code));
    const controls = control.map((text) => Buffer.from(text));
    fc.assert(
      fc.property(fc.oneof(bytes, controls), (original) => {
        fc.pre(!original.includes(0x5c)); // a backslash is shown as it is
        const parts = printable(original).split(/\\x([0-9a-f]{2})/);
        const back = parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part) : Buffer.from(part, 'hex')));
        expect(Buffer.concat(back).toString('hex')).toBe(Buffer.from(original).toString('hex'));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['a newline and a tab', 'a\nb\tc', 'a\\x0ab\\x09c'],
    ['an escape sequence', '\x1b[31mred', '\\x1b[31mred'],
    ['a control character beyond ASCII', 'a\u009bb', 'a\\xc2\\x9bb'],
    ['a change of direction', 'a\u202eb', 'a\\xe2\\x80\\xaeb'],
    ['a line separator', 'a\u2028b', 'a\\xe2\\x80\\xa8b'],
    ['a byte order mark', '\ufefflove', '\\xef\\xbb\\xbflove'],
    ['a blank without width', 'a\u200bb', 'a\\xe2\\x80\\x8bb'],
    ['a blank that does not break, and one that does', 'a\u00a0b c', 'a\\xc2\\xa0b c'],
    ['a soft hyphen', 'a\u00adb', 'a\\xc2\\xadb'],
    ['a variation selector', 'a\ufe0f', 'a\\xef\\xb8\\x8f'],
    ['a filler that counts as a letter', '\u3164', '\\xe3\\x85\\xa4'],
    ['delete', '\x7f', '\\x7f'],
    ['letters of all kinds', 'ﬁancé Ελλάς 愛 😀 don’t', 'ﬁancé Ελλάς 愛 😀 don’t'],
  ])('%s', (_name, text, shown) => {
    expect(printable(Buffer.from(text))).toBe(shown);
  });

  test('bytes that are not UTF-8', () => {
    expect(printable(Buffer.from('caf\xe9 \x1b!', 'latin1'))).toBe('caf\\xe9 \\x1b!');
    expect(printable(Buffer.of(0x00, 0xff))).toBe('\\x00\\xff');
  });
});

describe('bytes in a row of text', () => {
  test.each([
    ['an escape sequence', '\x1b[31mred', '\\x1b[31mred'],
    ['a control character beyond ASCII', 'a\u009b31m', 'a\\xc2\\x9b31m'],
    ['a change of direction', 'a\u202eb', 'a\\xe2\\x80\\xaeb'],
    ['a line separator', 'a\u2028b', 'a\\xe2\\x80\\xa8b'],
  ])('are escaped if there is %s', (_name, text, shown) => {
    expect(rowSafe(Buffer.from(text)).toString()).toBe(shown);
  });

  test.each(['ﬁancé 愛 😀', 'a\u00a0b', 'a\u200cb', ''])('are as they are otherwise: %j', (text) => {
    expect(rowSafe(Buffer.from(text)).toString()).toBe(text);
  });

  test('need not be UTF-8', () => {
    const latin1 = Buffer.from('caf\xe9', 'latin1');
    expect(rowSafe(latin1)).toEqual(latin1);
    expect(rowSafe(Buffer.from('caf\xe9\x1b', 'latin1')).toString()).toBe('caf\\xe9\\x1b');
  });
});
