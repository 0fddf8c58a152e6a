// The scanner against the naive reference (reference.ts) and, where text and patterns are valid UTF-8, against JavaScript's
// own RegExp: generated texts, patterns and options, in every cut into two blocks, and in many blocks.
// MPICOUNT_FUZZ_RUNS=100 runs a hundred times as many cases.
import { isUtf8 } from 'node:buffer';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { compilePatterns } from '../../src/scan/patterns.ts';
import { referenceBlocks, referenceCounts, referenceLines, type ReferenceOptions } from './reference.ts';

const times = Number(process.env['MPICOUNT_FUZZ_RUNS'] ?? 1);
if (!(times > 0)) throw new Error('MPICOUNT_FUZZ_RUNS must be a number above 0: how many times as many cases to run');
const timeout = 60_000 * times;

const folder = mkdtempSync(join(tmpdir(), 'mpicount-differential-'));
const file = openSync(join(folder, 'text'), 'w+');
const done = { cases: 0, patterns: 0, blocks: 0, occurrences: 0n, comparedWithRegExp: 0 };

afterAll(() => {
  closeSync(file);
  rmSync(folder, { recursive: true });
  console.log(
    `differential: ${done.cases} cases with ${done.patterns} patterns and ${done.occurrences} occurrences, counted in ` +
      `${done.blocks} blocks; ${done.comparedWithRegExp} patterns also compared with RegExp`,
  );
});

/** Text and patterns are strings of bytes (latin1), so that a counterexample can be read and pasted. */
interface Case {
  readonly text: string;
  readonly patterns: readonly string[];
  readonly options: ReferenceOptions;
  /** Whether to count the lines with each pattern, too. */
  readonly lines: boolean;
  /** Where to cut the text into many blocks, as parts of its length; the same place twice makes an empty block. */
  readonly cuts: readonly number[];
  /** Sizes of the window to scan at a time, for one block of the case after another; 0 is the scanner's own choice. */
  readonly windows: readonly number[];
  /** How many bytes to read at a time, for one block of the case after another; 0 is mapped. */
  readonly chunks: readonly number[];
}

/** What RegExp counts, for text and pattern in valid UTF-8. */
function countByRegExp(text: string, pattern: string, { ignoreCase, word, overlapping }: ReferenceOptions): bigint {
  const wordCharacter = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]';
  let source = Array.from(pattern, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`).join('');
  if (word) source = `(?<!${wordCharacter})${source}(?!${wordCharacter})`;
  if (overlapping) source = `(?=${source})`;
  return BigInt(text.match(new RegExp(source, ignoreCase ? 'giu' : 'gu'))?.length ?? 0);
}

async function check(generated: Case, everyCut: boolean): Promise<void> {
  const { text, patterns, options, lines, cuts, windows, chunks } = generated;
  const bytes = Buffer.from(text, 'latin1');
  const patternBytes = patterns.map((pattern) => Buffer.from(pattern, 'latin1'));
  const expected = referenceCounts(bytes, patternBytes, options);
  const shareOfCounts = referenceBlocks(bytes, patternBytes, options);
  const shareOfLines = lines ? referenceLines(bytes, patternBytes, options) : () => [];
  const expectedShare = (start: number, end: number) => [...shareOfCounts(start, end), ...shareOfLines(start, end)];
  ftruncateSync(file, 0);
  writeSync(file, bytes, 0, bytes.length, 0);
  const scanner = compilePatterns(patternBytes, options, lines ? 'line' : undefined);
  // Counted in this case alone, so that it is the same case when fast-check shrinks or replays it.
  let block = 0;

  const countInBlocks = async (places: readonly number[]): Promise<void> => {
    const edges = [0, ...places, bytes.length];
    const blocks = await Promise.all(
      edges.slice(1).map(async (end, i) => {
        const start = edges[i]!;
        const windowSize = windows[block % windows.length]!;
        const chunk = chunks[block % chunks.length]!;
        block++;
        const reading = { chunk, ...(windowSize ? { windowSize } : {}) };
        const { counts } = await scanner.countFileRange(file, bytes.length, start, end, reading);
        return { start, end, ...reading, counts: [...counts] };
      }),
    );
    const wanted = blocks.map((block) => ({ ...block, counts: expectedShare(block.start, block.end) }));
    expect(blocks).toEqual(wanted);
    // The shares add up to the totals: of the reference too, so that it cannot be wrong about both alike.
    const sums = [...expected, ...shareOfLines(0, bytes.length)];
    expect(sums.map((_, i) => wanted.reduce((sum, { counts }) => sum + counts[i]!, 0n))).toEqual(sums);
  };

  await countInBlocks([]);
  if (everyCut) for (let cut = 1; cut < bytes.length; cut++) await countInBlocks([cut]);
  await countInBlocks(cuts.map((part) => Math.floor(part * (bytes.length + 1))).sort((a, b) => a - b));

  if (isUtf8(bytes)) {
    patternBytes.forEach((pattern, i) => {
      if (!isUtf8(pattern)) return;
      expect([patterns[i], countByRegExp(bytes.toString(), pattern.toString(), options)]).toEqual([
        patterns[i],
        expected[i],
      ]);
      done.comparedWithRegExp++;
    });
  }
  done.cases++;
  done.blocks += block;
  done.patterns += patterns.length;
  done.occurrences += expected.reduce((sum, count) => sum + count, 0n);
}

const newline = fc.constant('\n');
/** Lines that are empty, and ones that are longer than windows and blocks. */
const withLines = (units: readonly string[]) =>
  fc.oneof({ arbitrary: fc.constantFrom(...units), weight: 8 }, { arbitrary: newline, weight: 1 });
const options = fc.record({ ignoreCase: fc.boolean(), word: fc.boolean(), overlapping: fc.boolean() });
const windows = fc.array(fc.constantFrom(1, 2, 3, 4, 7, 16, 64, 1000, 0), { minLength: 1, maxLength: 3 });
const chunks = fc.array(fc.constantFrom(0, 1, 5, 16, 100, 4096), { minLength: 1, maxLength: 4 });
const cuts = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 12 });

/** The characters of a text, each in UTF-8. */
const chars = (text: string): string[] => Array.from(text, (char) => Buffer.from(char).toString('latin1'));
const utf8 = (text: string): string => chars(text).join('');

/** The units of texts and patterns: small alphabets, so that patterns occur, overlap and touch each other. */
const alphabets = {
  'two letters': ['a', 'b'],
  'one letter': ['a'],
  'letters and word edges': chars('aab -_\n7é\u0301\u200d\u203f€'),
  'ASCII case': chars('aAbBzZ@[`{\n'),
  's and k': chars('kK\u212asSſa '),
  'Latin folding': chars('éÉßẞµμΜåÅ\u212bİıiI s'),
  'other folding': chars('σςΣбБвВᲀꙊꙋ\u1c88Ꮿꭿ𐐀𐐨ǅǆǄΐΐſtst\u0345ιΙ\u1fbe '),
  'special to regular expressions': chars('.*+?()[]{}|\\^$-#/,&~"\' aA\0\r\t\x01\x7f\n'),
  'whole and broken characters': [
    ...chars('kK\u212asſéÉ愛𐐀𐐨 \n'),
    ...['\x80', '\x84', '\xaa', '\xbf', '\xc2', '\xc3', '\xa9', '\x89', '\xc5', '\xe2', '\xe2\x84', '\xf0\x90', '\xff'],
    // Not characters: too long forms of K and k, a surrogate, beyond the last.
    ...['\xc1\x8b', '\xe0\x81\xab', '\xed\xa0\x80', '\xf4\x90\x80\x80'],
  ],
  'Latin-1': Array.from('\xe9\xc9a\xe4\xc4 _\xb5'),
  'any byte': Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)),
};

/** How to make a pattern, from what the text is made of and from the text itself. */
const recipe = (units: readonly string[]) => {
  const unit = fc.constantFrom(...units);
  const within = fc.tuple(fc.nat({ max: 1000 }), fc.integer({ min: 1, max: 12 }));
  return fc.oneof(
    unit.map((bytes) => () => bytes),
    fc.array(unit, { minLength: 1, maxLength: 5 }).map((all) => () => all.join('')),
    // Overlaps itself: a stretch repeated, and the start of it once more.
    fc.tuple(fc.array(unit, { minLength: 1, maxLength: 3 }), fc.integer({ min: 2, max: 4 }), fc.nat({ max: 2 })).map(
      ([all, count, more]) =>
        () =>
          all.join('').repeat(count) + all.slice(0, more).join(''),
    ),
    // Stands in the text: some of its units, some of its bytes (which may cut characters), all of it.
    within.map(([from, length]) => (text: readonly string[]) => {
      const start = from % (text.length + 1);
      return text.slice(start, start + length).join('');
    }),
    within.map(([from, length]) => (text: readonly string[]) => {
      const bytes = text.join('');
      const start = from % (bytes.length + 1);
      return bytes.slice(start, start + length);
    }),
    fc.constant((text: readonly string[]) => text.join('')),
    // The same in the other case.
    within.map(([from, length]) => (text: readonly string[]) => {
      const start = from % (text.length + 1);
      const some = Buffer.from(text.slice(start, start + length).join(''), 'latin1');
      const upper = Buffer.from(some.toString().toUpperCase());
      return (isUtf8(some) ? upper : some).toString('latin1');
    }),
  );
};

const cases = (
  units: readonly string[],
  size: { readonly text: number; readonly patterns: number },
): fc.Arbitrary<Case> =>
  fc
    .record({
      text: fc.array(withLines(units), { maxLength: size.text, size: 'max' }),
      recipes: fc.array(recipe(units), { minLength: 1, maxLength: size.patterns, size: 'max' }),
      options,
      lines: fc.boolean(),
      cuts,
      windows,
      chunks,
    })
    .map(({ text, recipes, ...rest }) => {
      const patterns = recipes.flatMap((make) => make(text).split('\n')).filter((pattern) => pattern !== '');
      return { text: text.join(''), patterns: patterns.length > 0 ? patterns : ['a'], ...rest };
    });

const run = async (runs: number, arbitrary: fc.Arbitrary<Case>, everyCut = true): Promise<void> => {
  const property = fc.asyncProperty(arbitrary, (generated) => check(generated, everyCut));
  await fc.assert(property, { numRuns: Math.ceil(runs * times) });
};

describe('in one block and in every cut into two', () => {
  for (const [name, units] of Object.entries(alphabets)) {
    test(name, () => run(300, cases(units, { text: 30, patterns: 4 })), timeout);
  }

  test(
    'up to fifty patterns at once',
    async () => {
      for (const units of Object.values(alphabets)) await run(6, cases(units, { text: 24, patterns: 50 }));
    },
    timeout,
  );
});

// A pattern that is alone is searched for in another way.
describe('one pattern', () => {
  for (const [name, units] of Object.entries(alphabets)) {
    test(
      name,
      async () => {
        await run(100, cases(units, { text: 30, patterns: 1 }));
        await run(60, cases(units, { text: 400, patterns: 1 }), false);
      },
      timeout,
    );
  }
});

describe('in many blocks', () => {
  test(
    'longer texts',
    async () => {
      for (const units of Object.values(alphabets)) await run(20, cases(units, { text: 400, patterns: 5 }), false);
    },
    timeout,
  );

  test(
    'runs over many windows and blocks',
    async () => {
      // Nearly everything is one run: "aaaa...", "ababab...", "kKk...", here and there broken.
      const stretch = fc.tuple(
        fc.constantFrom('a', 'ab', 'kK', utf8('\u212ak'), utf8('éÉ'), utf8('σς')),
        fc.nat({ max: 300 }),
      );
      const stretches = fc
        .array(fc.tuple(stretch, fc.constantFrom('', ' ', '\n', 'x')), { minLength: 1, maxLength: 4 })
        .map((all) => all.map(([[unit, count], after]) => unit.repeat(count) + after).join(''));
      const patterns = fc.array(
        fc
          .tuple(
            fc.constantFrom('a', 'ab', 'ba', 'kk', utf8('k\u212a'), utf8('éé'), utf8('σσ')),
            fc.integer({ min: 1, max: 100 }),
          )
          .map(([unit, count]) => unit.repeat(count)),
        { minLength: 1, maxLength: 3 },
      );
      await run(
        150,
        fc.record({ text: stretches, patterns, options, lines: fc.boolean(), cuts, windows, chunks }),
        false,
      );
    },
    timeout,
  );

  test(
    'every place of a long run against the edge of a window',
    async () => {
      const text = 'aaab'.repeat(3) + 'a'.repeat(70) + ' ' + 'ab'.repeat(20);
      const patterns = ['a', 'aa', 'aaa', 'a'.repeat(33), 'aba', 'b'];
      for (const windowSize of [1, 2, 3, 5, 8, 13, 21, 34, 64, 100]) {
        for (const overlapping of [false, true]) {
          for (const word of [false, true]) {
            const shape = { ignoreCase: false, word, overlapping };
            const edges = { cuts: [0.1, 0.3, 0.31, 0.6], windows: [windowSize], chunks: [0, 1, 5, 16, 100, 0, 4096] };
            await check({ text, patterns, options: shape, lines: false, ...edges }, true);
          }
        }
      }
    },
    timeout,
  );
});

// Their candidates take so many steps that the linear search takes over (native/match/linear_search.h).
describe('patterns that repeat themselves', () => {
  const kelvin = utf8('\u212a');
  // What is repeated in text and patterns, and what breaks it or stands before and after it: cut characters too.
  const repeated = [
    'a',
    'ab',
    'aab',
    'kK',
    `k${kelvin}`,
    utf8('éÉ'),
    utf8('ſs'),
    utf8('σς'),
    utf8('𐐀'),
    `${kelvin}\x84`,
    '\x84\xaa',
  ];
  const around = ['', '', 'a', 'b', 'k', kelvin, '\x84\xaa', '\xaa', '\xe2', '\xe2\x84', utf8('é'), '\xc3', 'ks', '-'];
  const inText = fc.constantFrom(...around, '\n', ' ', `${kelvin}${kelvin}`);
  const repeating = (
    least: number,
    most: number,
    list: { readonly minLength: number; readonly maxLength: number },
  ): fc.Arbitrary<Case> =>
    fc.constantFrom(...repeated).chain((unit) => {
      const patterns = fc
        .array(
          fc
            .tuple(fc.constantFrom(...around), fc.integer({ min: least, max: most }), fc.constantFrom(...around))
            .map(([before, count, after]) => before + unit.repeat(count) + after),
          { ...list, size: 'max' },
        )
        // Of many units and of one; also without breaks, so that lists have many that occur.
        .map((all) => [...all, ...(list.minLength > 1 ? [kelvin, 'k', unit, unit.repeat(least)] : [])]);
      const text = fc
        .array(fc.tuple(fc.integer({ min: 0, max: 3 * most }), inText), { minLength: 1, maxLength: 8, size: 'max' })
        .map((all) => all.map(([count, after]) => unit.repeat(count) + after).join(''));
      return fc.record({ text, patterns, options, lines: fc.boolean(), cuts, windows, chunks });
    });

  // With case ignored, a pattern of one character is a unit of its own, though it is the same character as in the others.
  test(
    'one character and repetitions of it',
    async () => {
      const lengths = [1, ...Array.from({ length: 40 }, (_, i) => i + 20)];
      const patterns = lengths.map((length) => utf8('𐐀'.repeat(length)));
      const text = utf8(`${'𐐀𐐨'.repeat(60)} ${'𐐨'.repeat(70)}`);
      for (const overlapping of [false, true]) {
        const shape = { ignoreCase: true, word: false, overlapping };
        const given = { text, patterns, options: shape, lines: true, cuts: [0.1, 0.5], windows: [0, 700], chunks: [0] };
        await check(given, false);
      }
    },
    timeout,
  );

  test('one pattern', () => run(400, repeating(10, 60, { minLength: 1, maxLength: 1 }), false), timeout);
  test('a few patterns', () => run(150, repeating(5, 40, { minLength: 2, maxLength: 5 }), false), timeout);
  test('many patterns', () => run(60, repeating(3, 40, { minLength: 20, maxLength: 60 }), false), timeout);
  test('in every cut into two', () => run(15, repeating(9, 20, { minLength: 1, maxLength: 3 })), timeout);
});
