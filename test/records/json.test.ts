// The parsers of JSON lines against JSON.parse() and each other: generated lines, byte by byte. MPICOUNT_FUZZ_RUNS=100 runs a hundred times as many.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { temporaryFolder } from '../support/job.ts';
import { native, sanitize } from '../support/native-sources.ts';
import { lines, paths } from './json-lines.ts';
import { fieldOf, type Field } from './json-reference.ts';

const times = Number(process.env['MPICOUNT_FUZZ_RUNS'] ?? 1);
const { folder, remove } = temporaryFolder();
const program = join(folder, 'json');
const done: Record<string, number> = {};
afterAll(() => {
  remove();
  console.log(`json: ${JSON.stringify(done)} lines`);
});

beforeAll(() => {
  const options = ['-std=gnu++20', '-O1', '-Wall', '-Wextra', '-Werror', '-fno-exceptions', '-I', native];
  const kernel = ['json_line.cc', 'long_json_line.cc'].map((name) => join(native, 'kernel', name));
  const sources = [join(import.meta.dirname, 'json.cc'), ...kernel];
  execFileSync('g++', [...options, ...sanitize, '-o', program, ...sources]);
}, 240_000);

const sized = (bytes: Uint8Array) => [Buffer.from(Uint32Array.of(bytes.length).buffer), bytes];

const numbered = (number: number) => Buffer.from(Uint32Array.of(number).buffer);

type Found = Field | `invalid: ${string}`;

/**
 * Returns what the parser finds in each line under each of the paths, and for an invalid line what is wrong.
 * @param partSize The size of the parts in which the parser of long lines gets each line; 0 for the other parser.
 */
function parseAll(paths: readonly (readonly string[])[], all: readonly Uint8Array[], partSize: number): Found[] {
  const ways = paths.flatMap((path) => [numbered(path.length), ...path.flatMap((key) => sized(Buffer.from(key)))]);
  const input = Buffer.concat([numbered(partSize), numbered(paths.length), ...ways, ...all.flatMap(sized)]);
  const output = execFileSync(program, { input, maxBuffer: 2 ** 30 });
  const found: Found[] = [];
  for (let at = 0; at < output.length;) {
    const [kind, size] = [output.readUInt32LE(at), output.readUInt32LE(at + 4)];
    const bytes = output.subarray(at + 8, at + 8 + size);
    found.push((['absent', bytes, 'other', `invalid: ${bytes.toString()}`, 'blank'] as const)[kind]!);
    at += 8 + size;
  }
  return found;
}

const parse = (path: readonly string[], all: readonly Uint8Array[], partSize = 0) => parseAll([path], all, partSize);

/** Sizes of parts; with 0, lines are not long. */
const partSizes = fc.oneof(fc.constantFrom(0, 1, 2, 3), fc.integer({ min: 4, max: 100 }));

const withoutReason = (field: string | Buffer) =>
  typeof field === 'string' ? field.replace(/^invalid: .*/, 'invalid') : field.toString('latin1');

test('finds what JSON.parse() finds, and accepts what it accepts', { timeout: 600_000 * times }, () => {
  const property = fc.property(
    fc.constantFrom(...paths),
    fc.array(lines, { minLength: 1, maxLength: 2000, size: 'max' }),
    partSizes,
    (path, all, partSize) => {
      const texts = all.map((line) => Buffer.from(line, 'latin1'));
      const found = parse(path, texts, partSize).map(withoutReason);
      const wanted = texts.map((text) => fieldOf(text, path)).map(withoutReason);
      expect(all.map((line, index) => [line, found[index]])).toEqual(all.map((line, index) => [line, wanted[index]]));
      for (const field of texts.map((text) => fieldOf(text, path))) {
        const kind = typeof field === 'string' ? field : 'string';
        done[kind] = (done[kind] ?? 0) + 1;
      }
    },
  );
  fc.assert(property, { numRuns: 60 * times });
});

test('finds two fields in one pass', { timeout: 600_000 * times }, () => {
  const ways = fc.constantFrom(...paths, ['a'], ['a', 'text'], ['text', 'a']);
  const property = fc.property(
    fc.array(ways, { minLength: 2, maxLength: 3 }),
    fc.array(lines, { minLength: 1, maxLength: 1000, size: 'max' }),
    partSizes,
    (wanted, all, partSize) => {
      const texts = all.map((line) => Buffer.from(line, 'latin1'));
      const fields = texts.flatMap((text) => wanted.map((path) => withoutReason(fieldOf(text, path))));
      expect(parseAll(wanted, texts, partSize).map(withoutReason)).toEqual(fields);
    },
  );
  fc.assert(property, { numRuns: 40 * times });
});

const ways = [['text'], ['a'], ['meta', 'text'], ['é', '"']];

test('says of a long line what it says of another one, wherever parts end', { timeout: 600_000 * times }, () => {
  const property = fc.property(
    fc.array(lines, { minLength: 1, maxLength: 1000, size: 'max' }),
    partSizes,
    (all, partSize) => {
      const texts = all.map((line) => Buffer.from(line, 'latin1'));
      expect(parseAll(ways, texts, partSize + 1)).toEqual(parseAll(ways, texts, 0));
    },
  );
  fc.assert(property, { numRuns: 40 * times });
});

test('says of each beginning of a long line what it says of that of another one', { timeout: 600_000 * times }, () => {
  const property = fc.property(fc.array(lines, { minLength: 1, maxLength: 10 }), partSizes, (all, partSize) => {
    const texts = all.flatMap((line) =>
      Array.from(line, (_, size) => Buffer.from(line.slice(0, size), 'latin1')).slice(0, 300),
    );
    expect(parseAll(ways, texts, partSize + 1)).toEqual(parseAll(ways, texts, 0));
  });
  fc.assert(property, { numRuns: 100 * times });
});

test.each([
  [
    '{"a":{"b":"x"},"a":{"c":"y"}}',
    [
      ['a', 'b'],
      ['a', 'c'],
    ],
    ['absent', 'y'],
  ],
  ['{"a":"x","b":"y","a":"z"}', [['b'], ['a']], ['y', 'z']],
  ['{"a":"x","\\u0061":1}', [['a'], ['a']], ['other', 'other']],
  ['{"a":{"b":"x"}}', [['a'], ['a', 'b']], ['other', 'x']],
  ['{"a":{"b":"x"},"a":"y"}', [['a'], ['a', 'b']], ['y', 'absent']],
  ['{"b":"\\u00e9","c":{"b":"no"},"a":"\\n"}', [['a'], ['b']], ['\n', '\xc3\xa9']],
])('of members with equal names the last one counts, for each of two fields: %s', (line, ways, found) => {
  for (const partSize of [0, 1, 2, 5]) {
    expect(parseAll(ways, [Buffer.from(line)], partSize).map(withoutReason)).toEqual(found);
  }
});

describe.each([0, 1, 3, 1000])('a line, in parts of %i bytes (0: in one),', (partSize) => {
  /** Returns what is found in one line. */
  const only = (line: string, path: readonly string[] = ['text']) =>
    parse(path, [Buffer.from(line, 'latin1')], partSize)[0];

  test('may be nested to any depth', () => {
    const depth = 1_000_000;
    expect(only(`{"a":${'['.repeat(depth)}${']'.repeat(depth)},"text":"x"}`)).toEqual(Buffer.from('x'));
    expect(only(`{"a":${'{"text":'.repeat(depth)}1${'}'.repeat(depth)}}`)).toBe('absent');
    expect(only(`{"a":${'['.repeat(depth)}`)).toBe(`invalid: it ends within the object at ${5 + depth}`);
  });

  test('may have a string of any length, with escapes at any place of a vector', () => {
    const raw = Array.from({ length: 40 }, (_, size) => `${'x'.repeat(size)}\\n${'y'.repeat(size)}\\u00e9`);
    const all = raw.map((string) => Buffer.from(`{"text":"${string}"}`));
    expect(parse(['text'], all, partSize)).toEqual(
      raw.map((string) => Buffer.from(JSON.parse(`"${string}"`) as string)),
    );
  });

  test.each([
    ['{"text":"a"', 'it ends within the object at 11'],
    ['{"text":"a', 'it ends within the object at 10'],
    ['{"text":"a\tb"}', 'a control character is not escaped at 10'],
    ['{"text":"a\\qb"}', 'an escape is not valid at 11'],
    ['{"text":tru}', 'a value is not valid at 11'],
    ['{"text":NaN}', 'a value is not valid at 8'],
    ['{"text" 1}', 'a colon is missing at 8'],
    ['{"text":1 "a":2}', 'a comma or } is missing at 10'],
    ['{"text":[1 2]}', 'a comma or ] is missing at 11'],
    ['{"text":1,}', 'the name of a member is missing at 10'],
    ['{"text":1} x', 'more follows the object at 11'],
    ['["text"]', 'it does not begin with { at 0'],
  ])('that is no JSON object: %s', (line, reason) => {
    expect(only(line)).toBe(`invalid: ${reason}`);
    expect(fieldOf(Buffer.from(line), ['text'])).toBe('invalid');
  });
});
