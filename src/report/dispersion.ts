import type { BlockEvent } from '../job/journal/events.ts';
import type { Grid } from '../corpus/grid.ts';
import { eachNonZero } from '../tally/counters.ts';
import type { Extent } from './extent.ts';

// Where along the corpus the counters of a tally grow. The corpus is cut into parts of equally many blocks, since it may have millions of
// blocks.

// The memory is bounded by their product.
const maxParts = 400;
const maxCells = 2 ** 22;

/** The counts along the corpus. */
export interface Dispersion {
  /** The number of parts; part i of them has the blocks from ceil(i * blocks / parts) on. */
  readonly parts: number;
  /** The number of counters whose counts are known, the first of those of the tally. */
  readonly counters: number;
  /** For each part, its bytes in counted blocks, and all of its bytes. */
  readonly bytesDone: Float64Array;
  readonly bytes: Float64Array;
  /** The counts of each part, counter after counter. They are exact up to 2^53. */
  readonly counts: Float64Array;
}

/** How evenly something is spread over the parts of a corpus, or over its groups. */
export interface Evenness {
  /** In how many parts it occurs, of those in which something is counted. */
  readonly range: number;
  readonly parts: number;
  /**
   * Gries' deviation of proportions: 0 if each part has its share, near 1 if all is in one small part. Half of the sum, over the parts, of
   * the differences between a part's share of the occurrences and its share of the corpus (S. Th. Gries, Dispersions and adjusted
   * frequencies in corpora, International Journal of Corpus Linguistics 13:4, 2008). Undefined without an occurrence.
   */
  readonly deviation: number | undefined;
}

/** Adds up the counts of blocks along the corpus. */
export class DispersionCounter implements Dispersion {
  readonly parts: number;
  readonly counters: number;
  readonly bytesDone: Float64Array;
  readonly bytes: Float64Array;
  readonly counts: Float64Array;
  readonly #width: number;
  readonly #grid: Grid;
  readonly #corpus: number;

  /** @param width The number of counters of the tally. @param corpus The size of the corpus in bytes. */
  constructor(grid: Grid, width: number, corpus: number) {
    this.#grid = grid;
    this.#width = width;
    this.#corpus = corpus;
    this.parts = Math.min(maxParts, grid.blocks);
    this.counters = Math.min(width, Math.floor(maxCells / maxParts));
    this.bytesDone = new Float64Array(this.parts);
    this.bytes = Float64Array.from(
      { length: this.parts },
      (_, part) => this.#beginOf(this.#firstBlock(part + 1)) - this.#beginOf(this.#firstBlock(part)),
    );
    this.counts = new Float64Array(this.parts * this.counters);
  }

  /**
   * Adds a block that counts in the totals.
   * @param extent The range of the corpus in which its counts are, which may be longer than the block. Nothing is known of where in it they are,
   *   so they are spread over it evenly.
   */
  add({ block, counts }: BlockEvent, extent: Extent = this.#extentOf(block)): void {
    const part = this.#partOf(block);
    this.bytesDone[part] = (this.bytesDone[part] ?? 0) + this.#beginOf(block + 1) - this.#beginOf(block);
    const shares = this.#sharesOf(extent);
    eachNonZero(counts, (index, count) => {
      const counter = index % this.#width;
      if (counter >= this.counters) return;
      let added = 0;
      for (const { part: at, upTo } of shares) {
        const sum = Math.round(Number(count) * upTo);
        const cell = counter * this.parts + at;
        this.counts[cell] = (this.counts[cell] ?? 0) + sum - added;
        added = sum;
      }
    });
  }

  /** Returns the parts that a range of the corpus touches, each with the share of the range that ends in it. */
  #sharesOf({ begin, end }: Extent): { part: number; upTo: number }[] {
    const blockAt = (offset: number) => Math.min(this.#grid.blocks - 1, Math.floor(offset / this.#grid.blockSize));
    const first = this.#partOf(blockAt(begin));
    const last = Math.max(first, this.#partOf(blockAt(end - 1)));
    return Array.from({ length: last + 1 - first }, (_, after) => {
      const part = first + after;
      const upTo = part === last ? 1 : (this.#beginOf(this.#firstBlock(part + 1)) - begin) / (end - begin);
      return { part, upTo };
    });
  }

  #extentOf(block: number): Extent {
    return { begin: this.#beginOf(block), end: this.#beginOf(block + 1) };
  }

  #partOf(block: number): number {
    return Math.floor((block * this.parts) / this.#grid.blocks);
  }

  #firstBlock(part: number): number {
    return Math.ceil((part * this.#grid.blocks) / this.parts);
  }

  #beginOf(block: number): number {
    return Math.min(this.#corpus, block * this.#grid.blockSize);
  }
}

/** Returns the counts of one counter, part by part. */
export function countsAlong({ parts, counts }: Dispersion, counter: number): Float64Array {
  return counts.subarray(counter * parts, (counter + 1) * parts);
}

/** Returns how evenly a counter is spread over what is counted. */
export function evennessOf(dispersion: Dispersion, counter: number): Evenness {
  const counts = countsAlong(dispersion, counter);
  const { bytesDone } = dispersion;
  const [total, bytes] = [counts, bytesDone].map((numbers) => numbers.reduce((sum, each) => sum + each, 0));
  let differences = 0;
  let [range, parts] = [0, 0];
  for (const [part, count] of counts.entries()) {
    const done = bytesDone[part] ?? 0;
    if (count > 0) range += 1;
    if (done > 0) parts += 1;
    differences += Math.abs(count / (total ?? 0) - done / (bytes ?? 0));
  }
  return { range, parts, deviation: total === 0 ? undefined : differences / 2 };
}
