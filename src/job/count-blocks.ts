import type { FileHandle } from 'node:fs/promises';
import { getSystemErrorName } from 'node:util';

import { InputError, reasonOf } from '../corpus/errors.ts';
import { confirmUnchangedSoFar, openFile, type CorpusFile } from '../corpus/files.ts';
import type { Block, Piece } from '../corpus/grid.ts';
import type { BlockCounts, ReadFailure, Scanner } from '../scan/scanner.ts';

/** A block and what was found in it. */
export interface CountedBlock extends BlockCounts {
  readonly block: Block;
}

/**
 * Counts blocks one after the other, in the order given; files stay open from one block to the next.
 * @param files As this rank found them, by their place in the plan. A block whose file has changed since is not passed on.
 * @param patterns How many there are.
 * @throws InputError when a file cannot be read, or ends before its size.
 */
export async function* countBlocks(
  blocks: Iterable<Block>,
  files: ReadonlyMap<number, CorpusFile>,
  patterns: number,
  scanner: Scanner,
): AsyncGenerator<CountedBlock> {
  const opened = new OpenedFile(files);
  try {
    for (const block of blocks) {
      const counted = { block, counts: new BigUint64Array(patterns), readSeconds: 0, scanSeconds: 0 };
      for (const piece of block.pieces) {
        const { counts, readSeconds, scanSeconds } = await countPiece(piece, opened, scanner);
        addTo(counted.counts, counts);
        counted.readSeconds += readSeconds;
        counted.scanSeconds += scanSeconds;
      }
      yield counted;
    }
  } finally {
    await opened.close();
  }
}

/** Adds element by element. */
export function addTo(sums: BigUint64Array, counts: BigUint64Array): void {
  counts.forEach((count, index) => {
    if (count !== 0n) sums[index] = (sums[index] ?? 0n) + count;
  });
}

async function countPiece({ file, begin, end }: Piece, opened: OpenedFile, scanner: Scanner): Promise<BlockCounts> {
  const { handle, ...before } = await opened.open(file);
  const counted = await scanner.countBlock(handle.fd, before.size, begin, end).catch((error: unknown) => {
    throw 'errno' in (error as ReadFailure) ? readError(before.path, before.size, error as ReadFailure) : error;
  });
  confirmUnchangedSoFar(before, handle.fd);
  return counted;
}

function readError(path: Buffer, size: number, cause: ReadFailure): InputError {
  const what =
    cause.errno === 0
      ? `changed while it was counted: of ${size} bytes, there is none at offset ${cause.offset} any more`
      : `cannot be read at byte ${cause.offset}: ${reasonOf({ code: getSystemErrorName(-cause.errno), message: cause.message })}`;
  return new InputError(path, what, { cause });
}

/** The file that is being read, opened when it is needed. */
class OpenedFile {
  readonly #files: ReadonlyMap<number, CorpusFile>;
  #index: number | undefined;
  #handle: FileHandle | undefined;

  constructor(files: ReadonlyMap<number, CorpusFile>) {
    this.#files = files;
  }

  async open(index: number): Promise<CorpusFile & { handle: FileHandle }> {
    const file = this.#files.get(index);
    if (!file) throw new RangeError(`there is no file ${index} in the plan`);
    if (this.#index !== index || !this.#handle) {
      await this.close();
      this.#handle = await openFile(file.path);
      this.#index = index;
    }
    return { ...file, handle: this.#handle };
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }
}
