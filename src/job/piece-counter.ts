import { closeSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';

import { InputError, reasonOf } from '../corpus/errors.ts';
import { confirmUnchangedSoFar, openFile, openLargeFile, type CorpusFile } from '../corpus/files.ts';
import { countBytes, type Piece } from '../corpus/grid.ts';
import { leastLarge, type Reading, type Readings } from '../corpus/reading.ts';
import type { BlockCounts, ReadFailure, Scanner } from '../scan/scanner.ts';
import { addTo } from './sums.ts';

/** What there is to count, and how. */
export interface Counting {
  /** As this rank found them, by their place in the plan. */
  readonly files: ReadonlyMap<number, CorpusFile>;
  readonly scanner: Scanner;
  readonly readings: Readings;
}

interface OpenPiece extends Piece {
  readonly fd: number;
  readonly found: CorpusFile;
  readonly reading: Reading;
}

// Small files are counted many at a time, as each way to a thread and back takes as long as opening a hundred; but few enough to
// stop soon, and for all counters of a process not to run out of open files.
const batchBytes = 4 * 1024 * 1024;
const mostPieces = 128;

/** Counts pieces of files one after the other. The last file stays open from one call to the next. */
export class PieceCounter {
  readonly #counting: Counting;
  /** Of the files that are open, by their place in the plan. */
  readonly #open = new Map<number, number>();

  readonly #batchPieces: number;

  /** @param counters How many there are in this process. */
  constructor(counting: Counting, counters: number) {
    this.#counting = counting;
    this.#batchPieces = Math.max(1, Math.floor(mostPieces / counters));
  }

  /** @throws InputError */
  async count(pieces: readonly Piece[]): Promise<BlockCounts> {
    const [first, ...others] = batchesOf(pieces, this.#batchPieces);
    if (!first) throw new RangeError('a block without pieces');
    const sums = await this.#countBatch(first);
    for (const batch of others) {
      const { counts, readSeconds, scanSeconds } = await this.#countBatch(batch);
      addTo(sums.counts, counts);
      sums.readSeconds += readSeconds;
      sums.scanSeconds += scanSeconds;
    }
    return sums;
  }

  close(): void {
    this.#closeBut(undefined);
  }

  async #countBatch(batch: readonly Piece[]): Promise<{ -readonly [Key in keyof BlockCounts]: BlockCounts[Key] }> {
    const pieces: OpenPiece[] = [];
    for (const piece of batch) pieces.push(await this.#openPiece(piece));
    const counted = await this.#scan(pieces);
    for (const { found, fd } of pieces) confirmUnchangedSoFar(found, fd);
    const reading = pieces[0]?.reading;
    if (reading && pieces.every((piece) => piece.reading === reading)) {
      this.#counting.readings.took(reading, countBytes(pieces), counted.readSeconds + counted.scanSeconds);
    }
    this.#closeBut(batch.at(-1)?.file);
    return counted;
  }

  async #openPiece(piece: Piece): Promise<OpenPiece> {
    const found = this.#counting.files.get(piece.file);
    if (!found) throw new RangeError(`there is no file ${piece.file} in the plan`);
    const bytes = piece.end - piece.begin;
    const open = bytes < leastLarge ? openFile : openLargeFile;
    const fd = this.#open.get(piece.file) ?? (await open(found.path));
    this.#open.set(piece.file, fd);
    return { ...piece, found, fd, reading: this.#counting.readings.of(found.path, bytes) };
  }

  async #scan(pieces: readonly OpenPiece[]): Promise<BlockCounts> {
    const stretches = pieces.map(({ found, fd, begin, end, reading }) => ({
      fd,
      fileSize: found.size,
      begin,
      end,
      ...reading,
    }));
    return this.#counting.scanner.countStretches(stretches).catch((error: unknown) => {
      const { stretch } = error as Partial<ReadFailure>;
      const piece = stretch === undefined ? undefined : pieces[stretch];
      throw piece ? readError(piece.found, error as ReadFailure) : error;
    });
  }

  #closeBut(kept: number | undefined): void {
    for (const [file, fd] of this.#open) {
      if (file === kept) continue;
      this.#open.delete(file);
      closeSync(fd);
    }
  }
}

function* batchesOf(pieces: readonly Piece[], most: number): Generator<Piece[]> {
  let batch: Piece[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    batch.push(piece);
    bytes += piece.end - piece.begin;
    if (bytes < batchBytes && batch.length < most) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

function readError({ path, size }: CorpusFile, cause: ReadFailure): InputError {
  const what =
    cause.errno === 0
      ? `changed while it was counted: of ${size} bytes, there is none at offset ${cause.offset} any more`
      : `cannot be read at byte ${cause.offset}: ${reasonOf({ code: getSystemErrorName(-cause.errno), message: cause.message })}`;
  return new InputError(path, what, { cause });
}
