import { partitionPoint } from '../base/partition-point.ts';
import { MpicountError } from '../base/mpicount-error.ts';
import { hasUnits } from './file-format.ts';

/** A corpus cut into blocks: block i is its bytes [i * blockSize, (i + 1) * blockSize); the last block may be shorter. */
export interface Grid {
  /** In bytes; 0 only for an empty corpus. */
  readonly blockSize: number;
  /** The number of blocks. */
  readonly blocks: number;
  /** Whether each file that is decoded is kept whole in the block in which it begins, since its text has to be decoded from its start. */
  readonly keepsWhole?: true | undefined;
  /** Whether every file belongs whole to the block in which its first byte lies, and other blocks have nothing of it. */
  readonly wholeFiles?: true | undefined;
}

/** The corpus is too large for a grid, or for one with the user's block size. */
export class GridError extends MpicountError {
  override readonly name = 'GridError';
  override readonly kind = 'usage';
}

/** A range [begin, end) of bytes of one file; never empty. */
export interface FileRange {
  /** The index of the file in the list from which the layout was made. */
  readonly file: number;
  readonly begin: number;
  readonly end: number;
}

export interface Block {
  readonly index: number;
  /** The number of bytes of its file ranges. */
  readonly bytes: number;
  /** The file ranges of the block, in order. A block of small files may have millions, so they are computed on each iteration. */
  readonly fileRanges: Iterable<FileRange>;
}

/** A range [first, end) of block indices. */
export interface BlockRange {
  readonly first: number;
  readonly end: number;
}

/** In bytes: large enough to make the overhead of a block negligible, small enough to lose little work with a block. */
export const defaultBlockSize = 64 * 1024 * 1024;

// Reading a journal takes five bytes of memory for each block, and 16 more if compressed files are divided.
const maxBlocks = 100_000_000;

/**
 * Cuts a corpus into blocks.
 * @param bytes The size of the corpus.
 * @param shares The number of equal shares of the corpus, such as ranks times threads; each gets the same number of blocks unless
 *   `wanted` is given.
 * @param wanted The block size that the user asked for, in bytes.
 * @throws GridError if there would be too many blocks, or offsets in the corpus would not be exact.
 */
export function makeGrid(bytes: number, shares: number, wanted?: number): Grid {
  if (bytes === 0) return { blockSize: 0, blocks: 0 };
  if (bytes > Number.MAX_SAFE_INTEGER) {
    throw new GridError(`the files have more than ${Number.MAX_SAFE_INTEGER} bytes, the limit; count them in parts`);
  }
  const slice = Math.ceil(bytes / shares);
  const blockSize = wanted ?? Math.ceil(slice / Math.ceil(slice / defaultBlockSize));
  const blocks = Math.ceil(bytes / blockSize);
  if (blocks <= maxBlocks) return { blockSize, blocks };
  const enough = Math.ceil(bytes / maxBlocks);
  throw new GridError(`blocks of ${blockSize} bytes are too many for ${bytes} bytes; make them at least ${enough}`);
}

/** Returns the number of blocks in ranges of blocks. */
export function countBlocksIn(ranges: readonly BlockRange[]): number {
  return ranges.reduce((sum, { first, end }) => sum + end - first, 0);
}

/**
 * Returns the slice of one rank. The slices of `ranks` ranks partition `blocks` in order and differ by at most one block; with more
 * ranks than blocks, some are empty.
 * @param blocks The blocks to count: all of them, or those that earlier runs have not counted.
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

/** The parts of a FileTable that a layout is made from. */
export interface LayoutFiles {
  readonly sizes: Float64Array;
  readonly formats?: Uint8Array;
  readonly skipped?: Uint8Array | undefined;
}

/** Tells whether a grid divides a file with decoding units among blocks that is not skipped. */
export function dividesFile({ sizes, formats = new Uint8Array(), skipped }: LayoutFiles, grid: Grid): boolean {
  const { blockSize, wholeFiles = false } = grid;
  if (wholeFiles) return false;
  let begin = 0;
  return formats.some((format, file) => {
    const first = begin;
    begin += sizes[file] ?? 0;
    const isCounted = isDivisible(format, grid) && skipped?.[file] !== 1;
    return isCounted && Math.floor(first / blockSize) < Math.floor((begin - 1) / blockSize);
  });
}

function isDivisible(format: number, { keepsWhole, wholeFiles }: Grid): boolean {
  return hasUnits(format) && keepsWhole !== true && wholeFiles !== true;
}

/** The layout of files in the corpus, from which the file ranges of a block follow. */
export class Layout {
  readonly #grid: Grid;
  readonly #blockSize: number;
  readonly #begins: Float64Array;
  readonly #ends: Float64Array;
  readonly #formats: Uint8Array | undefined;
  /** For each file, whether it belongs whole to a block; or the same for all files. */
  readonly #wholes: readonly boolean[] | boolean;
  readonly #skipped: Uint8Array | undefined;

  /**
   * @param files The sizes of files in bytes, in the order of the corpus, and their formats. A file that is decoded and is not divided
   *   belongs whole to the block in which its first byte lies, and other blocks have nothing of it. No block has anything of a file that is
   *   skipped.
   * @param begins The offset in the corpus at which each file begins. There may be gaps; the layout is invalid for
   *   blocks with bytes in a gap, unless they are bytes of a file that belongs to another block or is skipped.
   */
  constructor({ sizes, formats, skipped }: LayoutFiles, grid: Grid, begins = contiguous(sizes)) {
    this.#grid = grid;
    this.#blockSize = grid.blockSize;
    this.#begins = begins;
    this.#ends = begins.map((begin, index) => begin + (sizes[index] ?? 0));
    this.#formats = formats;
    const isWhole = (format: number) => format !== 0 && !isDivisible(format, grid);
    // Most corpora have none.
    const hasWholes = !grid.wholeFiles && formats?.some(isWhole) === true;
    this.#wholes = hasWholes ? Array.from(formats, isWhole) : grid.wholeFiles === true;
    this.#skipped = skipped;
  }

  /** Returns the offset in the corpus at which a file begins, in bytes. */
  beginOf(file: number): number {
    return this.#begins[file] ?? 0;
  }

  /** Returns whether several blocks have bytes of a file. */
  isCut(file: number): boolean {
    if (this.#isWhole(file)) return false;
    const last = Math.max(this.beginOf(file), (this.#ends[file] ?? 0) - 1);
    return Math.floor(this.beginOf(file) / this.#blockSize) !== Math.floor(last / this.#blockSize);
  }

  block(index: number): Block {
    const ranges = [{ first: index, end: index + 1 }];
    return { index, bytes: this.bytes(ranges), fileRanges: { [Symbol.iterator]: () => this.fileRanges(ranges) } };
  }

  *blocks(ranges: readonly BlockRange[]): Generator<Block> {
    for (const { first, end } of ranges) {
      for (let index = first; index < end; index += 1) yield this.block(index);
    }
  }

  /** Returns the number of bytes that ranges of blocks count. */
  bytes(ranges: readonly BlockRange[]): number {
    let bytes = 0;
    for (const { begin, end } of this.fileRanges(ranges)) bytes += end - begin;
    return bytes;
  }

  /** Yields the file ranges of ranges of blocks, in order: at most one for each file and range of blocks. */
  fileRanges(ranges: readonly BlockRange[]): Generator<FileRange> {
    return this.#rangesOf(ranges, 0);
  }

  /** Yields the file ranges that a block would have besides if no file were skipped, in order. */
  skippedRanges(block: number): Iterable<FileRange> {
    return this.#skipped ? this.#rangesOf([{ first: block, end: block + 1 }], 1) : [];
  }

  // One generator, since each of several would be resumed for each of millions of files.
  *#rangesOf(ranges: readonly BlockRange[], skipped: 0 | 1): Generator<FileRange> {
    for (const { first, end: last } of ranges) {
      const [begin, end] = [first * this.#blockSize, last * this.#blockSize];
      for (let file = this.fileAt(begin); file < this.#begins.length && this.beginOf(file) < end; file += 1) {
        if ((this.#skipped?.[file] ?? 0) !== skipped) continue;
        const start = this.beginOf(file);
        const size = (this.#ends[file] ?? 0) - start;
        const fileRange = this.#isWhole(file)
          ? { file, begin: 0, end: start >= begin ? size : 0 }
          : { file, begin: Math.max(begin - start, 0), end: Math.min(end - start, size) };
        if (fileRange.begin < fileRange.end) yield fileRange;
      }
    }
  }

  /** Tells whether a file with decoding units that is not skipped begins before an offset in the corpus and ends after it. */
  dividesFileAt(offset: number): boolean {
    const file = this.fileAt(offset);
    const isInside = this.beginOf(file) < offset && offset < (this.#ends[file] ?? 0);
    return isInside && this.#skipped?.[file] !== 1 && isDivisible(this.#formats?.[file] ?? 0, this.#grid);
  }

  #isWhole(file: number): boolean {
    return typeof this.#wholes === 'boolean' ? this.#wholes : this.#wholes[file] === true;
  }

  /** Returns the index of the last file that begins at or before `offset`; 0 if there is none. */
  fileAt(offset: number): number {
    return Math.max(0, partitionPoint(this.#begins.length, (file) => this.beginOf(file) <= offset) - 1);
  }
}

function contiguous(sizes: Float64Array): Float64Array {
  let end = 0;
  return sizes.map((size) => (end += size) - size);
}
