import { countBlocksIn, type BlockRange } from '../../corpus/grid.ts';

/** A block that may have more bytes to count than a block of the grid: a file begins in it that may belong to it as a whole. */
export interface LargeBlock {
  readonly index: number;
  /** The size of the file. */
  readonly bytes: number;
}

// A rank that is `divisor` times slower than the others counts its part in the time in which these count all that is left.
const divisor = 8;

/**
 * The blocks that no rank has been assigned yet. It hands them out in ranges that shrink with the number of blocks left: long ones
 * cost few messages, and short ones at the end let all ranks end at the same time. This is guided self-scheduling (C. D. Polychronopoulos
 * and D. J. Kuck, IEEE Transactions on Computers C-36, 1987), but each range is `1 / divisor` of an equal share of what is left, as
 * in the later factoring, so that a rank that is slow from the start does not hold too much. Large blocks go first, the largest of
 * them at first (longest processing time first, R. L. Graham, 1969), since nothing can be counted beside the last block of a job.
 */
export class GuidedQueue {
  readonly #ranks: number;
  readonly #blockSize: number;
  /** In descending order of their bytes; from `#nextLarge` on, they are left. */
  readonly #large: readonly LargeBlock[];
  #nextLarge = 0;
  #largeBytes: number;
  /** All other blocks; from `#nextRange` on, they are left. */
  readonly #ranges: BlockRange[];
  #nextRange = 0;
  #left: number;

  /**
   * @param blocks All blocks to hand out, in order.
   * @param large The large blocks among them.
   * @param ranks The number of ranks that take blocks.
   * @param blockSize The size of all other blocks, in bytes.
   */
  constructor(blocks: readonly BlockRange[], large: readonly LargeBlock[], ranks: number, blockSize: number) {
    this.#ranks = ranks;
    this.#blockSize = blockSize;
    this.#large = [...large].sort((one, other) => other.bytes - one.bytes || one.index - other.index);
    this.#largeBytes = large.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#ranges = without(
      blocks,
      large.map(({ index }) => index).sort((one, other) => one - other),
    );
    this.#left = countBlocksIn(this.#ranges);
  }

  /** The number of blocks that are left. */
  get left(): number {
    return this.#large.length - this.#nextLarge + this.#left;
  }

  /**
   * Takes the next blocks, and returns them in order; none when nothing is left.
   * @param least Take at least so many, unless other ranks would then have to take less than an equal share.
   */
  take(least = 1): BlockRange[] {
    return this.#nextLarge < this.#large.length ? this.#takeLarge(least) : this.#takeRange(least);
  }

  #takeLarge(least: number): BlockRange[] {
    const enough = (this.#largeBytes + this.#left * this.#blockSize) / (divisor * this.#ranks);
    const atLeast = Math.max(1, Math.min(least, Math.ceil((this.#large.length - this.#nextLarge) / this.#ranks)));
    const taken: BlockRange[] = [];
    for (let bytes = 0; ; this.#nextLarge += 1) {
      const next = this.#large[this.#nextLarge];
      if (!next || (taken.length >= atLeast && bytes + next.bytes > enough)) break;
      taken.push({ first: next.index, end: next.index + 1 });
      bytes += next.bytes;
      this.#largeBytes -= next.bytes;
    }
    return taken.sort((one, other) => one.first - other.first);
  }

  #takeRange(least: number): BlockRange[] {
    const share = this.#left / this.#ranks;
    const count = Math.max(Math.ceil(share / divisor), Math.min(least, Math.ceil(share)));
    const taken: BlockRange[] = [];
    for (let missing = Math.min(count, this.#left); missing > 0;) {
      const { first, end } = this.#ranges[this.#nextRange] ?? { first: 0, end: missing };
      const cut = Math.min(end, first + missing);
      taken.push({ first, end: cut });
      missing -= cut - first;
      this.#left -= cut - first;
      if (cut < end) this.#ranges[this.#nextRange] = { first: cut, end };
      else this.#nextRange += 1;
    }
    return taken;
  }
}

/** Returns ranges of blocks without some of their blocks. @param left Out, in ascending order. */
function without(ranges: readonly BlockRange[], out: readonly number[]): BlockRange[] {
  const left: BlockRange[] = [];
  let next = 0;
  for (const range of ranges) {
    let { first } = range;
    for (; next < out.length && (out[next] ?? 0) < range.end; next += 1) {
      const index = out[next] ?? 0;
      if (first < index) left.push({ first, end: index });
      first = index + 1;
    }
    if (first < range.end) left.push({ first, end: range.end });
  }
  return left;
}
