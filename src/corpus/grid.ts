import type { CorpusFile } from './files.ts';

/** The corpus cut into blocks: block i is its bytes [i * blockSize, (i + 1) * blockSize), the last one perhaps shorter. */
export interface Grid {
  /** In bytes; 0 only when there is nothing to count. */
  readonly blockSize: number;
  readonly blocks: number;
}

/** The corpus cannot be cut as the user asks. */
export class GridError extends Error {
  override readonly name = 'GridError';
}

/** A stretch [begin, end) of bytes of one file; never empty. */
export interface Piece {
  /** The file's place in the corpus. */
  readonly file: number;
  readonly begin: number;
  readonly end: number;
}

export interface Block {
  readonly index: number;
  readonly bytes: number;
  /** In order; several where files are smaller than blocks. An occurrence never spans two. */
  readonly pieces: readonly Piece[];
}

/** A stretch [first, end) of blocks. */
export interface BlockRange {
  readonly first: number;
  readonly end: number;
}

/** Large enough that a block's overhead does not count, small enough that little is lost with one. */
export const defaultBlockSize = 64 * 1024 * 1024;

// More would take too much memory to keep account of.
const mostBlocks = 100_000_000;

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
  if (blocks <= mostBlocks) return { blockSize, blocks };
  const enough = Math.ceil(bytes / mostBlocks);
  throw new GridError(`blocks of ${blockSize} bytes are too many for ${bytes} bytes; make them at least ${enough}`);
}

/** How many bytes pieces are, together. */
export function countBytes(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { begin, end }) => sum + end - begin, 0);
}

/** How many blocks ranges hold. */
export function countRanges(ranges: readonly BlockRange[]): number {
  return ranges.reduce((sum, { first, end }) => sum + end - first, 0);
}

/**
 * The slice of one of `ranks` ranks, of the blocks that are to be counted: those are all of them, or what an earlier run
 * left. Slices differ by one block at most; with more ranks than blocks, some are empty.
 */
export function sliceOf(rank: number, ranks: number, blocks: readonly BlockRange[]): BlockRange[] {
  const total = BigInt(countRanges(blocks));
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

/** Finds out which pieces of which files a block consists of. */
export class Layout {
  readonly #grid: Grid;
  /** Where each file begins in the corpus, and then where the last one ends. */
  readonly #bounds: Float64Array;

  constructor(files: readonly Pick<CorpusFile, 'size'>[], grid: Grid) {
    this.#grid = grid;
    this.#bounds = new Float64Array(files.length + 1);
    files.forEach(({ size }, index) => {
      this.#bounds[index + 1] = this.#bound(index) + size;
    });
  }

  get bytes(): number {
    return this.#bound(this.#bounds.length - 1);
  }

  block(index: number): Block {
    const begin = Math.min(index * this.#grid.blockSize, this.bytes);
    const end = Math.min(begin + this.#grid.blockSize, this.bytes);
    return { index, bytes: end - begin, pieces: [...this.#pieces(begin, end)] };
  }

  *blocks(ranges: readonly BlockRange[]): Generator<Block> {
    for (const { first, end } of ranges) {
      for (let index = first; index < end; index += 1) yield this.block(index);
    }
  }

  /** What ranges of blocks are of the files. */
  pieces(ranges: readonly BlockRange[]): Piece[] {
    const { blockSize } = this.#grid;
    return ranges.flatMap(({ first, end }) => [
      ...this.#pieces(first * blockSize, Math.min(end * blockSize, this.bytes)),
    ]);
  }

  *#pieces(begin: number, end: number): Generator<Piece> {
    for (let file = this.#fileAt(begin); file + 1 < this.#bounds.length && this.#bound(file) < end; file += 1) {
      const start = this.#bound(file);
      const piece = { file, begin: Math.max(begin, start) - start, end: Math.min(end, this.#bound(file + 1)) - start };
      if (piece.begin < piece.end) yield piece;
    }
  }

  /** The last file that begins at or before `offset`. */
  #fileAt(offset: number): number {
    let low = 0;
    let high = this.#bounds.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#bound(middle) <= offset) low = middle;
      else high = middle;
    }
    return low;
  }

  #bound(index: number): number {
    return this.#bounds[index] ?? 0;
  }
}
