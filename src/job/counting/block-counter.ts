import { closeSync } from 'node:fs';

import { InputError } from '../../corpus/input-error.ts';
import type { FileTable } from '../../corpus/file-table.ts';
import {
  verifyOpenFileUnchanged,
  endedEarly,
  openFile,
  openLargeFile,
  type CorpusFile,
} from '../../corpus/file-checks.ts';
import type { FileRange } from '../../corpus/grid.ts';
import { minLargeBytes, type IoMethod, type IoTuner } from '../../corpus/io-method.ts';
import type { BlockCounts, ReadFailure, Scanner, OpenFileRange } from '../../scan/scanner.ts';
import { readFailure } from '../../base/system-error.ts';
import { addTo } from './totals.ts';

/** What there is to count, and how. */
export interface CountContext {
  /** As this rank found them. */
  readonly files: FileTable;
  readonly scanner: Scanner;
  readonly readings: IoTuner;
  /** Whether files may grow while they are counted. */
  readonly allowGrowth: boolean;
}

interface OpenRange {
  readonly found: CorpusFile;
  readonly reading: IoMethod;
  readonly stretch: OpenFileRange;
}

// Small files are counted many at a time, as each way to a thread and back takes as long as opening a hundred; but few enough to
// stop soon, and for all counters of a process not to run out of open files.
const batchBytes = 4 * 1024 * 1024;
const maxFileRanges = 128;

/** Counts pieces of files one after the other. The last file stays open from one call to the next. */
export class BlockCounter {
  readonly #counting: CountContext;
  /** Of the files that are open, by their place among the rank's. */
  readonly #open = new Map<number, number>();

  readonly #batchPieces: number;

  /** @param counters How many there are in this process. */
  constructor(counting: CountContext, counters: number) {
    this.#counting = counting;
    this.#batchPieces = Math.max(1, Math.floor(maxFileRanges / counters));
  }

  /** @throws InputError */
  async count(pieces: Iterable<FileRange>): Promise<BlockCounts> {
    let sums: Sums | undefined;
    for (const batch of batchesOf(pieces, this.#batchPieces)) {
      const counted = await this.#countBatch(batch);
      if (sums) add(sums, counted);
      else sums = counted;
    }
    if (!sums) throw new RangeError('a block without pieces');
    return sums;
  }

  close(): void {
    this.#closeBut(undefined);
  }

  async #countBatch(batch: readonly FileRange[]): Promise<BlockCounts> {
    const pieces: OpenRange[] = [];
    for (const piece of batch) {
      const opened = this.#openPiece(piece);
      pieces.push(opened instanceof Promise ? await opened : opened);
    }
    const counted = await this.#scan(pieces);
    for (const { found, stretch } of pieces) verifyOpenFileUnchanged(found, stretch.fd, this.#counting.allowGrowth);
    const reading = pieces[0]?.reading;
    if (reading && pieces.every((piece) => piece.reading === reading)) {
      const bytes = pieces.reduce((sum, { stretch: { begin, end } }) => sum + end - begin, 0);
      this.#counting.readings.took(reading, bytes, counted.readSeconds + counted.scanSeconds);
    }
    this.#closeBut(batch.at(-1)?.file);
    const findings = counted.findings.map((found) => ({ ...found, file: batch[found.file]?.file ?? 0 }));
    return { ...counted, findings };
  }

  /** Only for a large file a promise. */
  #openPiece({ file, begin, end }: FileRange): OpenRange | Promise<OpenRange> {
    const found = this.#counting.files.at(file);
    const reading = this.#counting.readings.of(found.path, end - begin);
    const opened = (fd: number): OpenRange => {
      this.#open.set(file, fd);
      return { found, reading, stretch: { fd, fileSize: found.size, begin, end, ...reading } };
    };
    const fd = this.#open.get(file);
    if (fd !== undefined) return opened(fd);
    return end - begin < minLargeBytes ? opened(openFile(found.path)) : openLargeFile(found.path).then(opened);
  }

  async #scan(pieces: readonly OpenRange[]): Promise<BlockCounts> {
    const stretches = pieces.map(({ stretch }) => stretch);
    return this.#counting.scanner.countFileRanges(stretches).catch((error: unknown) => {
      const { stretch } = error as Partial<ReadFailure>;
      const piece = stretch === undefined ? undefined : pieces[stretch];
      throw piece ? readError(piece, error as ReadFailure) : error;
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

type Sums = { -readonly [Key in keyof BlockCounts]: BlockCounts[Key] };

function add(sums: Sums, { counts, readSeconds, scanSeconds, textSize, findings }: BlockCounts): void {
  addTo(sums.counts, counts);
  sums.readSeconds += readSeconds;
  sums.scanSeconds += scanSeconds;
  sums.textSize += textSize;
  if (findings.length > 0) sums.findings = [...sums.findings, ...findings];
}

function* batchesOf(pieces: Iterable<FileRange>, most: number): Generator<FileRange[]> {
  let batch: FileRange[] = [];
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

function readError({ found, stretch: { fd } }: OpenRange, cause: ReadFailure): InputError {
  const { errno, offset, message } = cause;
  if (errno === 0) return endedEarly(found, fd, offset, cause);
  const reason = readFailure({ errno: -errno, message });
  return new InputError(found.path, `cannot be read at byte ${offset}: ${reason}`, { cause });
}
