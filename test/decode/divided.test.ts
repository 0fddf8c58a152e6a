// Files with decoding units, divided among the blocks of several ranks, against a naive count of the whole text: generated files in each
// format, in blocks of any size, with any guesses. MPICOUNT_FUZZ_RUNS=100 runs a hundred times as many cases.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

import { FileTable } from '../../src/corpus/file-table.ts';
import { inspectFile } from '../../src/corpus/file-checks.ts';
import { Layout, sliceOf, type BlockRange, type Grid } from '../../src/corpus/grid.ts';
import { InputError } from '../../src/corpus/input-error.ts';
import { IoTuner } from '../../src/corpus/io-method.ts';
import type { CountContext } from '../../src/job/counting/block-counter.ts';
import { judge } from '../../src/job/counting/chain.ts';
import { countBlocks, recountBlocks, type BlockResult } from '../../src/job/counting/count-blocks.ts';
import { CountedBlocks } from '../../src/job/counting/counted-blocks.ts';
import type { AssignedBlock } from '../../src/job/schedule/schedule.ts';
import { Findings } from '../../src/scan/findings.ts';
import type { CompiledKernel } from '../../src/scan/kernel.ts';
import { compilePatterns, type ScanOptions } from '../../src/scan/patterns.ts';
import { compileWc, wordRules } from '../../src/scan/wc.ts';
import { Rows } from '../../src/tally/rows.ts';
import { referenceCounts, referenceLines } from '../search/reference.ts';
import { wcReference } from '../search/wc-reference.ts';
import { bzip2Stream } from './bzip2-stream.ts';
import { compressed, pack } from './harness.ts';
import { unitsOf, type Unit } from './divided.ts';
import { seekTable, type SeekTable } from './seek-table.ts';

const times = Number(process.env['MPICOUNT_FUZZ_RUNS'] ?? 1);
const timeout = 240_000 * times;
const folder = mkdtempSync(join(tmpdir(), 'mpicount-divided-'));
const done = { cases: 0, blocks: 0, recounted: 0, damaged: 0 };
afterAll(() => {
  rmSync(folder, { recursive: true });
  console.log(
    `divided: ${done.cases} cases in ${done.blocks} blocks, of which ${done.recounted} were counted again; ` +
      `${done.damaged} damaged files`,
  );
});

interface Cut {
  readonly blockSize: number;
  readonly ranks: number;
  readonly threads: number;
  readonly windowSize: number;
  readonly io: 'mmap' | 'read';
}

const cut: fc.Arbitrary<Cut> = fc.record({
  blockSize: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 20, max: 300 })),
  ranks: fc.integer({ min: 1, max: 4 }),
  threads: fc.integer({ min: 1, max: 3 }),
  windowSize: fc.constantFrom(1, 7, 64, 131_072),
  io: fc.constantFrom('mmap', 'read'),
});

function withWindow(kernel: CompiledKernel, windowSize: number): CompiledKernel {
  return {
    width: kernel.width,
    ready: kernel.ready.bind(kernel),
    countFileRanges: (ranges, byRange) =>
      kernel.countFileRanges(
        ranges.map((range) => ({ ...range, windowSize })),
        byRange,
      ),
    // Files in one block are to be read window by window, too.
    countFiles: () => Promise.resolve(undefined),
    countStream: kernel.countStream.bind(kernel),
    cancel: kernel.cancel.bind(kernel),
  };
}

/** Counts a file as the ranks of a job do, and returns the total. */
async function countDivided(
  kernel: CompiledKernel,
  stored: Buffer,
  format: (typeof compressed)[number] | 'encoding',
  { blockSize, ranks, threads, windowSize, io }: Cut,
  encoding?: string,
): Promise<bigint[]> {
  const path = Buffer.from(join(folder, 'file'));
  writeFileSync(path, stored);
  const files = FileTable.from([{ ...inspectFile.sync(path), format }]);
  const grid: Grid = { blockSize, blocks: Math.ceil(stored.length / blockSize) };
  const layout = new Layout(files.parts, grid);
  const context: CountContext = {
    kernel: withWindow(kernel, windowSize),
    byFile: false,
    tuner: new IoTuner(io, false),
    allowGrowth: false,
    decompress: true,
    encoding,
  };
  function* assigned(slice: readonly BlockRange[]): Generator<AssignedBlock, undefined> {
    for (const block of layout.blocks(slice)) yield { block, files, layout };
    return undefined;
  }
  const total = new Rows(kernel.width);
  const counted = Array.from({ length: ranks }, () => new CountedBlocks({ rows: total, findings: new Findings() }));
  const take = (rank: number, { block, link, counts }: BlockResult) => {
    done.blocks += 1;
    const rows = new Rows(kernel.width);
    rows.add([0], counts);
    counted[rank]?.add(block.index, link, { rows, findings: new Findings() });
  };
  for (let rank = 0; rank < ranks; rank += 1) {
    const left = assigned(sliceOf(rank, ranks, [{ first: 0, end: grid.blocks }]));
    const schedule = { next: () => left.next().value };
    for await (const result of countBlocks(schedule, context, threads)) take(rank, result);
  }
  for (;;) {
    const owned = counted.flatMap(({ chains }, rank) => chains.map((chain) => ({ chain, rank })));
    owned.sort((one, other) => one.chain.first - other.chain.first);
    const verdicts = judge(owned.map(({ chain }) => chain));
    const wrong = verdicts.findIndex((verdict) => typeof verdict === 'object');
    const [{ rank, chain } = { rank: 0, chain: undefined }, verdict] = [owned[wrong], verdicts[wrong]];
    if (chain === undefined || typeof verdict !== 'object') {
      expect(verdicts.every((other) => other === 'right')).toBe(true);
      break;
    }
    const { first, last } = counted[rank]!.remove(chain.first);
    for await (const result of recountBlocks(assigned([{ first, end: last + 1 }]), verdict, context)) {
      done.recounted += 1;
      take(rank, result);
    }
  }
  for (const one of counted) one.settle();
  done.cases += 1;
  return [...total.row(0)];
}

const patterns = ['love', 'lo', 'aa', 'é', 'o l', 'elo'].map((pattern) => Buffer.from(pattern));
const kernels = new Map<string, CompiledKernel>();
function kernelFor(options: ScanOptions, records?: 'line'): CompiledKernel {
  const key = JSON.stringify([options, records]);
  const kernel = kernels.get(key) ?? compilePatterns(patterns, options, records);
  kernels.set(key, kernel);
  return kernel;
}

const options = fc.record({ ignoreCase: fc.boolean(), word: fc.boolean(), overlapping: fc.boolean() });

describe.each(compressed)('%s', (format) => {
  const pool = unitsOf(format);
  const units = fc.array(
    fc.nat({ max: pool.length - 1 }).map((index): Unit => pool[index]!),
    {
      minLength: 1,
      maxLength: 14,
    },
  );
  const isPadding = ({ stored }: Unit) => stored.every((byte) => byte === 0);
  const file = units.filter(([first]) => first !== undefined && !isPadding(first));
  const textOf = (of: readonly Unit[]) => Buffer.concat(of.map(({ text }) => text));
  const storedOf = (of: readonly Unit[]) => {
    const stored = Buffer.concat(of.map(({ stored }) => stored));
    // A BGZF file ends with an empty block.
    return format === 'gzip' ? Buffer.concat([stored, pool[0]!.stored]) : stored;
  };

  test('patterns in any units, in any blocks', { timeout }, async () => {
    const property = fc.asyncProperty(file, cut, options, async (given, cuts, scan) => {
      const found = await countDivided(kernelFor(scan), storedOf(given), format, cuts);
      expect(found).toEqual(referenceCounts(textOf(given), patterns, scan));
    });
    await fc.assert(property, { numRuns: 200 * times });
  });

  test('lines with patterns in any units, in any blocks', { timeout }, async () => {
    const property = fc.asyncProperty(file, cut, options, async (given, cuts, scan) => {
      const text = textOf(given);
      const found = await countDivided(kernelFor(scan, 'line'), storedOf(given), format, cuts);
      const lines = referenceLines(text, patterns, scan)(0, text.length);
      expect(found).toEqual([...referenceCounts(text, patterns, scan), ...lines]);
    });
    await fc.assert(property, { numRuns: 200 * times });
  });

  test('lines, words, characters and bytes in any units, in any blocks', { timeout }, async () => {
    const wc = new Map(wordRules.map((rule) => [rule, compileWc(rule)]));
    const property = fc.asyncProperty(file, cut, fc.constantFrom(...wordRules), async (given, cuts, rule) => {
      const text = textOf(given);
      const { lines, words, characters, bytes } = wcReference(text, rule)(0, text.length);
      const found = await countDivided(wc.get(rule)!, storedOf(given), format, cuts);
      expect(found).toEqual([lines, words, characters, bytes]);
    });
    await fc.assert(property, { numRuns: 200 * times });
  });

  test(
    'a file that is cut off, or has a wrong byte, is an error or the text that a decoder of the whole file gives',
    { timeout },
    async () => {
      const kernel = kernelFor({ ignoreCase: false, word: false, overlapping: false });
      const whole = { blockSize: 2 ** 20, ranks: 1, threads: 1, windowSize: 131_072, io: 'read' } as const;
      const outcome = async (stored: Buffer, cuts: Cut) =>
        countDivided(kernel, stored, format, cuts).catch((error: unknown) => {
          if (!(error instanceof InputError)) throw error;
          done.damaged += 1;
          // Where a library notices damage in a unit depends on how much of it was passed at a time.
          return error.message.replace(/is damaged at byte \d+, in/, 'is damaged in');
        });
      const damage = fc.record({ place: fc.double({ min: 0, max: 0.999, noNaN: true }), flip: fc.nat({ max: 255 }) });
      const property = fc.asyncProperty(file, cut, damage, async (given, cuts, { place, flip }) => {
        const intact = storedOf(given);
        const at = Math.floor(place * intact.length);
        const damaged = flip === 0 ? intact.subarray(0, at + 1) : Buffer.from(intact);
        if (flip > 0) damaged[at] = (damaged[at] ?? 0) ^ flip;
        expect(await outcome(damaged, cuts)).toEqual(await outcome(damaged, whole));
      });
      await fc.assert(property, { numRuns: 100 * times });
    },
  );
});

// The checksum of a stream is that of all of its blocks, which are counted anywhere.
describe('bzip2 streams', () => {
  const parts = ['love', 'lo', 've lovely', 'aaaa\n', 'o l', 'love '.repeat(40), 'é'].map((text) => Buffer.from(text));
  const packed = parts.map((text) => pack('bzip2', text));
  const stream = fc.array(fc.nat({ max: parts.length - 1 }), { minLength: 1, maxLength: 9 });
  const storedOf = (indices: readonly number[]) => indices.map((index) => packed[index]!);
  const kernel = kernelFor({ ignoreCase: false, word: false, overlapping: false });

  test('without one of their blocks, or with one more, are an error in any blocks', { timeout }, async () => {
    const property = fc.asyncProperty(
      fc.tuple(fc.array(stream, { maxLength: 2 }), stream, fc.array(stream, { maxLength: 2 })),
      fc.nat(),
      fc.boolean(),
      cut,
      async ([before, wrong, after], place, isMissing, cuts) => {
        const left = wrong.toSpliced(place % wrong.length, 1);
        const [blocks, summed] = isMissing ? [left, wrong] : [wrong, left];
        fc.pre(left.length > 0);
        const begin = Buffer.concat(before.map((indices) => bzip2Stream(storedOf(indices))));
        const damaged = bzip2Stream(storedOf(blocks), storedOf(summed));
        const file = [begin, damaged, ...after.map((indices) => bzip2Stream(storedOf(indices)))];
        const found = countDivided(kernel, Buffer.concat(file), 'bzip2', cuts).catch((error: unknown) => error);
        expect(await found).toBeInstanceOf(InputError);
        const { message } = (await found) as InputError;
        const [, offset, unit] =
          /: is damaged at byte (\d+), in the bzip2 block from byte (\d+): the checksum of its stream is not that of its blocks$/.exec(
            message,
          ) ?? [];
        expect(offset).toBe(unit);
        expect(Number(offset)).toBeGreaterThanOrEqual(begin.length);
        expect(Number(offset)).toBeLessThan(begin.length + damaged.length);
        done.damaged += 1;
      },
    );
    await fc.assert(property, { numRuns: 200 * times });
  });
});

// Seek tables are never used: frames are found by their first bytes, without trust in a table.
describe('zstd frames with a seek table at the end', () => {
  const texts = ['love', 'lo', '', 've lovely', 'aaaa\n', 'o l', 'love '.repeat(40)].map((text) => Buffer.from(text));
  const frames = texts.map((text) => ({ text, stored: pack('zstd', text) }));
  const given = fc.array(
    fc.nat({ max: frames.length - 1 }).map((index): Unit => frames[index]!),
    { minLength: 1, maxLength: 12 },
  );
  const right = (units: readonly Unit[]): SeekTable => ({
    entries: units.map(({ stored, text }) => ({ stored: stored.length, text: text.length })),
  });
  const checked = (units: readonly Unit[]): SeekTable => ({
    entries: right(units).entries.map((entry) => ({ ...entry, checksum: 0x1234_5678 })),
  });
  const size = fc.nat({ max: 0xffff_ffff });
  const tables: Readonly<Record<string, fc.Arbitrary<(units: readonly Unit[]) => SeekTable>>> = {
    'that is right': fc.constant(right),
    'with checksums, which are wrong': fc.constant(checked),
    'that points into frames': fc.integer({ min: 1, max: 30 }).map((moved) => (units: readonly Unit[]) => ({
      entries: right(units).entries.map(({ stored, text }) => ({
        stored: Math.abs(stored - moved),
        text: text + moved,
      })),
    })),
    'that points beyond the end': fc.constant((units: readonly Unit[]) => ({
      entries: right(units).entries.map(({ stored, text }) => ({ stored: 1000 * stored, text })),
    })),
    'that lacks frames': fc.constant((units: readonly Unit[]) => ({ entries: right(units).entries.slice(1) })),
    'that says that it has more entries than it can have': size.map((count) => (units: readonly Unit[]) => ({
      ...right(units),
      count,
    })),
    'that says that it has checksums, but has none': fc.constant((units: readonly Unit[]) => ({
      ...right(units),
      checked: true,
    })),
    'of anything': fc
      .array(fc.record({ stored: size, text: size }), { maxLength: 20 })
      .map((entries) => () => ({ entries })),
  };

  test.each(Object.entries(tables))('a table %s', { timeout }, async (_name, table) => {
    const property = fc.asyncProperty(given, table, cut, options, async (units, tableOf, cuts, scan) => {
      const stored = Buffer.concat([...units.map((unit) => unit.stored), seekTable(tableOf(units))]);
      const text = Buffer.concat(units.map((unit) => unit.text));
      expect(await countDivided(kernelFor(scan), stored, 'zstd', cuts)).toEqual(referenceCounts(text, patterns, scan));
    });
    await fc.assert(property, { numRuns: 60 * times });
  });

  test('a table that is cut off is an error', { timeout }, async () => {
    const stored = Buffer.concat([frames[0]!.stored, seekTable(right(frames.slice(0, 1)))]);
    const kernel = kernelFor({ ignoreCase: false, word: false, overlapping: false });
    const property = fc.asyncProperty(fc.integer({ min: 1, max: 24 }), cut, async (missing, cuts) => {
      await expect(countDivided(kernel, stored.subarray(0, -missing), 'zstd', cuts)).rejects.toThrow(
        `is cut off at byte ${stored.length - missing}, in the zstd frame from byte ${frames[0]!.stored.length}`,
      );
    });
    await fc.assert(property, { numRuns: 100 * times });
  });
});

// Text in CP1252 is divided at any byte, and at any unit if it is compressed.
describe('text in an encoding', () => {
  const words = ['love', 'lo', ' ', 'é', '€', 'aaa', '\n', 'lovely', '“'];
  const text = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 80 }).map((parts) => parts.join(''));
  const special = new Map([
    ['€', 0x80],
    ['“', 0x93],
  ]);
  const encode = (text: string) =>
    Buffer.from(Array.from(text, (letter) => special.get(letter) ?? letter.codePointAt(0) ?? 0));

  test('plain, in any blocks', { timeout }, async () => {
    const property = fc.asyncProperty(text, cut, options, async (given, cuts, scan) => {
      const found = await countDivided(kernelFor(scan), encode(given), 'encoding', cuts, 'CP1252');
      expect(found).toEqual(referenceCounts(Buffer.from(given), patterns, scan));
    });
    await fc.assert(property, { numRuns: 200 * times });
  });

  test('its lines, words, characters and bytes', { timeout }, async () => {
    const [rule] = wordRules;
    const wc = compileWc(rule);
    const property = fc.asyncProperty(text, cut, async (given, cuts) => {
      const decoded = Buffer.from(given);
      const { lines, words, characters, bytes } = wcReference(decoded, rule)(0, decoded.length);
      const found = await countDivided(wc, encode(given), 'encoding', cuts, 'CP1252');
      expect(found).toEqual([lines, words, characters, bytes]);
    });
    await fc.assert(property, { numRuns: 200 * times });
  });

  test('in gzip members, in any blocks', { timeout }, async () => {
    const members = fc.array(text, { minLength: 1, maxLength: 8 });
    const property = fc.asyncProperty(members, cut, options, async (given, cuts, scan) => {
      const stored = Buffer.concat(given.map((member) => pack('gzip', encode(member))));
      const found = await countDivided(kernelFor(scan), stored, 'gzip', cuts, 'CP1252');
      expect(found).toEqual(referenceCounts(Buffer.from(given.join('')), patterns, scan));
    });
    await fc.assert(property, { numRuns: 200 * times });
  });

  test('an invalid byte is an error with its place in the file, in any blocks', { timeout }, async () => {
    const kernel = kernelFor({ ignoreCase: false, word: false, overlapping: false });
    const place = fc.nat({ max: 1000 });
    const property = fc.asyncProperty(text, cut, place, async (given, cuts, wanted) => {
      const stored = encode(given);
      const at = wanted % stored.length;
      stored[at] = 0x81;
      await expect(countDivided(kernel, stored, 'encoding', cuts, 'CP1252')).rejects.toThrow(
        `is not in the encoding CP1252: byte ${at} (0x81) is not valid in it`,
      );
    });
    await fc.assert(property, { numRuns: 50 * times });
  });
});
