// Lines of JSON lines, as strings of bytes (latin1), so that a counterexample can be read and pasted.
import fc from 'fast-check';

/** The paths to look under. */
export const paths = [['text'], ['text'], ['a'], ['a'], ['meta', 'text'], ['é', '"'], ['', 'a', 'text']] as const;

const keys = [...new Set(paths.flat())];
const utf8 = (text: string): string => Buffer.from(text).toString('latin1');

/** A part of a string, between its quotes. */
const parts = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'a',
      'love ',
      'lo',
      've',
      '/',
      "'",
      utf8('é'),
      utf8('愛'),
      utf8('𐐀'),
      ' ',
      '{',
      ']',
      ',',
      ':',
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        '"',
        '\\',
        '/',
        'b',
        'f',
        'n',
        'r',
        't',
        'u0061',
        'u00e9',
        'u00E9',
        'u611b',
        'ud801\\udc00',
        'u0000',
        'u000a',
        'u2028',
      )
      .map((escape) => `\\${escape}`),
  },
  // Surrogates that are alone or in the wrong order.
  {
    weight: 1,
    arbitrary: fc.constantFrom('\\ud800', '\\udbff', '\\udc00', '\\uDFFF', '\\ud800\\', '\\ud800\\u', '\\ud800\\u0041'),
  },
  // Bytes that are not UTF-8, and the UTF-8 of what does not end a line.
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '\xff',
      '\xe9',
      '\xc3',
      '\xa9',
      '\xed\xa0\x80',
      '\x80',
      '\x7f',
      utf8('\u2028'),
      utf8('\ufeff'),
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }).map((length) => 'x'.repeat(length)) },
);
/** What no string may contain. */
const wrongParts = fc.constantFrom(
  '\t',
  '\x00',
  '\x1f',
  '\r',
  '"',
  '\\',
  '\\x',
  '\\u12',
  '\\u12g4',
  '\\U0041',
  '\\u 123',
  "\\'",
);

const strings = fc.array(parts, { maxLength: 6 }).map((all) => `"${all.join('')}"`);
const brokenStrings = fc
  .tuple(fc.array(parts, { maxLength: 4 }), wrongParts, fc.array(parts, { maxLength: 4 }))
  .map(([before, wrong, after]) => `"${[...before, wrong, ...after].join('')}"`);

const numbers = fc.constantFrom(
  '0',
  '-0',
  '1',
  '-12',
  '0.5',
  '1e5',
  '1E-5',
  '12.25e+10',
  '1e999',
  '9'.repeat(400),
  `0.${'1'.repeat(70)}`,
);
const wrongValues = fc.constantFrom(
  '01',
  '-',
  '.5',
  '1.',
  '1e',
  '1e+',
  '+1',
  '0x1',
  'NaN',
  'Infinity',
  '-Infinity',
  'nul',
  'nulll',
  'TRUE',
  'undefined',
  "'a'",
  '',
  '1 2',
  '\x0b',
  utf8('\u00a0'),
  utf8('\ufeff1'),
);
const words = fc.constantFrom('true', 'false', 'null');
const space = fc.constantFrom('', '', '', ' ', '\t', '\r', '  \t');

/** A key: as it is, or with one character as an escape. */
const names = fc.oneof(
  fc.constantFrom(...keys).map((key) => `"${utf8(key.replaceAll('"', '\\"'))}"`),
  fc
    .constantFrom(...keys)
    .map((key) => `"${Array.from(key, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`),
  strings,
);

const { value } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    { weight: 4, arbitrary: strings },
    { weight: 1, arbitrary: numbers },
    { weight: 1, arbitrary: words },
    { weight: 2, arbitrary: tie('object') },
    { weight: 1, arbitrary: tie('array') },
  ),
  object: fc.array(fc.tuple(names, space, space, tie('value'), space), { maxLength: 4 }).map((members) => {
    return `{${members.map(([name, before, after, of, last]) => `${name}${before}:${after}${of}${last}`).join(',')}}`;
  }),
  array: fc
    .array(fc.tuple(space, tie('value'), space), { maxLength: 3 })
    .map((values) => `[${values.map((of) => of.join('')).join(',')}]`),
}));

/** Objects whose members have the names of the paths, so that most have a field. */
const objects = fc
  .array(fc.tuple(fc.constantFrom('text', 'text', 'a', ...keys), space, fc.oneof(strings, strings, value)), {
    minLength: 1,
    maxLength: 4,
  })
  .map(
    (members) =>
      `{${members.map(([key, before, of]) => `"${utf8(key.replaceAll('"', '\\"'))}"${before}:${of}`).join(',')}}`,
  );

const nested = fc
  .tuple(fc.constantFrom(...paths), fc.oneof(strings, value), fc.option(value))
  .map(([path, of, more]) => {
    const name = (key: string) => `"${utf8(key.replaceAll('"', '\\"'))}"`;
    return path.reduceRight(
      (inner, key) => `{${name(key)}:${inner}${more === null ? '' : `,${name(key)}x:${more}`.replace('"x', 'x"')}}`,
      of,
    );
  });

const deep = fc
  .tuple(fc.constantFrom('[', '{"a":', '[{"text":'), fc.integer({ min: 60, max: 200 }), strings)
  .map(([open, times, of]) => {
    const close = Array.from(open, (char) => (char === '[' ? ']' : char === '{' ? '}' : ''))
      .reverse()
      .join('');
    return `{"text":"x","a":${open.repeat(times)}${of}${close.repeat(times)}}`;
  });

const valid = fc
  .tuple(
    space,
    fc.oneof(
      { weight: 4, arbitrary: objects },
      { weight: 3, arbitrary: nested },
      { weight: 1, arbitrary: value },
      { weight: 1, arbitrary: deep },
    ),
    space,
  )
  .map((all) => all.join(''));

/** Lines that are no JSON: one in which something is missing, doubled or wrong. */
const broken = fc.oneof(
  fc
    .tuple(valid, fc.nat(), fc.constantFrom('', '', ',', '"', '{', '}', ']', ':', '\\', '\x01', 'a', '0'))
    .map(([line, at, put]) => {
      const place = line.length === 0 ? 0 : at % line.length;
      return line.slice(0, place) + put + line.slice(place + (at % 2));
    }),
  fc.tuple(valid, fc.nat()).map(([line, at]) => line.slice(0, line.length === 0 ? 0 : at % line.length)),
  fc
    .tuple(fc.constantFrom(...keys), fc.oneof(brokenStrings, wrongValues))
    .map(([key, of]) => `{"${utf8(key.replaceAll('"', '\\"'))}":${of}}`),
  fc.constantFrom(
    '',
    ' ',
    '\r',
    '[]',
    '1',
    '"text"',
    'null',
    '{}{}',
    '{},',
    '{"text":"a"}x',
    '{"text" "a"}',
    '{text:"a"}',
    '{"text":"a",}',
    "{'text':'a'}",
    utf8('\ufeff{"text":"a"}'),
    '{"text":"a"} {"text":"b"}',
  ),
);

/** Lines without their newlines, of which most are JSON objects. */
export const lines: fc.Arbitrary<string> = fc
  .oneof({ weight: 3, arbitrary: valid }, { weight: 1, arbitrary: broken })
  .map((line) => line.replaceAll('\n', ' '));
