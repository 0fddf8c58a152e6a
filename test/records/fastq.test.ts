// The kernel of FASTQ against a naive reader, at every cut of small texts: well-formed ones, and ones with a mistake.
// MPICOUNT_FUZZ_RUNS=100 runs a hundred times as many.
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

import { compilePatterns, type ScanOptions } from '../../src/scan/patterns.ts';
import { cutsOf, readings, rowOf, scanOptions, textFile, type Counted, type Reading } from './ranges.ts';

const times = Number(process.env['MPICOUNT_FUZZ_RUNS'] ?? 1);
const done = { texts: 0, ranges: 0, malformed: 0, records: 0 };
afterAll(() => {
  console.log(`fastq: ${JSON.stringify(done)}`);
});
const { check, countAt } = textFile();

interface FastqRecord {
  readonly offset: number;
  readonly sequence: Buffer;
}

/** Reads a text from start to end. @returns Undefined if it is no FASTQ. */
function recordsOf(text: Buffer): FastqRecord[] | undefined {
  const pieces = text.toString('latin1').split('\n');
  const records: FastqRecord[] = [];
  const plain = (line: string) => line.replace(/\r$/, '');
  let offset = 0;
  for (let at = 0; at < pieces.length; at += 4) {
    // What follows the last newline is no line, but an empty quality may stand there.
    const [header = '', sequence, plus, quality] = pieces.slice(at);
    if (plain(header) === '') return pieces.slice(at).every((line) => plain(line) === '') ? records : undefined;
    if (sequence === undefined || plus === undefined || !header.startsWith('@') || /^[@+]/.test(sequence))
      return undefined;
    if (!plus.startsWith('+') || plain(quality ?? '').length !== plain(sequence).length) return undefined;
    records.push({ offset, sequence: Buffer.from(plain(sequence), 'latin1') });
    offset += header.length + sequence.length + plus.length + (quality ?? '').length + 4;
  }
  return records;
}

// A CR is a letter like others, but at the end of a line.
const bases = fc
  .array(fc.constantFrom('A', 'C', 'G', 'T', 'N', 'A', 'C', '\r'), { maxLength: 8 })
  .map((all) => all.join('').replace(/\r+$/, ''));
const qualityOf = (length: number) =>
  fc
    .array(fc.constantFrom('@', '@', '+', '+', 'I', '!', '~', ' '), { minLength: length, maxLength: length })
    .map((all) => all.join(''));
const record = fc
  .tuple(fc.constantFrom('@', '@r1', '@r 2 ACGT', '@@', '@+'), bases, fc.constantFrom('+', '+r1', '+@', '+ACGT'))
  .chain(([header, sequence, plus]) => qualityOf(sequence.length).map((quality) => [header, sequence, plus, quality]));
const wellFormed = fc
  .tuple(
    fc.array(record, { maxLength: 6 }),
    fc.constantFrom('\n', '\n', '\r\n'),
    fc.constantFrom('', '', '\n', '\n\r\n\n'),
    fc.boolean(),
  )
  .map(([all, ending, blank, isCut]) => {
    const text = all
      .flat()
      .map((line) => line + ending)
      .join('');
    return isCut ? text.replace(/\r?\n$/, '') : text + blank;
  });
/** A text in which lines or bytes are missing, doubled or others. */
const mistaken = fc.oneof(
  fc
    .tuple(
      wellFormed,
      fc.nat(),
      fc.nat({ max: 3 }),
      fc.constantFrom('', '@', '+', '\n', '\n\n', 'A', '@\n', '+\n', 'ACGT\n'),
    )
    .map(([text, at, length, put]) => {
      const place = text.length === 0 ? 0 : at % text.length;
      return text.slice(0, place) + put + text.slice(place + length);
    }),
  fc.array(fc.constantFrom('@', '+', 'A', 'I', '@A', '+A', ''), { maxLength: 14 }).map((lines) => lines.join('\n')),
);

interface Case {
  readonly text: string;
  readonly patterns: readonly string[];
  readonly options: ScanOptions;
  readonly how: Reading;
}

const patterns = fc.uniqueArray(fc.constantFrom('A', 'AC', 'ACG', 'TT', 'r', 'I', '@', '+', 'n', 'NA', '\r'), {
  minLength: 1,
  maxLength: 3,
});

async function run({ text, patterns, options, how }: Case, everyCut: boolean): Promise<void> {
  const bytes = Buffer.from(text, 'latin1');
  const wanted = patterns.map((pattern) => Buffer.from(pattern));
  const kernel = compilePatterns(wanted, options, 'fastq');
  const records = recordsOf(bytes);
  done.texts += 1;
  if (records) {
    done.records += records.length;
    const share = (begin: number, end: number): Counted => {
      const here = records.filter(({ offset }) => offset >= begin && offset < end);
      return {
        row: rowOf(
          here.map(({ sequence }) => sequence),
          wanted,
          options,
        ),
        invalid: [],
        invalidLines: 0,
      };
    };
    done.ranges += await check(bytes, kernel, how, everyCut, share);
    return;
  }
  // Wherever it is cut, at least one range has a fault.
  done.malformed += 1;
  for (const cut of cutsOf(how, bytes.length, everyCut)) {
    const found = await countAt(bytes, kernel, how, cut);
    expect(
      found.filter((range) => 'fault' in range && /^the (line|record) at byte \d+ is no FASTQ: /.test(range.fault)),
    ).not.toEqual([]);
    done.ranges += found.length;
  }
}

const cases = (of: fc.Arbitrary<string>): fc.Arbitrary<Case> =>
  fc.record({ text: of, patterns, options: scanOptions, how: readings });

describe('each range holds the records whose headers are in it, or has a fault', () => {
  test('at every cut of well-formed texts', { timeout: 300_000 * times }, async () => {
    const short = wellFormed.filter((text) => text.length < 150);
    await fc.assert(
      fc.asyncProperty(cases(short), (one) => run(one, true)),
      { numRuns: 300 * times },
    );
  });

  test('at every cut of texts with a mistake', { timeout: 300_000 * times }, async () => {
    const short = mistaken.filter((text) => text.length < 150);
    await fc.assert(
      fc.asyncProperty(cases(short), (one) => run(one, true)),
      { numRuns: 600 * times },
    );
  });

  test('in many ranges of longer texts', { timeout: 300_000 * times }, async () => {
    const longer = fc.array(record, { minLength: 10, maxLength: 200, size: 'max' }).map((all) =>
      all
        .flat()
        .map((line) => `${line}\n`)
        .join(''),
    );
    await fc.assert(
      fc.asyncProperty(cases(longer), (one) => run(one, false)),
      { numRuns: 60 * times },
    );
  });

  test('where a sequence is longer than a window', { timeout: 60_000 }, async () => {
    const long = `@long\n${'ACGT'.repeat(100_000)}\n+\n${'@+I!'.repeat(100_000)}\n`;
    const text = `@a\nACGT\n+\n@@@@\n${long}@b\n\n+\n\n${long}`;
    const how = { cuts: [0.00001, 0.3, 0.5, 0.9999], windowSize: 131_072, chunk: 0 };
    const options = { ignoreCase: false, word: false, overlapping: false };
    await run({ text, patterns: ['ACGT', 'TA'], options, how }, false);
  });
});

test.each([
  ['ACGT\n', 0, "a record begins with '@', but the line does not"],
  ['@r\nAC\n+\nII\nr2\n', 11, "a record begins with '@', but the line does not"],
  ['@r\n@C\n+\nII\n', 3, "a sequence does not begin with '@' or '+', but the line does"],
  [
    '@r\nAC\nGT\n+\nIIII\n',
    6,
    "the third line of a record begins with '+', but the line does not; records of more than four lines are not read",
  ],
  ['@r\nAC\n+\nIII\n', 8, 'a quality is as long as its sequence, but the line is not'],
  ['@r\nAC\n+\nII\n\n@r\n', 12, 'no record follows a blank line, but the line does'],
  ['@r\nAC\n+\nII\n@r2\nAC\n', 11, 'it is cut off', 'the record'],
  ['@r\nAC\n+\n', 0, 'it is cut off', 'the record'],
])('a fault has its offset and its reason: %j', async (text, offset, reason, subject = 'the line') => {
  const kernel = compilePatterns([Buffer.from('A')], { ignoreCase: false, word: false, overlapping: false }, 'fastq');
  const how = { cuts: [], windowSize: 7, chunk: 0 };
  expect(await countAt(Buffer.from(text), kernel, how, [])).toEqual([
    { begin: 0, end: text.length, fault: `${subject} at byte ${offset} is no FASTQ: ${reason}` },
  ]);
});
