import fc from 'fast-check';

const utf8 = (text: string): string[] => Array.from(text, (char) => Buffer.from(char).toString('latin1'));

/** The parts of texts. Their code points have long been in Unicode, or are not yet, since the C library may have an older version. */
const units = {
  ASCII: Array.from('aZ09.-~ \n\t\r\v\f'),
  'control characters': Array.from('a \n\0\x01\x1b\x7f\x1f\x0e\b'),
  spaces: utf8('aé \n\u00a0\u1680\u2000\u2007\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff'),
  letters: utf8('éßжשع愛한𐐀🜀 \n'),
  'not printable': utf8('aж愛 \n\u0085\u009f\u0378\u038b\u2028\ufffe\u{e0080}\u{10ffff}'),
  'broken characters': [
    ...utf8('a é愛\n\u3000'),
    ...[
      '\x80',
      '\xbf',
      '\xc2',
      '\xe3',
      '\xe3\x80',
      '\xf0\x9f\x9c',
      '\xc0\x80',
      '\xc1\xbf',
      '\xe0\x80\x80',
      '\xed\xa0\x80',
      '\xff',
    ],
    ...[
      '\xf4\x90\x80\x80',
      '\xf7\xbf\xbf\xbf',
      '\xf8\x88\x80\x80\x80',
      '\xfd\xbf\xbf\xbf\xbf\xbf',
      '\xf8\x80\x80\x80\x80',
      '\xfe',
    ],
  ],
  'any byte': Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)),
  lines: ['a\r\n', '\r\n', 'word\n', ' ', 'é\n'],
  'long gaps': [
    'a',
    ' ',
    '\0'.repeat(70),
    '\x80'.repeat(200),
    '\u0001',
    '\xe3\x80\x80',
    'a'.repeat(70),
    '\xe6\x84\x9b'.repeat(40),
  ],
};

/** Texts that are difficult to count lines, words and characters in, with up to `length` parts. */
export const wcTexts = (length: number): fc.Arbitrary<Buffer> =>
  fc
    .constantFrom(...Object.values(units))
    .chain((some) => fc.array(fc.constantFrom(...some), { maxLength: length, size: 'max' }))
    .map((all) => Buffer.from(all.join(''), 'latin1'));
