import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decodeChains, encodeChains, judge, type BlockLink, type Chain } from '../../../src/job/counting/chain.ts';
import { CountedBlocks } from '../../../src/job/counting/counted-blocks.ts';
import { Findings } from '../../../src/scan/findings.ts';
import { Rows } from '../../../src/tally/rows.ts';

// A model of a file with units: units begin at some offsets, and a decoder that starts where none begins finds other ones, or fails.

interface File {
  readonly size: number;
  readonly blockSize: number;
  /** Where units begin, with 0. */
  readonly units: readonly number[];
}

const file: fc.Arbitrary<File> = fc
  .record({
    size: fc.integer({ min: 1, max: 60 }),
    blockSize: fc.integer({ min: 1, max: 20 }),
    units: fc.array(fc.nat({ max: 59 }), { maxLength: 20 }),
  })
  .map(({ size, blockSize, units }) => ({
    size,
    blockSize,
    units: [...new Set([0, ...units.filter((unit) => unit < size)])].sort((one, other) => one - other),
  }));

const blocksOf = ({ size, blockSize }: File) => Math.ceil(size / blockSize);

/** Counts a block from a start: its row is the set of units that it holds, as bits of a number. */
function count(of: File, block: number, start: number): { link: BlockLink; counts: bigint } {
  const begin = block * of.blockSize;
  const end = Math.min(begin + of.blockSize, of.size);
  const isLast = end === of.size;
  if (start >= end) return { link: { past: end }, counts: 0n };
  const units = of.units.filter((unit) => unit >= start && unit < end);
  const next = of.units.find((unit) => unit >= end) ?? of.size;
  return {
    link: { ...(block > 0 && { at: start }), ...(!isLast && { end: next }) },
    counts: units.reduce((bits, unit) => bits | (1n << BigInt(unit)), 0n),
  };
}

/** What a block gives that was counted from a guess: anything. */
interface Guess {
  readonly kind: 'right' | 'undecodable' | 'none' | 'wrong';
  readonly at: number;
  readonly end: number;
  readonly counts: number;
}

const guess: fc.Arbitrary<Guess> = fc.record({
  kind: fc.constantFrom('right', 'right', 'right', 'undecodable', 'none', 'wrong'),
  at: fc.nat({ max: 60 }),
  end: fc.nat({ max: 60 }),
  counts: fc.nat({ max: 1000 }),
});

function countGuessed(of: File, block: number, { kind, at, end, counts }: Guess) {
  const begin = block * of.blockSize;
  const blockEnd = Math.min(begin + of.blockSize, of.size);
  const right = of.units.find((unit) => unit >= begin) ?? of.size;
  if (block === 0 || kind === 'right') return count(of, block, right);
  if (kind === 'undecodable') return { link: 'undecodable', counts: 0n } as const;
  // Decoding from where a unit begins gives the unit.
  const start = begin + (at % (blockEnd - begin));
  if (of.units.includes(start)) return count(of, block, start);
  if (kind === 'none') return { link: { past: blockEnd }, counts: 0n };
  const link = { at: start, ...(blockEnd < of.size && { end: Math.max(end, blockEnd) }) };
  return { link, counts: BigInt(counts) };
}

function rowOf(counts: bigint): Rows {
  const rows = new Rows(1);
  rows.add([0], [counts]);
  return rows;
}

describe('the chain of the blocks of a file', () => {
  test('gives what a decoder of the whole file gives, whatever was guessed, in any order, by any number of ranks', () => {
    const property = fc.property(
      file,
      fc.array(guess, { minLength: 60, maxLength: 60 }),
      fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      (of, guesses, order, ranks) => {
        const total = new Rows(1);
        const findings = new Findings();
        const counted = Array.from({ length: ranks }, () => new CountedBlocks({ rows: total, findings }));
        const blocks = Array.from({ length: blocksOf(of) }, (_, block) => block);
        blocks.sort((one, other) => (order[one] ?? 0) - (order[other] ?? 0));
        const add = (rank: number, block: number, { link, counts }: ReturnType<typeof countGuessed>) => {
          const isPart = blocksOf(of) > 1;
          counted[rank]?.add(block, isPart ? link : undefined, { rows: rowOf(counts), findings });
        };
        const ownerOf = (block: number) => Math.floor((block * ranks) / blocksOf(of));
        for (const block of blocks) add(ownerOf(block), block, countGuessed(of, block, guesses[block]!));
        for (let rounds = 0; ; rounds += 1) {
          expect(rounds).toBeLessThanOrEqual(blocksOf(of));
          const owned = counted.flatMap(({ chains }, rank) =>
            decodeChains(encodeChains(chains)).map((chain) => ({ chain, rank })),
          );
          owned.sort((one, other) => one.chain.first - other.chain.first);
          const verdicts = judge(owned.map(({ chain }) => chain));
          const wrong = owned.flatMap((one, index) => {
            const verdict = verdicts[index];
            return typeof verdict === 'object' ? [{ ...one, from: verdict.from }] : [];
          });
          if (wrong.length === 0) break;
          for (const { chain, rank, from } of wrong) {
            const { first, last } = counted[rank]!.remove(chain.first);
            let start = from;
            for (let block = first; block <= last; block += 1) {
              const again = count(of, block, start);
              add(rank, block, again);
              start = again.link.end ?? start;
            }
          }
        }
        for (const one of counted) one.settle();
        expect(total.row(0)[0]).toBe(of.units.reduce((bits, unit) => bits | (1n << BigInt(unit)), 0n));
      },
    );
    fc.assert(property, { numRuns: 3000 });
  });

  const chain = (first: number, last: number, link: BlockLink): Chain => ({ first, last, ...link });

  test('is judged up to the first gap', () => {
    const certain = chain(0, 3, { end: 500 });
    const chains = [certain, chain(5, 6, { at: 600, end: 800 }), chain(7, 7, { at: 700, end: 900 })];
    expect(judge(chains)).toEqual(['right', 'unknown', 'unknown']);
    expect(judge([certain, chain(4, 4, { at: 450, end: 600 }), ...chains.slice(1)])).toEqual([
      'right',
      { from: 500 },
      'unknown',
      'unknown',
    ]);
    expect(judge([certain, chain(4, 4, { at: 500, end: 600 }), ...chains.slice(1)])).toEqual([
      'right',
      'right',
      'right',
      { from: 800 },
    ]);
  });

  test('may pass blocks in which no unit begins', () => {
    const certain = chain(0, 0, { end: 450 });
    expect(judge([certain, chain(1, 3, { past: 400 }), chain(4, 4, { at: 450, end: 500 })])).toEqual([
      'right',
      'right',
      'right',
    ]);
    expect(judge([certain, chain(1, 4, { past: 500 })])).toEqual(['right', { from: 450 }]);
  });
});
