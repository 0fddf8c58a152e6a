// The kernel of JSON lines against JSON.parse() and the naive count of occurrences, at every cut of small texts.
// MPICOUNT_FUZZ_RUNS=100 runs a hundred times as many.
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

import { compilePatterns, type ScanOptions } from '../../src/scan/patterns.ts';
import { lines, paths } from './json-lines.ts';
import { fieldOf, type Field } from './json-reference.ts';
import { readings, rowOf, scanOptions, textFile, type Counted, type Reading } from './ranges.ts';

const times = Number(process.env['MPICOUNT_FUZZ_RUNS'] ?? 1);
const done = { texts: 0, ranges: 0, faults: 0, records: 0 };
afterAll(() => {
  console.log(`json-lines: ${JSON.stringify(done)}`);
});
const { check, countAt } = textFile();

interface PlacedField {
  readonly offset: number;
  readonly field: Field;
}

/** Returns the fields of all lines of a text, but for the blank ones. */
function fieldsOf(text: Buffer, path: readonly string[]): PlacedField[] {
  const fields: PlacedField[] = [];
  for (let offset = 0; offset < text.length;) {
    const newline = text.indexOf('\n', offset);
    const end = newline < 0 ? text.length : newline;
    const line = text.subarray(offset, end);
    const marked = offset === 0 && line.subarray(0, 3).equals(Buffer.from('\ufeff'));
    const field = fieldOf(marked ? line.subarray(3) : line, path);
    if (field !== 'blank') fields.push({ offset, field });
    offset = end + 1;
  }
  return fields;
}

const isInvalid = ({ field }: PlacedField) => field === 'invalid' || field === 'other';

/** Returns what the lines hold that begin in a range. */
function shareOf(
  fields: readonly PlacedField[],
  patterns: readonly Buffer[],
  options: ScanOptions,
  skipInvalid: boolean,
) {
  return (begin: number, end: number): Counted => {
    const here = fields.filter(({ offset }) => offset >= begin && offset < end);
    const invalid = here.filter(isInvalid).map(({ offset }) => offset);
    if (invalid.length > 0 && !skipInvalid)
      return {
        fault: expect.stringMatching(
          new RegExp(`^the line at byte ${invalid[0]!} (is no JSON object: |has a field that is no string)`),
        ) as string,
      };
    const texts = here
      .filter((line) => !isInvalid(line))
      .map(({ field }) => (typeof field === 'string' ? Buffer.of() : field));
    return { row: rowOf(texts, patterns, options), invalid: invalid.slice(0, 10), invalidLines: invalid.length };
  };
}

const patterns = fc.uniqueArray(
  fc.constantFrom(
    ...['love', 'a', 'x', 'xx', 'xxx', 'ax', 'LO', 'é', 'É', '愛', '\ufffd', '\\', 'u', '"', 'text', '\u0000', 'n'],
    ...['love lo', 'e愛', 'x'.repeat(15), 'k', 'ſ'],
  ),
  { minLength: 1, maxLength: 3 },
);

const texts = fc
  .tuple(
    fc.boolean(),
    fc.array(fc.tuple(lines, fc.constantFrom('\n', '\n', '\r\n', '\n\n')), { maxLength: 5 }),
    fc.boolean(),
  )
  .map(([isMarked, all, isCut]) => {
    const text = all.map((line) => line.join('')).join('');
    return (isMarked ? '\xef\xbb\xbf' : '') + (isCut ? text.replace(/\r?\n$/, '') : text);
  });

interface Case {
  readonly text: string;
  readonly path: readonly string[];
  readonly patterns: readonly string[];
  readonly options: ScanOptions;
  readonly skipInvalid: boolean;
  readonly how: Reading;
}

async function run({ text, path, patterns, options, skipInvalid, how }: Case, everyCut: boolean): Promise<void> {
  const bytes = Buffer.from(text, 'latin1');
  const wanted = patterns.map((pattern) => Buffer.from(pattern));
  const keys = path.map((key) => Buffer.from(key));
  const kernel = compilePatterns(wanted, options, { path: keys, skipInvalid });
  const fields = fieldsOf(bytes, path);
  done.ranges += await check(bytes, kernel, how, everyCut, shareOf(fields, wanted, options, skipInvalid));
  done.texts += 1;
  done.records += fields.length;
  if (!skipInvalid && fields.some(isInvalid)) done.faults += 1;
}

const cases = (of: fc.Arbitrary<string>): fc.Arbitrary<Case> =>
  fc.record({
    text: of,
    path: fc.constantFrom(...paths),
    patterns,
    options: scanOptions,
    skipInvalid: fc.boolean(),
    how: readings,
  });

describe('each range holds the lines that begin in it', () => {
  test('at every cut of short texts', { timeout: 300_000 * times }, async () => {
    const short = texts.filter((text) => text.length < 120);
    await fc.assert(
      fc.asyncProperty(cases(short), (one) => run(one, true)),
      { numRuns: 300 * times },
    );
  });

  test('in many ranges of longer texts', { timeout: 300_000 * times }, async () => {
    const longer = fc.array(texts, { minLength: 2, maxLength: 20 }).map((all) => all.join('\n'));
    await fc.assert(
      fc.asyncProperty(cases(longer), (one) => run(one, false)),
      { numRuns: 150 * times },
    );
  });

  test('where a string is longer than a window, and than a batch of strings', { timeout: 60_000 }, async () => {
    const long = `${'love '.repeat(60_000)}\\u00e9${'love'.repeat(10)}`;
    const text = `{"text":"love"}\n{"text":"${long}"}\n{"a":1}\n{"text":"no"}\n{"text":"${long}"}`;
    const how = { cuts: [0.00001, 0.2, 0.5, 0.9999], windowSize: 131_072, chunk: 0 };
    for (const overlapping of [false, true]) {
      const options = { ignoreCase: false, word: false, overlapping };
      await run({ text, path: ['text'], patterns: ['love', 'e l', 'é'], options, skipInvalid: false, how }, false);
    }
  });
});

test(
  'says of long lines, and of those that are no JSON, what it says of others',
  { timeout: 300_000 * times },
  async () => {
    const invalid = fc.array(
      fc.oneof(lines, fc.constantFrom('{"text":"love', '{"text":"\\ud83', '{"text":1.}', '{"a":[}')),
      {
        maxLength: 4,
      },
    );
    const one = fc.record({
      ...{ text: invalid.map((all) => all.join('\n')), marked: fc.boolean(), skipInvalid: fc.boolean() },
      ...{ path: fc.constantFrom(...paths), patterns, options: scanOptions, how: readings },
    });
    const property = fc.asyncProperty(one, async ({ text, marked, path, patterns: all, options, skipInvalid, how }) => {
      const bytes = Buffer.from((marked ? '\xef\xbb\xbf' : '') + text, 'latin1');
      const wanted = all.map((pattern) => Buffer.from(pattern));
      const field = { path: path.map((key) => Buffer.from(key)), skipInvalid };
      const cuts = how.cuts.map((part) => Math.floor(part * bytes.length)).sort((one, other) => one - other);
      const whole = compilePatterns(wanted, { ...options, longLines: undefined }, field);
      expect(await countAt(bytes, compilePatterns(wanted, options, field), how, cuts)).toEqual(
        await countAt(bytes, whole, how, cuts),
      );
    });
    await fc.assert(property, { numRuns: 500 * times });
  },
);

test.each([
  ['{"meta":{"text":"love"},"meta":{}}', [0n, 0n, 1n]],
  ['{"meta":{"text":"love"},"meta":1}', [0n, 0n, 1n]],
  ['{"meta":{"text":"love love","text":"love"}}', [1n, 1n, 1n]],
  ['{"meta":{"text":"love love"}} \n{"meta":{"text":1}}\n {"meta":{"text":"love"}}', [3n, 2n, 2n]],
])('of a long line, only the text counts that it has at its end: %s', async (text, row) => {
  const options = { ignoreCase: false, word: false, overlapping: false };
  const field = { path: ['meta', 'text'].map((key) => Buffer.from(key)), skipInvalid: true };
  for (const longLines of [undefined, { longestHeld: 2, searched: 1 }, { longestHeld: 2, searched: 1000 }]) {
    const kernel = compilePatterns([Buffer.from('love')], { ...options, longLines }, field);
    const how = { cuts: [], windowSize: 131_072, chunk: 0 };
    expect(await countAt(Buffer.from(text), kernel, how, [])).toMatchObject([{ row }]);
  }
});

test('a long line may be nested in 2^26 levels', { timeout: 120_000 }, async () => {
  const [levels, begin] = [2 ** 26, '{"text":"love","a":'];
  const text = Buffer.alloc(begin.length + levels + 1, '[');
  text.write(begin);
  const options = { ignoreCase: false, word: false, overlapping: false };
  const kernel = compilePatterns([Buffer.from('love')], options, { path: [Buffer.from('text')], skipInvalid: true });
  const how = { cuts: [], windowSize: 131_072, chunk: 0 };
  expect(await countAt(text, kernel, how, [])).toMatchObject([
    { fault: 'the line at byte 0 has more than 67108864 objects and arrays within each other' },
  ]);
  // The object is a level, too.
  expect(await countAt(text.subarray(0, -2), kernel, how, [])).toMatchObject([{ row: [0n, 0n, 0n], invalid: [0] }]);
});

test('the first invalid lines are listed, and all are counted', async () => {
  const text = '{"text":1}\n{"text":"love"}\n'.repeat(12);
  const options = { ignoreCase: false, word: true, overlapping: false };
  const how = { cuts: [0.3], windowSize: 16, chunk: 5 };
  await run({ text, path: ['text'], patterns: ['love'], options, skipInvalid: true, how }, true);
});
