import fc from 'fast-check';
import { expect, test } from 'vitest';

import { FileTable } from '../../../src/corpus/file-table.ts';
import { Layout } from '../../../src/corpus/grid.ts';
import { extentOf } from '../../../src/report/extent.ts';
import { countsAlong, DispersionCounter, evennessOf } from '../../../src/report/dispersion.ts';
import { stripOf } from '../../../src/report/text/strip.ts';
import { blockEvent } from '../../support/events.ts';

const plainFile = { path: Buffer.from('/plain'), size: 995, modified: 1n };

/** Counts in blocks of 100 bytes. @param blocks The counts of each block; undefined for one that is not counted. */
function counted(blocks: readonly (readonly number[] | undefined)[], { width = 1, corpus = 100 * blocks.length } = {}) {
  const dispersion = new DispersionCounter({ blockSize: 100, blocks: blocks.length }, width, corpus);
  for (const [block, counts] of blocks.entries()) if (counts) dispersion.add(blockEvent({ block, counts }));
  return dispersion;
}

test('parts have all blocks and all counts, in order', () => {
  const counts = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { minLength: 1, maxLength: 1500 });
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 100 }), (blocks, lastBlock) => {
      const corpus = 100 * (blocks.length - 1) + lastBlock;
      const dispersion = counted(blocks, { width: 2, corpus });
      const { parts, bytes, bytesDone } = dispersion;
      // What a reader would do with a pencil: put each block into its part.
      const expected = Array.from({ length: 2 }, () => new Array<number>(parts).fill(0));
      const sizes = new Array<number>(parts).fill(0);
      for (const [block, each] of blocks.entries()) {
        const part = Math.floor((block * parts) / blocks.length);
        sizes[part]! += block === blocks.length - 1 ? lastBlock : 100;
        for (const counter of [0, 1] as const) expected[counter]![part]! += each[counter];
      }
      expect([...bytes]).toEqual(sizes);
      expect([...bytesDone]).toEqual(sizes);
      expect([0, 1].map((counter) => [...countsAlong(dispersion, counter)])).toEqual(expected);
      expect(parts).toBe(Math.min(400, blocks.length));
    }),
    { numRuns: 50 },
  );
});

test('the rows of files in one block are added up', () => {
  expect([...counted([[1, 2, 10, 20]], { width: 2 }).counts]).toEqual([11, 22]);
});

test.each<[string, (readonly number[] | undefined)[], object]>([
  ['evenly spread', [[5], [5], [5], [5]], { range: 4, parts: 4, deviation: 0 }],
  ['in one part', [[0], [8], [0], [0]], { range: 1, parts: 4, deviation: 0.75 }],
  ['in two of four', [[4], [4], [0], [0]], { range: 2, parts: 4, deviation: 0.5 }],
  ['in what is counted', [[4], [4], undefined, undefined], { range: 2, parts: 2, deviation: 0 }],
  ['nowhere', [[0], [0]], { range: 0, parts: 2, deviation: undefined }],
  ['nothing counted', [undefined, undefined], { range: 0, parts: 0, deviation: undefined }],
])('range and deviation of proportions: %s', (_name, blocks, evenness) => {
  expect(evennessOf(counted(blocks), 0)).toEqual(evenness);
});

test('counts of a block that reaches beyond its end are spread over what it counted', () => {
  const dispersion = new DispersionCounter({ blockSize: 100, blocks: 5 }, 2, 450);
  dispersion.add(blockEvent({ block: 1, counts: [100, 1] }), { begin: 150, end: 400 });
  expect([...countsAlong(dispersion, 0)]).toEqual([0, 20, 40, 40, 0]);
  // None is lost or doubled by rounding.
  expect(countsAlong(dispersion, 1).reduce((sum, count) => sum + count)).toBe(1);
});

test('a text that is even is found to be so in a file that is counted whole, and in one with a single decoding unit', () => {
  const files = [plainFile, { ...plainFile, path: Buffer.from('/gz'), format: 'gzip' as const }];
  const { parts } = FileTable.from(files);
  const whole = new Layout(parts, { blockSize: 100, blocks: 20, wholeFiles: true });
  expect(extentOf(blockEvent({ block: 0 }), whole)).toEqual({ begin: 0, end: 995 });
  expect(extentOf(blockEvent({ block: 9 }), whole)).toEqual({ begin: 995, end: 1990 });
  const divided = new Layout(parts, { blockSize: 100, blocks: 20 });
  expect(extentOf(blockEvent({ block: 9, link: { end: 995 } }), divided)).toEqual({ begin: 900, end: 1990 });
  expect(extentOf(blockEvent({ block: 12, link: { at: 250, end: 400 } }), divided)).toEqual({
    begin: 1245,
    end: 1395,
  });
  expect(extentOf(blockEvent({ block: 13, link: { past: 405, end: 405 } }), divided)).toEqual({
    begin: 1300,
    end: 1400,
  });
});

test('the deviation takes a short last part for what it is', () => {
  const dispersion = counted([[10], [10], [1]], { corpus: 210 });
  expect(evennessOf(dispersion, 0).deviation).toBeCloseTo(0, 12);
});

test('a strip shows where a pattern occurs, and what is not counted', () => {
  expect(stripOf(counted([[8], [4], [1], [0], undefined, [8]]), 0, 36)).toBe('█▅▂ ░█');
  expect(stripOf(counted([[0], [0]]), 0, 36)).toBe('  ');
  // Of the short last block, the density counts.
  expect(stripOf(counted([[8], [4]], { corpus: 150 }), 0, 36)).toBe('██');
});

test('a strip of fewer columns than parts has all counts', () => {
  expect(stripOf(counted([[0], [0], [8], [8], [4], [4], [0], [1]]), 0, 4)).toBe(' █▅▁');
});

test('memory is bounded for a million patterns', () => {
  const dispersion = new DispersionCounter({ blockSize: 1, blocks: 1_000_000 }, 1_000_000, 1_000_000);
  expect(dispersion.counts.byteLength).toBeLessThanOrEqual(2 ** 25);
  expect(dispersion.counters).toBe(10_485);
});
