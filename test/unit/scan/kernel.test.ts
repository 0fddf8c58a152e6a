import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

import type { CompiledKernel } from '../../../src/scan/kernel.ts';
import { compilePatterns } from '../../../src/scan/patterns.ts';
import { compileWc } from '../../../src/scan/wc.ts';
import { temporaryFolder } from '../../support/job.ts';
import { exact } from '../../support/spec.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

/** Writes the text to a file, opens it, and passes the descriptor to a function. */
async function withFile<T>(text: Uint8Array, use: (fd: number) => Promise<T>): Promise<T> {
  const path = join(folder, 'text');
  writeFileSync(path, text);
  const fd = openSync(path, 'r');
  try {
    return await use(fd);
  } finally {
    closeSync(fd);
  }
}

/** Returns the file ranges between the cuts, without empty ones. */
function rangesOf(fd: number, fileSize: number, cuts: readonly number[]) {
  const edges = [0, ...[...cuts].sort((a, b) => a - b), fileSize];
  return edges
    .slice(1)
    .map((end, index) => ({ fd, fileSize, begin: edges[index] ?? 0, end, windowSize: 7 }))
    .filter(({ begin, end }) => begin < end);
}

async function counts(kernel: CompiledKernel, fileRanges: ReturnType<typeof rangesOf>, byRange: boolean) {
  return [...(await kernel.countFileRanges(fileRanges, byRange)).counts];
}

// 'lo' is there twice, so that rows of the addon are shorter than those of the kernel.
const kernels: readonly (readonly [string, CompiledKernel])[] = [
  ['patterns', compilePatterns([Buffer.from('lo'), Buffer.from('o l'), Buffer.from('lo'), Buffer.from('aa')], exact)],
  ['wc', compileWc('coreutils 9.4')],
];

const texts = fc.array(fc.constantFrom('lo', ' ', '\n', 'a', 'aaa', 'é', '\u2028', '\x01'), { maxLength: 12 });
const fractions = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 });

describe.each(kernels)('the kernel of %s', (_, kernel) => {
  test('counts each file range in a row of its own, as in a call for that range alone', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fractions, async (parts, places) => {
        const text = Buffer.from(parts.join(''));
        await withFile(text, async (fd) => {
          const cuts = places.map((place) => Math.floor(place * text.length));
          const fileRanges = rangesOf(fd, text.length, cuts);
          const alone = await Promise.all(fileRanges.map((range) => counts(kernel, [range], false)));
          expect(await counts(kernel, fileRanges, true)).toEqual(alone.flat());
        });
      }),
    );
  });

  test('counts all file ranges in one row, as in one call for the whole text', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fractions, async (parts, places) => {
        const text = Buffer.from(`${parts.join('')}.`);
        await withFile(text, async (fd) => {
          const cuts = places.map((place) => Math.floor(place * text.length));
          const whole = await counts(kernel, rangesOf(fd, text.length, []), false);
          expect(await counts(kernel, rangesOf(fd, text.length, cuts), false)).toEqual(whole);
        });
      }),
    );
  });
});

test('a row has a counter for each pattern, and one for each count of wc', async () => {
  await withFile(Buffer.from('lo lo aaa\n'), async (fd) => {
    const fileRanges = rangesOf(fd, 10, [3]);
    const [[, patterns], [, wc]] = kernels as [(typeof kernels)[number], (typeof kernels)[number]];
    expect(patterns.width).toBe(4);
    expect(await counts(patterns, fileRanges, true)).toEqual([1n, 1n, 1n, 0n, 1n, 0n, 1n, 1n]);
    expect(await counts(patterns, fileRanges, false)).toEqual([2n, 1n, 2n, 1n]);
    expect(wc.width).toBe(4);
    expect(await counts(wc, fileRanges, true)).toEqual([0n, 1n, 3n, 3n, 1n, 2n, 7n, 7n]);
    expect(await counts(wc, fileRanges, false)).toEqual([1n, 3n, 10n, 10n]);
  });
});
