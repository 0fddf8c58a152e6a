// A file with decoding units may be divided among blocks. Where a block's first unit begins can only be guessed, unless it is known where
// the units of the block before end. A guess is used only if decoding from the start of the file arrives there: the links of a file's
// blocks must form a chain from byte 0 to its end. By induction, every block that is used then begins where the one before it ended, so
// that together they decode what a decoder of the whole file would, whatever was guessed. A right checksum proves nothing: a unit may be
// stored in another one as a whole.
//
// Where a stream consists of several units and has a checksum of its own (bzip2), its parts are added up along the chain, and compared at
// the end of the stream. A chain in which that does not fit is counted again as well, from the same place: with the sum of the blocks
// before, the decoder finds the damage itself.

import type { StreamSums } from '../../scan/kernel.ts';
import { numbersOfSums, sumsOfNumbers, sumsWidth } from '../../scan/stream-sums.ts';
import { isRightSum, joinedSums, openSum } from './stream-sums.ts';

/** How the decoding units of a block fit to those of the blocks around it. All offsets are in the stored bytes of a file. */
export interface BlockLink {
  /** Where the first unit begins that the block counts in the file within which it begins. */
  readonly at?: number | undefined;
  /** Given instead if it counts no unit of that file: none begins before this offset, where the block or the file ends. */
  readonly past?: number | undefined;
  /** Where the first unit after the block begins, in the file within which the block ends; absent if the block does not know. */
  readonly end?: number | undefined;
  /** What the units contribute to the checksums of streams; absent if there is none, or if it is not known. */
  readonly sums?: StreamSums | undefined;
}

/** Consecutive blocks, each of which begins with the unit with which the one before ends: all of them are right if the first one is. */
export interface Chain extends BlockLink {
  readonly first: number;
  readonly last: number;
  /** Whether it is a block that could not be decoded from where it was thought to begin, and has no counts. */
  readonly isUndecodable?: boolean;
}

/** Returns whether a chain is right in any case, since it begins with a file. */
export function isCertain({ at, past, isUndecodable }: Chain): boolean {
  return at === undefined && past === undefined && isUndecodable !== true;
}

/**
 * Tells whether a chain is right.
 * @param arrival Where the units of the blocks before it end; undefined if that is not known.
 * @param sum The sum of the blocks before it in the stream that goes on there; undefined if there is none, or if it is not known.
 * @returns Undefined if the arrival is needed to tell.
 */
export function fits(chain: Chain, arrival: number | undefined, sum?: number): boolean | undefined {
  if (isCertain(chain)) return true;
  if (arrival === undefined) return undefined;
  if (chain.isUndecodable === true) return false;
  if (chain.past !== undefined) return arrival >= chain.past;
  return chain.at === arrival && isRightSum(chain.sums, sum);
}

/** Returns the chain of two that follow each other; undefined if they do not fit, or that is not known. */
export function join(before: Chain, after: Chain): Chain | undefined {
  if (before.last + 1 !== after.first || before.isUndecodable === true || isCertain(after)) return undefined;
  const { first, at, past } = before;
  const { last, end } = after;
  if (before.end !== undefined) {
    if (fits(after, before.end, before.sums?.open) !== true) return undefined;
    const link = { first, last, at, past, end: end ?? before.end };
    return addsUnits(after) ? { ...link, sums: joinedSums(before.sums, after.sums) } : { ...link, sums: before.sums };
  }
  // Within a unit that is longer than a block, neither of two blocks has one.
  return past === undefined || after.past === undefined ? undefined : { first, last, past: after.past, end };
}

/** Returns whether a chain is not all within one unit of a file. */
function addsUnits({ at, end }: Chain): boolean {
  return at !== undefined || end !== undefined;
}

/** A verdict on a chain: it is right, it cannot be judged yet, or it has to be counted again, with its first unit at `from`. */
export type Verdict = 'right' | 'unknown' | WrongStart;

/** Where the first unit of a chain begins that has to be counted again. */
export interface WrongStart {
  readonly from: number;
  /** The sum of the blocks before it in their stream; absent if there is none, or if it is not known. */
  readonly sum?: number;
}

/**
 * Judges all chains of a corpus, each by those before it.
 * @param chains In order. Blocks that are in no chain must not end within a divided file, or are not counted yet.
 */
export function judge(chains: readonly Chain[]): Verdict[] {
  let arrival: number | undefined;
  let sum: number | undefined;
  let next = -1;
  return chains.map((chain) => {
    if (chain.first !== next) arrival = undefined;
    next = chain.last + 1;
    const [expected, before] = [arrival, sum];
    const verdict = fits(chain, expected, before);
    arrival = verdict === true ? (chain.end ?? expected) : undefined;
    if (addsUnits(chain)) sum = openSum(chain.sums, before);
    if (verdict === false && expected !== undefined)
      return before === undefined ? { from: expected } : { from: expected, sum: before };
    return verdict === true ? 'right' : 'unknown';
  });
}

/** The number of numbers of an encoded chain. */
const width = 6 + sumsWidth;
const absent = -1;

/** Encodes chains as numbers that can be sent. */
export function encodeChains(chains: readonly Chain[]): Float64Array {
  return Float64Array.from(
    chains.flatMap(({ first, last, at = absent, past = absent, end = absent, isUndecodable = false, sums }) => [
      first,
      last,
      at,
      past,
      end,
      Number(isUndecodable),
      ...numbersOfSums(sums),
    ]),
  );
}

export function decodeChains(numbers: Float64Array): Chain[] {
  return Array.from({ length: numbers.length / width }, (_, index) => {
    const [first = 0, last = 0, at, past, end, isUndecodable, ...sums] = numbers.subarray(
      width * index,
      width * (index + 1),
    );
    const given = (number: number | undefined) => (number === absent ? undefined : number);
    return {
      first,
      last,
      at: given(at),
      past: given(past),
      end: given(end),
      isUndecodable: isUndecodable === 1,
      sums: sumsOfNumbers(sums),
    };
  });
}
