// The counts of JSON lines by the group that another field names, against JSON.parse() and the naive count of occurrences, at every cut
// of small texts. MPICOUNT_FUZZ_RUNS=100 runs a hundred times as many.
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';

import type { KernelGroups, KernelResult } from '../../src/scan/kernel.ts';
import { compilePatterns, type ScanOptions } from '../../src/scan/patterns.ts';
import { fieldOf, type Field } from './json-reference.ts';
import { cutsOf, readings, rowOf, scanOptions, textFile, type Reading } from './ranges.ts';

const times = Number(process.env['MPICOUNT_FUZZ_RUNS'] ?? 1);
const done = { texts: 0, ranges: 0, groups: 0, invalid: 0 };
afterAll(() => {
  console.log(`json-groups: ${JSON.stringify(done)}`);
});
const { resultsAt, resultOfAll } = textFile();

const names = fc.constantFrom(
  '"web"',
  '"news"',
  '""',
  '"\\u0000"',
  '"caf\xc3\xa9"',
  '"caf\\u00e9"',
  '"\xff"',
  '1',
  'null',
  undefined,
);
const contents = fc
  .array(fc.constantFrom('love', 'lo', 'x', 'xx', ' ', '\\n', '\xc3\xa9', '\\u00E9', 'LOVE', 'K', 'k', '\\u212a'), {
    maxLength: 8,
  })
  .map((parts) => `"${parts.join('')}"`);
const strings = fc.oneof(
  { weight: 9, arbitrary: contents },
  { weight: 1, arbitrary: fc.constantFrom('1', '{"s":"love"}', undefined) },
);

/** A line with a group and a text, in either order, each of which may be there twice or not at all. */
const line = fc
  .array(fc.oneof(fc.tuple(fc.constant('s'), names), fc.tuple(fc.constant('text'), strings)), {
    minLength: 1,
    maxLength: 4,
  })
  .map((members) => members.flatMap(([key, value]) => (value === undefined ? [] : [`"${key}":${value}`])))
  .map((members) => `{${members.join(',')}}`);
const texts = fc
  .array(fc.oneof({ weight: 12, arbitrary: line }, { weight: 1, arbitrary: fc.constantFrom('', 'love', '{"text":') }), {
    maxLength: 6,
  })
  .map((all) => all.join('\n'));

const patterns = fc.uniqueArray(
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('love', 'x', 'xx', 'LO', 'é', 'k', 'ove', 'lovelove') },
    { weight: 1, arbitrary: fc.string({ minLength: 6, maxLength: 6 }).filter((text) => !text.includes('\n')) },
  ),
  { minLength: 1, maxLength: 20 },
);

interface Case {
  readonly text: string;
  readonly patterns: readonly string[];
  readonly options: ScanOptions;
  readonly how: Reading;
}

const groupPath = ['s'];
const path = ['text'];

interface Line {
  readonly offset: number;
  readonly name: Field;
  readonly field: Field;
}

function linesOf(text: Buffer): Line[] {
  let offset = 0;
  return text
    .toString('latin1')
    .split('\n')
    .map((each) => {
      const bytes = Buffer.from(each, 'latin1');
      const found = { offset, name: fieldOf(bytes, groupPath), field: fieldOf(bytes, path) };
      offset += bytes.length + 1;
      return found;
    })
    .filter(({ field }) => field !== 'blank');
}

const isInvalid = ({ name, field }: Line) => [name, field].some((each) => each === 'invalid' || each === 'other');
const nameOf = ({ name }: Line) => (typeof name === 'string' ? '' : name.toString('latin1'));

/** Returns the rows of the groups in a range by their names, zeros included. */
function rowsIn(lines: readonly Line[], wanted: readonly Buffer[], options: ScanOptions): Record<string, number[]> {
  const rows: Record<string, number[]> = {};
  const byName = new Map<string, Line[]>();
  for (const each of lines) byName.set(nameOf(each), [...(byName.get(nameOf(each)) ?? []), each]);
  for (const [name, ofGroup] of byName) {
    const strings = ofGroup.map(({ field }) => (typeof field === 'string' ? Buffer.of() : field));
    rows[name] = rowOf(strings, wanted, options).map(Number);
  }
  return rows;
}

/** Returns the same for what the kernel found, which must be in order and sparse. */
function rowsFound({ names: found, rows: { length, indices, counts } }: KernelGroups): Record<string, number[]> {
  expect([...found].sort()).toEqual(found);
  expect(counts.every((count) => count > 0)).toBe(true);
  expect([...indices].sort((one, other) => one - other)).toEqual(indices);
  const width = found.length === 0 ? 0 : length / found.length;
  const rows = found.map((_, group) => Array.from({ length: width }, (_zero, column) => group * width + column));
  const byIndex = new Map(indices.map((index, at) => [index, counts[at] ?? 0]));
  return Object.fromEntries(
    rows.map((row, group) => [found[group] ?? '', row.map((index) => byIndex.get(index) ?? 0)]),
  );
}

async function run({ text, patterns: all, options, how }: Case, everyCut: boolean): Promise<void> {
  const bytes = Buffer.from(text, 'latin1');
  const wanted = all.map((pattern) => Buffer.from(pattern));
  const paths = { path: path.map((key) => Buffer.from(key)), groupPath: groupPath.map((key) => Buffer.from(key)) };
  const kernel = compilePatterns(wanted, options, { ...paths, skipInvalid: true });
  const lines = linesOf(bytes);
  for (const cuts of cutsOf(how, bytes.length, everyCut)) {
    for (const { begin, end, result } of await resultsAt(bytes, kernel, how, cuts)) {
      const here = lines.filter(({ offset }) => offset >= begin && offset < end);
      const valid = here.filter((each) => !isInvalid(each));
      expect(rowsFound(result.groups!)).toEqual(rowsIn(valid, wanted, options));
      expect(countOf(result, 'invalidLines')).toBe(here.length - valid.length);
      expect(countOf(result, 'withoutGroup')).toBe(valid.filter(({ name }) => name === 'absent').length);
      done.ranges += 1;
      done.invalid += here.length - valid.length;
      done.groups += result.groups!.names.length;
    }
  }
  done.texts += 1;
}

const findings = { invalidLines: 12, withoutGroup: 13 };
const countOf = (result: KernelResult, name: keyof typeof findings) =>
  result.findings.find(({ finding }) => finding === findings[name])?.count ?? 0;

const cases = (of: fc.Arbitrary<string>): fc.Arbitrary<Case> =>
  fc.record({ text: of, patterns, options: scanOptions, how: readings });

test(
  'each range has the groups of the lines that begin in it: every cut of short texts',
  { timeout: 300_000 * times },
  async () => {
    const short = texts.filter((text) => text.length < 150);
    await fc.assert(
      fc.asyncProperty(cases(short), (one) => run(one, true)),
      { numRuns: 200 * times },
    );
  },
);

test('many ranges of longer texts', { timeout: 300_000 * times }, async () => {
  const longer = fc.array(texts, { minLength: 2, maxLength: 20 }).map((all) => all.join('\n'));
  await fc.assert(
    fc.asyncProperty(cases(longer), (one) => run(one, false)),
    { numRuns: 150 * times },
  );
});

test(
  'several batches of texts, and more groups than the first table of counters has room for',
  { timeout: 120_000 },
  async () => {
    const text = Array.from(
      { length: 1500 },
      (_, index) => `{"s":"${(index * 7919) % 600}","text":"${'love xx '.repeat(index % 40)}"}\n`,
    ).join('');
    const options = { ignoreCase: true, word: true, overlapping: false };
    await run(
      { text, patterns: ['love', 'xx', 'k'], options, how: { cuts: [0.1, 0.6], windowSize: 131_072, chunk: 0 } },
      false,
    );
  },
);

test(
  'a group that is no string is a fault, and so is a block with too many names of groups',
  { timeout: 120_000 },
  async () => {
    const paths = { path: [Buffer.from('text')], groupPath: [Buffer.from('s')], skipInvalid: false };
    const options = { ignoreCase: false, word: false, overlapping: false };
    const kernel = compilePatterns([Buffer.from('love')], options, paths);
    const faultOf = (text: string) =>
      resultsAt(Buffer.from(text), kernel, { cuts: [], windowSize: 131_072, chunk: 0 }, []).then(
        () => 'none',
        (error: unknown) => (error as Error).message,
      );
    expect(await faultOf('{"s":"a","text":"love"}\n{"s":1}\n')).toBe(
      'the line at byte 24 has a group that is no string; to leave such lines out, use --skip-invalid',
    );
    const long = Array.from({ length: 34 }, (_, index) => `{"s":"${index}${'x'.repeat(2 ** 20)}"}\n`);
    expect(await faultOf(long.slice(0, 31).join(''))).toBe('none');
    expect(await faultOf(long.join(''))).toMatch(
      /^the line at byte \d+ is in a group too many, since a block may have groups with 32 MiB of names and 8388608 counts; give another field, or a smaller --block-size$/,
    );
    expect(await faultOf(`{"text":"love"}\n{"s":"${'x'.repeat(33 * 2 ** 20)}"}`)).toMatch(
      /^the line at byte 16 is in a group too many, since a block may have groups with 32 MiB of names /,
    );
    // The names in each range are few enough.
    const half = long.slice(0, 17).join('').length;
    const together = resultOfAll(Buffer.from(long.join('')), kernel, { cuts: [], windowSize: 131_072, chunk: 0 }, [
      half,
    ]);
    await expect(together).rejects.toThrow(
      /^this file and those before it have groups too many, since a block may have groups with 32 MiB of names /,
    );
  },
);
