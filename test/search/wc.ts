import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';

import { compileWc, type WordRule } from '../../src/scan/wc.ts';
import { temporaryFolder } from '../support/job.ts';
import { wcTexts } from '../support/wc-texts.ts';
import { wcReference, type WcCounts } from './wc-reference.ts';

const rules: readonly WordRule[] = ['coreutils 9.4', 'coreutils 9.5'];

/** What `wc` itself prints for each of the texts. */
function realCounts(folder: string, texts: readonly Uint8Array[]): WcCounts[] {
  const names = texts.map((_, index) => String(index));
  for (const [index, text] of texts.entries()) writeFileSync(join(folder, String(index)), text);
  const environment = { ...process.env, LC_ALL: 'C.UTF-8' };
  const printed = execFileSync('wc', ['-lwmc', '--', ...names], { cwd: folder, env: environment, encoding: 'utf8' });
  const lines = printed.trim().split('\n').slice(0, texts.length);
  return lines.map((line) => {
    const [lines, words, characters, bytes] = line.trim().split(/ +/).slice(0, 4).map(BigInt);
    return { lines: lines!, words: words!, characters: characters!, bytes: bytes! };
  });
}

/** By which rule the `wc` of this system counts. */
function realRule(): WordRule {
  const version = /([\d.]+)$/m.exec(execFileSync('wc', ['--version'], { encoding: 'utf8' }).split('\n')[0]!)![1]!;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 9 || (major === 9 && minor >= 5) ? 'coreutils 9.5' : 'coreutils 9.4';
}

/** Splits rows of four counts. */
function rowsOf(counts: BigUint64Array): WcCounts[] {
  return Array.from({ length: counts.length / 4 }, (_, index) => {
    const [lines = 0n, words = 0n, characters = 0n, bytes = 0n] = counts.subarray(4 * index);
    return { lines, words, characters, bytes };
  });
}

const sum = (all: readonly WcCounts[]): WcCounts => ({
  lines: all.reduce((total, { lines }) => total + lines, 0n),
  words: all.reduce((total, { words }) => total + words, 0n),
  characters: all.reduce((total, { characters }) => total + characters, 0n),
  bytes: all.reduce((total, { bytes }) => total + bytes, 0n),
});

/** The same for every kind of processor. */
export function testWc(): void {
  const { folder, remove } = temporaryFolder();
  const file = openSync(join(folder, 'text'), 'w+');
  afterAll(() => {
    closeSync(file);
    remove();
  });
  const scanners = new Map(rules.map((rule) => [rule, compileWc(rule)]));

  /** Counts in each of the blocks between the cuts. */
  const count = async (text: Uint8Array, cuts: readonly number[], rule: WordRule, how: object): Promise<WcCounts[]> => {
    const edges = [0, ...cuts, text.length];
    const ranges = edges.slice(1).map((end, index) => ({ begin: edges[index]!, end }));
    const fileRanges = ranges.map((range) => ({ fd: file, fileSize: text.length, ...range, ...how }));
    const { counts } = await scanners.get(rule)!.countFileRanges(fileRanges, true);
    const found = rowsOf(counts).values();
    const none = { lines: 0n, words: 0n, characters: 0n, bytes: 0n };
    return ranges.map(({ begin, end }) => (begin < end ? found.next().value! : none));
  };

  const check = async (text: Buffer, everyCut: boolean, more: readonly number[], how: object): Promise<void> => {
    ftruncateSync(file, 0);
    writeSync(file, text, 0, text.length, 0);
    const cuts = [[], more.map((part) => Math.floor(part * (text.length + 1))).sort((a, b) => a - b)];
    if (everyCut) for (let cut = 1; cut < text.length; cut++) cuts.push([cut]);
    for (const rule of rules) {
      const share = wcReference(text, rule);
      for (const places of cuts) {
        const edges = [0, ...places, text.length];
        const wanted = edges.slice(1).map((end, index) => share(edges[index]!, end));
        expect({ rule, places, counts: await count(text, places, rule, how) }).toEqual({
          rule,
          places,
          counts: wanted,
        });
        expect(sum(wanted)).toEqual(share(0, text.length));
      }
    }
  };
  const places = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 12 });
  const reading = fc.record({
    windowSize: fc.constantFrom(1, 3, 64, 67, 1000, 131_072),
    chunk: fc.constantFrom(undefined, 1, 5, 4096),
  });

  test('every cut of short texts', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(wcTexts(14), places, reading, (text, more, how) => check(text, true, more, how));
    await fc.assert(property, { numRuns: 1500 });
  });

  test('longer texts in many blocks', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(wcTexts(400), places, reading, (text, more, how) =>
      check(text, false, more, how),
    );
    await fc.assert(property, { numRuns: 500 });
  });

  // Nothing that tells whether a word begins is near the start of the last block.
  test.each(['\0', '\x80', '\u0001\xc2\x85'])('a long gap of %j', { timeout: 60_000 }, async (unit) => {
    const gap = unit.repeat(70_000);
    for (const before of ['', 'a', ' ', '\xe3\x80\x80']) {
      const text = Buffer.from(`${before}${gap}b ${gap} c${gap}`, 'latin1');
      await check(text, false, [0.1, 0.3, 0.5, 0.5, 0.9], {});
      await check(text, false, [0.49], { chunk: 4096 });
    }
  });

  test('a stream', { timeout: 20_000 }, async () => {
    const text = Buffer.from('愛 é\u3000a\n'.repeat(5000));
    writeFileSync(join(folder, 'stream'), text);
    const stream = openSync(join(folder, 'stream'), 'r');
    const { counts } = await scanners.get('coreutils 9.5')!.countStream(stream, { windowSize: 1000 });
    closeSync(stream);
    expect(rowsOf(counts)).toEqual([wcReference(text, 'coreutils 9.5')(0, text.length)]);
  });

  test('the reference counts as the wc of this system does', { timeout: 120_000 }, () => {
    const rule = realRule();
    const all = [...fc.sample(wcTexts(14), 1500), ...fc.sample(wcTexts(400), 600), Buffer.alloc(0)];
    const real = realCounts(folder, all);
    expect(all.map((text) => wcReference(text, rule)(0, text.length))).toEqual(real);
  });

  test(
    'every character is a space, part of a word, or ignored as in the wc of this system',
    { timeout: 240_000 },
    async () => {
      const rule = realRule();
      const lines = (wrap: (char: string) => string) =>
        Array.from({ length: 0x1100 }, (_, page) => {
          const codePoints = Array.from({ length: 256 }, (_, index) => page * 256 + index);
          return Buffer.from(codePoints.map((codePoint) => wrap(String.fromCodePoint(codePoint))).join(''));
        });
      const [alone, between] = [lines((char) => ` ${char} \n`), lines((char) => `x${char}y\n`)];
      const words = async (all: readonly Buffer[]) => {
        const found: bigint[] = [];
        for (const text of all) {
          ftruncateSync(file, 0);
          writeSync(file, text, 0, text.length, 0);
          found.push(sum(await count(text, [], rule, {})).words);
        }
        return found;
      };
      const real = (all: readonly Buffer[]) => realCounts(folder, all).map((counts) => counts.words);
      expect(await words(between)).toEqual(real(between));
      // What is printable in a newer Unicode may not be so in the C library's.
      const [ours, theirs] = [await words(alone), real(alone)];
      expect(ours.filter((number, page) => number < theirs[page]!)).toEqual([]);
      expect(ours.filter((number, page) => number !== theirs[page]).length).toBeLessThan(150);
    },
  );
}
