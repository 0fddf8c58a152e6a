import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodeChains, encodeChains, join, judge, type Chain } from '../../../src/job/counting/chain.ts';
import type { StreamSums } from '../../../src/scan/kernel.ts';

// A model of a file of streams: each has blocks with sums of their own, and its checksum is made of them.

interface Stream {
  readonly blocks: readonly number[];
  readonly checksum: number;
}

/** Adds the sum of a block to that of its stream, as bzip2 does. */
const add = (sum: number, block: number) => (((sum << 1) | (sum >>> 31)) ^ block) >>> 0;
const checksumOf = (blocks: readonly number[]) => blocks.reduce(add, 0);

const number = fc.integer({ min: 0, max: 0xffff_ffff });
const streams = fc.array(fc.array(number, { minLength: 1, maxLength: 80 }), { minLength: 1, maxLength: 5 });

/** A block of a stream: its sum, and whether it is the first or the last one. */
interface Unit {
  readonly sum: number;
  readonly isFirst: boolean;
  /** Of the stream that it ends. */
  readonly checksum?: number;
}

function unitsOf(file: readonly Stream[]): Unit[] {
  return file.flatMap(({ blocks, checksum }) =>
    blocks.map((sum, index) => ({
      sum,
      isFirst: index === 0,
      ...(index === blocks.length - 1 && { checksum }),
    })),
  );
}

/** Sums up units in a row, as a decoder does that begins with the first one. */
function sumsOf(units: readonly Unit[]): StreamSums | undefined {
  let sums: { rotation?: number; part?: number; total?: number; open?: number | undefined } = {};
  for (const { sum, isFirst, checksum } of units) {
    if (isFirst) sums = { ...sums, open: 0 };
    if (sums.open !== undefined) {
      sums = { ...sums, open: checksum === undefined ? add(sums.open, sum) : undefined };
    } else {
      const { rotation = 0, part = 0 } = sums;
      sums = {
        rotation: (rotation + 1) % 32,
        part: add(part, sum),
        ...(checksum !== undefined && { total: checksum }),
      };
    }
  }
  return Object.keys(sums).length > 0 ? sums : undefined;
}

/** Cuts a file into chains of one block each: the units [begin, end), whose places are their offsets. */
function chainsOf(units: readonly Unit[], cuts: readonly number[]): Chain[] {
  const edges = [0, ...[...new Set(cuts.map((cut) => 1 + (cut % units.length)))].sort((one, other) => one - other)];
  const ends = [...edges.slice(1).filter((end) => end < units.length), units.length];
  return ends.map((end, index) => {
    const begin = index === 0 ? 0 : (ends[index - 1] ?? 0);
    const sums = sumsOf(units.slice(begin, end));
    const isLast = end === units.length;
    return { first: index, last: index, ...(begin > 0 && { at: begin }), ...(!isLast && { end }), sums };
  });
}

/** Joins chains that follow each other, in an order that the numbers tell, as far as they fit. */
function joined(chains: readonly Chain[], order: readonly number[]): Chain[] {
  let all = [...chains];
  for (const pick of order) {
    if (all.length < 2) break;
    const at = pick % (all.length - 1);
    const one = join(all[at]!, all[at + 1]!);
    if (one) all = [...all.slice(0, at), one, ...all.slice(at + 2)];
  }
  return decodeChains(encodeChains(all));
}

const cuts = fc.array(fc.nat(), { maxLength: 30 });

test('the parts of streams add up to their checksums, however a file is cut and put together', () => {
  const property = fc.property(streams, cuts, cuts, (all, where, order) => {
    const units = unitsOf(all.map((blocks) => ({ blocks, checksum: checksumOf(blocks) })));
    const verdicts = judge(joined(chainsOf(units, where), order));
    expect(verdicts.every((verdict) => verdict === 'right')).toBe(true);
  });
  fc.assert(property, { numRuns: 2000 });
});

test('a stream that lacks a block, or has another checksum, is found in all cuts but those in which it is whole', () => {
  const damage = fc.record({ stream: fc.nat(), block: fc.nat(), flip: fc.integer({ min: 0, max: 0xffff_ffff }) });
  const property = fc.property(streams, cuts, cuts, damage, (all, where, order, { stream, block, flip }) => {
    const file = all.map((blocks) => ({ blocks, checksum: checksumOf(blocks) }));
    const at = stream % file.length;
    const { blocks, checksum } = file[at]!;
    const wrong =
      flip > 0
        ? { blocks, checksum: (checksum ^ flip) >>> 0 }
        : { blocks: blocks.filter((_, index) => index !== block % blocks.length), checksum };
    file[at] = wrong;
    fc.pre(wrong.blocks.length > 0 && checksumOf(wrong.blocks) !== wrong.checksum);
    const units = unitsOf(file);
    const begin = file.slice(0, at).reduce((sum, one) => sum + one.blocks.length, 0);
    const end = begin + wrong.blocks.length;
    const chains = chainsOf(units, where);
    const verdicts = judge(joined(chains, order));
    // A decoder that has the whole stream compares the checksum itself.
    const isWhole = chains.some((chain) => (chain.at ?? 0) <= begin && end <= (chain.end ?? units.length));
    const found = verdicts.find((verdict) => typeof verdict === 'object');
    if (isWhole) expect(found).toBeUndefined();
    else {
      // It is to be counted again from a place in the stream, with the right sum of what is before.
      expect(found).toBeDefined();
      const { from, sum } = found as { from: number; sum?: number };
      expect(from).toBeGreaterThan(begin);
      expect(from).toBeLessThan(end);
      expect(sum).toBe(checksumOf(wrong.blocks.slice(0, from - begin)));
    }
  });
  fc.assert(property, { numRuns: 2000 });
});

test('nothing is said against a checksum of which a part is not known', () => {
  const units = unitsOf([{ blocks: [1, 2, 3, 4, 5, 6], checksum: 7 }]);
  const chains = chainsOf(units, [1, 3]);
  expect(judge(chains)).toEqual(['right', 'right', { from: 4, sum: checksumOf([1, 2, 3, 4]) }]);
  for (const unknown of [0, 1, 2]) {
    const some = chains.map((chain, index) => (index === unknown ? { ...chain, sums: undefined } : chain));
    expect(judge(some)).toEqual(['right', 'right', 'right']);
    const [first, second, third] = some as [Chain, Chain, Chain];
    expect(judge([join(join(first, second)!, third)!])).toEqual(['right']);
    expect(judge([first, join(second, third)!])).toEqual(['right', 'right']);
  }
});

test('a block within a unit leaves the sum as it is', () => {
  const chains: Chain[] = [
    { first: 0, last: 0, end: 250, sums: { open: 5 } },
    { first: 1, last: 1, past: 200 },
    { first: 2, last: 2, at: 250, sums: { rotation: 1, part: 3, total: 9 } },
  ];
  expect(judge(chains)).toEqual(['right', 'right', 'right']);
  const wrong = { ...chains[2]!, sums: { rotation: 1, part: 3, total: 8 } };
  expect(judge([...chains.slice(0, 2), wrong])).toEqual(['right', 'right', { from: 250, sum: 5 }]);
  const before = join(chains[0]!, chains[1]!)!;
  expect(judge([before, wrong])).toEqual(['right', { from: 250, sum: 5 }]);
  expect(join(before, wrong)).toBeUndefined();
});
