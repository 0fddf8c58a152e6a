import { MpicountError } from '../base/mpicount-error.ts';

/** The corpus cut into blocks: block i is its bytes [i * blockSize, (i + 1) * blockSize), the last one perhaps shorter. */
export interface Grid {
  /** In bytes; 0 only when there is nothing to count. */
  readonly blockSize: number;
  readonly blocks: number;
}

/** The corpus cannot be cut as the user asks. */
export class GridError extends MpicountError {
  override readonly name = 'GridError';
  override readonly kind = 'usage';
}

/** A stretch [begin, end) of bytes of one file; never empty. */
export interface FileRange {
  /** The file's place in the list of files that the piece was made with. */
  readonly file: number;
  readonly begin: number;
  readonly end: number;
}

export interface Block {
  readonly index: number;
  readonly bytes: number;
  /** In order; up to millions where files are small, and so not kept. An occurrence never spans two. */
  readonly pieces: Iterable<FileRange>;
}

/** A stretch [first, end) of blocks. */
export interface BlockRange {
  readonly first: number;
  readonly end: number;
}

/** Large enough that a block's overhead does not count, small enough that little is lost with one. */
export const defaultBlockSize = 64 * 1024 * 1024;

// More would take too much memory to keep account of.
const maxBlocks = 100_000_000;

/**
 * @param bytes Of the whole corpus.
 * @param shares Without a block size that the user wants, blocks are made so small that each rank, or each of its threads, gets
 *   as many.
 * @param wanted The block size that the user asked for.
 * @throws GridError when that makes too many blocks.
 */
export function makeGrid(bytes: number, shares: number, wanted?: number): Grid {
  if (bytes === 0) return { blockSize: 0, blocks: 0 };
  const slice = Math.ceil(bytes / shares);
  const blockSize = wanted ?? Math.ceil(slice / Math.ceil(slice / defaultBlockSize));
  const blocks = Math.ceil(bytes / blockSize);
  if (blocks <= maxBlocks) return { blockSize, blocks };
  const enough = Math.ceil(bytes / maxBlocks);
  throw new GridError(`blocks of ${blockSize} bytes are too many for ${bytes} bytes; make them at least ${enough}`);
}

/** How many blocks ranges hold. */
export function countBlocksIn(ranges: readonly BlockRange[]): number {
  return ranges.reduce((sum, { first, end }) => sum + end - first, 0);
}

/**
 * The slice of one of `ranks` ranks, of the blocks that are to be counted: those are all of them, or what an earlier run
 * left. Slices differ by one block at most; with more ranks than blocks, some are empty.
 */
export function sliceOf(rank: number, ranks: number, blocks: readonly BlockRange[]): BlockRange[] {
  const total = BigInt(countBlocksIn(blocks));
  const bound = (of: number) => Number((total * BigInt(of)) / BigInt(ranks));
  const [begin, end] = [bound(rank), bound(rank + 1)];
  const slice: BlockRange[] = [];
  let before = 0; // blocks of the ranges so far
  for (const range of blocks) {
    const first = range.first + Math.max(0, begin - before);
    const last = range.first + Math.min(range.end - range.first, end - before);
    if (first < last) slice.push({ first, end: last });
    before += range.end - range.first;
  }
  return slice;
}

/** Where files lie in the corpus, and so of which pieces of which files a block consists. */
export class Layout {
  readonly #blockSize: number;
  readonly #begins: Float64Array;
  readonly #ends: Float64Array;

  /**
   * @param sizes Of files, in the order of the corpus.
   * @param begins Where in the corpus each of them begins. There may be others between them, of which no block is asked for.
   */
  constructor(sizes: Float64Array, grid: Grid, begins = oneAfterTheOther(sizes)) {
    this.#blockSize = grid.blockSize;
    this.#begins = begins;
    this.#ends = begins.map((begin, index) => begin + (sizes[index] ?? 0));
  }

  /** Where in the corpus a file begins. */
  beginOf(file: number): number {
    return this.#begins[file] ?? 0;
  }

  block(index: number): Block {
    const ranges = [{ first: index, end: index + 1 }];
    return { index, bytes: this.bytes(ranges), pieces: { [Symbol.iterator]: () => this.pieces(ranges) } };
  }

  *blocks(ranges: readonly BlockRange[]): Generator<Block> {
    for (const { first, end } of ranges) {
      for (let index = first; index < end; index += 1) yield this.block(index);
    }
  }

  /** How many bytes ranges of blocks are, together. */
  bytes(ranges: readonly BlockRange[]): number {
    const last = this.#ends.at(-1) ?? 0;
    return ranges.reduce(
      (sum, { first, end }) => sum + Math.min(end * this.#blockSize, last) - first * this.#blockSize,
      0,
    );
  }

  /** What ranges of blocks are of the files; pieces of one range that adjoin are one. */
  *pieces(ranges: readonly BlockRange[]): Generator<FileRange> {
    for (const { first, end } of ranges) yield* this.#pieces(first * this.#blockSize, end * this.#blockSize);
  }

  *#pieces(begin: number, end: number): Generator<FileRange> {
    for (let file = this.fileAt(begin); file < this.#begins.length && this.beginOf(file) < end; file += 1) {
      const start = this.beginOf(file);
      const piece = { file, begin: Math.max(begin, start) - start, end: Math.min(end, this.#ends[file] ?? 0) - start };
      if (piece.begin < piece.end) yield piece;
    }
  }

  /** The last file that begins at or before `offset`, or the first of all. */
  fileAt(offset: number): number {
    let low = 0;
    let high = this.#begins.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.beginOf(middle) <= offset) low = middle;
      else high = middle;
    }
    return low;
  }
}

function oneAfterTheOther(sizes: Float64Array): Float64Array {
  let end = 0;
  return sizes.map((size) => (end += size) - size);
}
