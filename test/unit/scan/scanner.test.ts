// What the scanner promises beside its counts, which differential.test.ts compares with the reference.
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReadFailure } from '../../../src/scan/kernel.ts';
import { compilePatterns, PatternError } from '../../../src/scan/patterns.ts';

const exact = { ignoreCase: false, word: false, overlapping: false };
const bytes = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text, 'latin1'));

let folder: string;
let file: number;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mpicount-scanner-'));
  file = openSync(join(folder, 'text'), 'w+');
});
afterAll(() => {
  closeSync(file);
  rmSync(folder, { recursive: true });
});

const write = (text: string): number => {
  ftruncateSync(file, 0);
  return writeSync(file, Buffer.from(text, 'latin1'), 0, text.length, 0);
};

describe('invalid patterns are refused', () => {
  test.each([
    ['an empty one', bytes('love', ''), "pattern '': it is empty"],
    ['one with a newline', bytes('love', 'ha\nte'), "pattern 'ha\\x0ate': it contains a newline"],
  ])('%s', (_name, patterns, message) => {
    for (const ignoreCase of [false, true]) {
      const compile = () => compilePatterns(patterns, { ...exact, ignoreCase });
      expect(compile).toThrow(new PatternError(patterns[1]!, message.replace(/^.*: /, '')));
    }
  });
});

test('every byte but the newline can be searched for, alone and at the start, middle and end of a pattern', async () => {
  const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).filter((byte) => byte !== '\n');
  for (const ignoreCase of [false, true]) {
    for (const byte of all) {
      const patterns = bytes(byte, `${byte}7`, `7${byte}7`, `7${byte}`);
      const size = write(`\n7${byte}7\n`);
      const scanner = compilePatterns(patterns, { ...exact, ignoreCase });
      const { counts } = await scanner.countFileRange(file, size, 0, size);
      expect([byte, ...counts]).toEqual(byte === '7' ? [byte, 3n, 1n, 1n, 1n] : [byte, 1n, 1n, 1n, 1n]);
    }
  }
});

test('counts have the order of the patterns, including repeated ones', async () => {
  const size = write('love hate love');
  const scanner = compilePatterns(bytes('hate', 'love', 'hope', 'love', 'o'), exact);
  const { counts } = await scanner.countFileRange(file, size, 0, size);
  expect([...counts]).toEqual([1n, 2n, 0n, 2n, 2n]);
});

test('patterns that differ only in case have equal counts when case is ignored', async () => {
  const size = write('love LOVE Love');
  const patterns = bytes('love', 'LOVE', 'Love', 'hate');
  const counts = async (ignoreCase: boolean) => {
    const scanner = compilePatterns(patterns, { ...exact, ignoreCase });
    return [...(await scanner.countFileRange(file, size, 0, size)).counts];
  };
  expect(await counts(true)).toEqual([3n, 3n, 3n, 0n]);
  expect(await counts(false)).toEqual([1n, 1n, 1n, 0n]);
});

test('patterns with very many case variants of their prefix are found', async () => {
  const variants = ['θΘϑϴ', 'σΣς', 'sSſ'].map((all) => Array.from(all));
  const patterns = variants.map(([one = '']) => Buffer.from(one.repeat(9)));
  const text = Buffer.from(
    variants.map((all) => Array.from({ length: 18 }, (_, i) => all[(i * 7) % all.length]).join('')).join(' '),
  );
  const size = write(text.toString('latin1'));
  const scanner = compilePatterns(patterns, { ...exact, ignoreCase: true });
  expect([...(await scanner.countFileRange(file, size, 0, size)).counts]).toEqual([2n, 2n, 2n]);
});

test('occurrences are found at every offset of a text of several thousand bytes', async () => {
  const few = ['needle', 'thread', 'sew'];
  const many = [...few, ...Array.from({ length: 400 }, (_, i) => `pin${i}x`)];
  for (const list of [few, many]) {
    const scanner = compilePatterns(
      list.map((pattern) => Buffer.from(pattern)),
      exact,
    );
    for (let before = 0; before < 40; before += 1) {
      // Each 1024 bytes are looked at in one go: an occurrence across the edge of each, and at the end.
      const size = write(
        '.'.repeat(1000 + before) + 'needle' + '.'.repeat(1018) + 'thread' + '.'.repeat(before) + 'needle',
      );
      const { counts } = await scanner.countFileRange(file, size, 0, size);
      expect([before, ...counts.slice(0, 3)]).toEqual([before, 2n, 1n, 0n]);
    }
  }
});

// A library that was in use before missed the last one for some sizes.
test('an occurrence at the end of a file of any size is found', async () => {
  const scanner = compilePatterns(
    ['\u01c4', '\u01c6\u03c3\u01c6\u03c3'].map((pattern) => Buffer.from(pattern)),
    { ...exact, ignoreCase: true },
  );
  for (const filler of ['\u03c3', 'ab', '\n\n']) {
    for (let before = 0; before < 200; before += 1) {
      const text = Buffer.from(filler.repeat(before) + '\u01c5');
      const size = write(text.toString('latin1'));
      const { counts } = await scanner.countFileRange(file, size, 0, size);
      expect([filler, before, ...counts]).toEqual([filler, before, 1n, 0n]);
    }
  }
});

// The first byte of such a character is as far before an occurrence as the word rule looks.
test.each(['𝒜', '€', 'é'])(
  '%s beside an occurrence is seen whole, wherever a window or a block ends',
  async (letter) => {
    const isWord = letter !== '€';
    const patterns = ['love', 'e'].map((pattern) => Buffer.from(pattern));
    for (const chosen of [patterns.slice(0, 1), patterns]) {
      const scanner = compilePatterns(chosen, { ...exact, word: true });
      for (let before = 0; before < 40; before += 1) {
        const text = Buffer.from(`${'.'.repeat(before)}${letter}love.love${letter}.love`);
        const size = write(text.toString('latin1'));
        for (const reading of [{ windowSize: 1 }, { windowSize: 1, chunk: 1 }, { windowSize: 27 }]) {
          const { counts } = await scanner.countFileRange(file, size, 0, size, reading);
          expect([before, reading, counts[0]]).toEqual([before, reading, isWord ? 1n : 3n]);
        }
        const blocks = await Promise.all(
          Array.from(text, (_, begin) => scanner.countFileRange(file, size, begin, begin + 1)),
        );
        expect([before, blocks.reduce((sum, { counts }) => sum + (counts[0] ?? 0n), 0n)]).toEqual([
          before,
          isWord ? 1n : 3n,
        ]);
      }
    }
  },
);

test('bytes beyond the end of a file are not read as zeros', async () => {
  for (const ignoreCase of [false, true]) {
    const size = write('abcd\0\0');
    const scanner = compilePatterns(bytes('abcd\0\0', 'abcd\0\0\0', 'abcd\0\0\0\0\0', 'cd\0\0\0'), {
      ...exact,
      ignoreCase,
    });
    expect([...(await scanner.countFileRange(file, size, 0, size)).counts]).toEqual([1n, 0n, 0n, 0n]);
  }
});

test('an empty file and an empty block count nothing', async () => {
  const scanner = compilePatterns(bytes('love', 'hate'), exact);
  expect([...(await scanner.countFileRange(file, write(''), 0, 0)).counts]).toEqual([0n, 0n]);
  const size = write('love');
  expect([...(await scanner.countFileRange(file, size, 0, 0)).counts]).toEqual([0n, 0n]);
  expect([...(await scanner.countFileRange(file, size, 4, 4)).counts]).toEqual([0n, 0n]);
});

test('concurrent blocks of two scanners do not affect each other', async () => {
  const size = write('love and hate '.repeat(5000));
  const scanners = [
    compilePatterns(bytes('love'), exact),
    compilePatterns(bytes('HATE', 'a'), { ...exact, ignoreCase: true }),
  ];
  const step = 997;
  const blocks = scanners.flatMap((scanner) =>
    Array.from({ length: Math.ceil(size / step) }, (_, i) =>
      scanner.countFileRange(file, size, i * step, Math.min(size, (i + 1) * step), { windowSize: 100 + i }),
    ),
  );
  const totals = [0n, 0n, 0n];
  for (const { counts } of await Promise.all(blocks)) {
    counts.forEach((count, i) => (totals[counts.length === 1 ? 0 : i + 1]! += count));
  }
  expect(totals).toEqual([5000n, 5000n, 10_000n]);
});

test('occurrences at offsets beyond 31 and 32 bits are found', async () => {
  // A file with holes: nearly all of it takes no space.
  const fileSize = 5 * 2 ** 30;
  ftruncateSync(file, 0);
  ftruncateSync(file, fileSize);
  const scanner = compilePatterns(bytes('love', 'aa'), exact);
  for (const edge of [2 ** 31, 2 ** 32]) {
    // Seven a across the edge, from 3 before it: one run; and a word across the end of the next block, 7 after it.
    writeSync(file, Buffer.from('aaaaaaa love'), 0, 12, edge - 3);
    const count = async (begin: number, end: number): Promise<bigint[]> => [
      ...(await scanner.countFileRange(file, fileSize, begin, end)).counts,
    ];
    expect(await count(edge - 1000, edge)).toEqual([0n, 3n]);
    expect(await count(edge, edge + 7)).toEqual([1n, 0n]);
    expect(await count(edge - 1000, edge + 1000)).toEqual([1n, 3n]);
  }
});

const readings: [name: string, reading: { chunk?: number }][] = [
  ['mapped', {}],
  ['read', { chunk: 16 }],
];

describe.each(readings)('a read error names its position, %s', (_name, reading) => {
  test('in a file that is shorter than expected', async () => {
    write('love');
    const scanner = compilePatterns(bytes('love'), exact);
    await expect(scanner.countFileRange(file, 100, 0, 100, reading)).rejects.toMatchObject({ errno: 0, offset: 4 });
  });

  test('in a file that is not open', async () => {
    const scanner = compilePatterns(bytes('love'), exact);
    const counting = scanner.countFileRange(1_000_000, 100, 0, 100, reading);
    await expect(counting).rejects.toMatchObject({ errno: 9, offset: 0 });
  });

  test('and its file range', async () => {
    const size = write('love');
    const scanner = compilePatterns(bytes('love'), exact);
    const stretch = { fd: file, fileSize: size, begin: 0, end: size, ...reading };
    const counting = scanner.countFileRanges([stretch, stretch, { ...stretch, fd: 1_000_000 }, stretch]);
    await expect(counting).rejects.toMatchObject({ errno: 9, range: 2 });
  });

  test('in a file that is truncated during the count', { timeout: 60_000 }, async () => {
    const size = 16 * 2 ** 20; // mapped at once
    const left = 5000;
    ftruncateSync(file, 0);
    ftruncateSync(file, size);
    // One pattern, and a set of them; slow, as a byte at a time is looked at.
    for (const patterns of [bytes('love'), bytes('love', 'hate')]) {
      const scanner = compilePatterns(patterns, exact);
      const counting = scanner.countFileRange(file, size, 0, size, { ...reading, windowSize: 1 });
      setTimeout(() => {
        ftruncateSync(file, left);
      }, 20);
      const error: unknown = await counting.catch((e: unknown) => e);
      expect(error).toMatchObject({ errno: 0 });
      expect((error as ReadFailure).offset).toBeGreaterThanOrEqual(left);
      ftruncateSync(file, size);
    }
  });
});
