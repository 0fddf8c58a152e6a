import { closeSync } from 'node:fs';

import { InputError, unreadableAt } from '../../corpus/input-error.ts';
import {
  verifyOpenFileUnchanged,
  endedEarly,
  openFile,
  openLargeFile,
  type CorpusFile,
} from '../../corpus/file-checks.ts';
import { formatNumber } from '../../corpus/file-format.ts';
import type { FileRange, Layout } from '../../corpus/grid.ts';
import { minLargeBytes, type IoMethod, type IoTuner } from '../../corpus/io-method.ts';
import type { FileFinding, InvalidLine } from '../../scan/findings.ts';
import {
  unknownFormat,
  type Arrival,
  type CompiledKernel,
  type KernelResult,
  type OpenFileRange,
  type ReadFailure,
  type UnitLink,
} from '../../scan/kernel.ts';
import type { SkipList, Skips } from './skip-list.ts';
import { compacted, GrowingCounters, type Counters } from '../../tally/counters.ts';
import { GroupSum } from '../../tally/group-sum.ts';
import { readFailure } from '../../base/system-error.ts';
import type { AssignedBlock } from '../schedule/schedule.ts';
import type { BlockLink } from './chain.ts';
import { joinedSums, openSum } from './stream-sums.ts';

/** What all blocks of a rank are counted with. */
export interface CountContext {
  readonly kernel: CompiledKernel;
  /** Whether a block yields a row of counters for each of its files; otherwise it yields one row. */
  readonly byFile: boolean;
  /** Whether it yields a row for each group that the kernel finds in it. */
  readonly findsGroups?: boolean;
  readonly tuner: IoTuner;
  /** Whether files may grow while they are counted. */
  readonly allowGrowth: boolean;
  /** Whether files are decoded; the format of a file that is in one block may not be known yet. */
  readonly decompress: boolean;
  /** The encoding of text without a byte order mark; undefined if text stays as it is. */
  readonly encoding?: string | undefined;
  /** The most memory that a decoder may need for its window, in bytes. */
  readonly decodeMemory?: number;
  /** The files to leave out, to which those are added that cannot be read; without it, such a file is an error. */
  readonly skips?: Skips | undefined;
}

/** The counts of a block. */
export interface BlockCounts extends Omit<KernelResult, 'links' | 'counts' | 'groups'> {
  /** The rows of the block, one after the other. */
  readonly counts: Counters;
  /** The names of the groups whose rows these are, in their order; absent unless the kernel finds groups. */
  readonly groups?: readonly string[] | undefined;
  /** Absent if the block neither begins nor ends within a divided file. If it is `undecodable`, the counts are void. */
  readonly link?: BlockLink | 'undecodable' | undefined;
  /** The files of the block of which nothing is counted, since they are skipped. */
  readonly without: readonly number[];
}

interface OpenRange {
  readonly found: CorpusFile;
  readonly method: IoMethod;
  readonly range: OpenFileRange;
}

// Small files are counted in batches, since a round trip to a thread of the pool takes as long as opening a hundred files. Batches are
// small enough for a quick stop, and for all counters of a process to stay below the limit of open files.
const batchBytes = 4 * 1024 * 1024;
const maxFileRanges = 128;
// The maximum number of small files in a batch. They are opened one after the other, and a count in progress can be cancelled at each of them.
const maxSmallFiles = 1024;
// The kernel yields a whole row for each file of a batch, whatever is in it.
const maxBatchCounters = 2 ** 22;

/** Counts the file ranges of a block, one block at a time. The last file stays open for the next block. */
export class BlockCounter {
  readonly #context: CountContext;
  /** The descriptors of open files, by the begin of the file in the corpus: assignments number files differently. */
  readonly #open = new Map<number, number>();

  readonly #maxBatchRanges: number;
  readonly #maxSmallFiles: number;
  /** Where the units of the block before end. */
  #departure: Departure | undefined;
  /** The file that the step in progress is about, so that it can be told which one failed. */
  #file = 0;

  /** @param counters The number of counters in this process. */
  constructor(context: CountContext, counters: number) {
    this.#context = context;
    const { byFile, kernel } = context;
    const maxRows = byFile ? maxBatchCounters / kernel.width : Infinity;
    this.#maxBatchRanges = Math.max(1, Math.floor(Math.min(maxFileRanges / counters, maxRows)));
    this.#maxSmallFiles = Math.max(1, Math.floor(Math.min(maxSmallFiles, maxRows)));
  }

  /**
   * Counts one block.
   * @param skips The files of its assignment that are skipped.
   * @param arrival Where its first unit begins, if it begins within a divided file. Otherwise that is where the block before ended, if
   *   this counter has counted it, or a guess.
   * @throws InputError for a file that is not skipped.
   */
  async count(assigned: AssignedBlock, skips?: SkipList, arrival?: Arrival): Promise<BlockCounts> {
    const { kernel, byFile, findsGroups } = this.#context;
    const link = new LinkOfBlock(assigned);
    const departure = this.#departure;
    this.#departure = undefined;
    const sum = new SumOfBatches(kernel.width);
    const rows = new GrowingCounters();
    const groups = new GroupSum(kernel.width);
    const sums = { readSeconds: 0, decodeSeconds: 0, scanSeconds: 0, storedSize: 0, textSize: 0 };
    const findings: FileFinding[] = [];
    const invalidLines: InvalidLine[] = [];
    const without: number[] = [];
    const arrivalAt = (first: FileRange | undefined) =>
      arrival ?? (first && departure?.arrivalAt(first, assigned.layout));
    for await (const { whole, batch, counted } of this.#countBatches(assigned, skips, arrivalAt)) {
      if (batch.length < whole.length)
        without.push(...whole.flatMap((each) => (batch.includes(each) ? [] : each.file)));
      if (!counted) continue;
      for (const [index, found] of counted.links) link.take(batch[index], found, arrivalAt(whole[0]));
      if (counted.groups) groups.add(counted.groups);
      else if (byFile) rows.append(counted.counts);
      else sum.add(counted.counts);
      sums.readSeconds += counted.readSeconds;
      sums.decodeSeconds += counted.decodeSeconds;
      sums.scanSeconds += counted.scanSeconds;
      sums.storedSize += counted.storedSize;
      sums.textSize += counted.textSize;
      findings.push(...counted.findings);
      invalidLines.push(...(counted.invalidLines ?? []));
    }
    this.#departure = link.departure;
    // A block inside a file that is decoded whole has none: the file belongs to the block in which it begins.
    const counts = findsGroups ? groups.counts() : { counts: byFile ? rows : sum.counts };
    return { ...counts, ...sums, findings, invalidLines, link: link.link, without };
  }

  close(): void {
    this.#closeBut(undefined);
  }

  /** Yields the counts of the batches of a block. */
  async *#countBatches(
    assigned: AssignedBlock,
    skips: SkipList | undefined,
    arrivalAt: (first: FileRange | undefined) => Arrival | undefined,
  ): AsyncGenerator<CountedBatch> {
    for (const files of batchesOf(assigned.block.fileRanges, this.#maxSmallFiles)) {
      const isLarge = files.length > this.#maxBatchRanges && !files.some(({ file }) => skips?.has(file));
      const counted = isLarge ? await this.#countSmallFiles(files, assigned) : undefined;
      if (counted) {
        yield { whole: files, batch: files, counted };
        continue;
      }
      for (const whole of batchesOf(files, this.#maxBatchRanges)) {
        yield { whole, ...(await this.#countReadable(whole, assigned, skips, arrivalAt(whole[0]))) };
      }
    }
  }

  /**
   * Counts a batch without the files that are skipped. A file that turns out to be unreadable is skipped, too.
   * @returns The file ranges that were counted, and their counts, if there are any.
   */
  async #countReadable(
    whole: readonly FileRange[],
    assigned: AssignedBlock,
    skips: SkipList | undefined,
    arrival: Arrival | undefined,
  ): Promise<{ batch: readonly FileRange[]; counted?: KernelResult }> {
    for (;;) {
      const batch = skips ? whole.filter(({ file }) => !skips.has(file)) : whole;
      if (batch.length === 0) return { batch };
      try {
        const small = await this.#countSmallFiles(batch, assigned);
        return { batch, counted: small ?? (await this.#countBatch(batch, assigned, arrival)) };
      } catch (error) {
        if (!skips || !(error instanceof InputError)) throw error;
        skips.add(this.#file, error);
      }
    }
  }

  /**
   * Counts a batch of small files, if all of it is, without a descriptor in JavaScript for each.
   * @returns Undefined for any other batch, and where something is wrong with a file, which #countBatch() then finds out.
   */
  async #countSmallFiles(batch: readonly FileRange[], { files }: AssignedBlock): Promise<KernelResult | undefined> {
    const { kernel, tuner, decompress, encoding, decodeMemory, byFile } = this.#context;
    const { parts } = files;
    const isSmallFile = ({ file, begin, end }: FileRange) =>
      begin === 0 && end === parts.sizes[file] && end < minLargeBytes && parts.formats[file] === 0;
    if (!batch.every(isSmallFile)) return undefined;
    const decoding = decompress && {
      format: unknownFormat,
      encoding,
      ...(decodeMemory !== undefined && { memory: decodeMemory }),
    };
    const indices = Uint32Array.from(batch, ({ file }) => file);
    const counted = await kernel.countFiles(parts, indices, { ...tuner.forSmall, ...decoding }, byFile);
    return counted && inFiles(counted, batch);
  }

  async #countBatch(
    batch: readonly FileRange[],
    assigned: AssignedBlock,
    arrival: Arrival | undefined,
  ): Promise<KernelResult> {
    const opened: OpenRange[] = [];
    for (const fileRange of batch) {
      this.#file = fileRange.file;
      const open = this.#openRange(fileRange, assigned, fileRange.begin > 0 ? arrival : undefined);
      opened.push(open instanceof Promise ? await open : open);
    }
    const counted = await this.#scan(opened, batch);
    for (const [index, { found, range }] of opened.entries()) {
      this.#file = batch[index]?.file ?? 0;
      verifyOpenFileUnchanged(found, range.fd, this.#context.allowGrowth);
    }
    const method = opened[0]?.method;
    if (method && opened.every((open) => open.method === method && open.found.format === undefined)) {
      const bytes = opened.reduce((sum, { range: { begin, end } }) => sum + end - begin, 0);
      this.#context.tuner.record(method, bytes, counted.readSeconds + counted.scanSeconds);
    }
    const last = batch.at(-1)?.file;
    this.#closeBut(last === undefined ? undefined : assigned.layout.beginOf(last));
    return inFiles(counted, batch);
  }

  /** Opens the file of a range unless it is open: a large range on the thread pool, any other synchronously. */
  #openRange(
    { file, begin, end }: FileRange,
    { files, layout }: AssignedBlock,
    arrival: Arrival | undefined,
  ): OpenRange | Promise<OpenRange> {
    const found = files.at(file);
    const { tuner, decompress, encoding, decodeMemory } = this.#context;
    const { format, path, size: fileSize } = found;
    const method = format ? tuner.methodForDecoding(path, fileSize) : tuner.methodFor(path, end - begin);
    const isWhole = begin === 0 && end === fileSize;
    const decoding = decompress && {
      format: format ? formatNumber(format) : isWhole ? unknownFormat : 0,
      encoding,
      ...(decodeMemory !== undefined && { memory: decodeMemory }),
    };
    const opened = (fd: number): OpenRange => {
      this.#open.set(layout.beginOf(file), fd);
      return { found, method, range: { fd, fileSize, begin, end, arrival, ...method, ...decoding } };
    };
    const fd = this.#open.get(layout.beginOf(file));
    if (fd !== undefined) return opened(fd);
    return end - begin < minLargeBytes ? opened(openFile(found.path)) : openLargeFile(found.path).then(opened);
  }

  async #scan(opened: readonly OpenRange[], batch: readonly FileRange[]): Promise<KernelResult> {
    const { kernel, byFile } = this.#context;
    const ranges = opened.map(({ range }) => range);
    return kernel.countFileRanges(ranges, byFile).catch((error: unknown) => {
      const { range: index } = error as Partial<ReadFailure>;
      const failed = index === undefined ? undefined : opened[index];
      this.#file = batch[index ?? 0]?.file ?? 0;
      throw failed ? readError(failed, error as ReadFailure, this.#context.allowGrowth) : error;
    });
  }

  #closeBut(kept: number | undefined): void {
    for (const [begin, fd] of this.#open) {
      if (begin === kept) continue;
      this.#open.delete(begin);
      closeSync(fd);
    }
  }
}

interface CountedBatch {
  /** The file ranges of the batch. */
  readonly whole: readonly FileRange[];
  /** Those of files that are not skipped. */
  readonly batch: readonly FileRange[];
  /** Their counts, if there are any. */
  readonly counted?: KernelResult;
}

/** Adds up the rows of batches. Most blocks have one. */
class SumOfBatches {
  readonly #width: number;
  #sum: BigUint64Array | undefined;

  constructor(width: number) {
    this.#width = width;
  }

  /** @param counts Not used by the caller any more. */
  add(counts: BigUint64Array): void {
    const sum = (this.#sum ??= counts);
    if (sum === counts) return;
    for (const [column, count] of counts.entries()) {
      if (count !== 0n) sum[column] = (sum[column] ?? 0n) + count;
    }
  }

  get counts(): Counters {
    return compacted(this.#sum ?? new BigUint64Array(this.#width));
  }
}

/** Returns a result for a batch with its findings in files instead of in ranges. */
function inFiles(counted: KernelResult, batch: readonly FileRange[]): KernelResult {
  const inFile = <T extends { file: number }>(found: T): T => ({ ...found, file: batch[found.file]?.file ?? 0 });
  const invalidLines = counted.invalidLines?.map(inFile);
  return { ...counted, findings: counted.findings.map(inFile), ...(invalidLines && { invalidLines }) };
}

/** The end of a block within a divided file. */
class Departure {
  /** In the corpus, since assignments number files differently. */
  readonly #offset: number;
  readonly #arrival: Arrival;

  constructor({ file, end }: FileRange, layout: Layout, arrival: Arrival) {
    this.#offset = layout.beginOf(file) + end;
    this.#arrival = arrival;
  }

  /** Returns what is known of the first unit of a file range, if it follows in the file. */
  arrivalAt({ file, begin }: FileRange, layout: Layout): Arrival | undefined {
    return begin > 0 && layout.beginOf(file) + begin === this.#offset ? this.#arrival : undefined;
  }
}

/** Makes the link of a block from those of its file ranges. */
class LinkOfBlock {
  readonly #assigned: AssignedBlock;
  link: BlockLink | 'undecodable' | undefined;
  departure: Departure | undefined;

  constructor(assigned: AssignedBlock) {
    this.#assigned = assigned;
  }

  /** @param arrival The expected start of the first unit, if it was known, of a file range that does not begin with its file. */
  take(fileRange: FileRange | undefined, found: UnitLink, arrival: Arrival | undefined): void {
    if (!fileRange || this.link === 'undecodable') return;
    const { file, begin, end } = fileRange;
    const { files, layout } = this.#assigned;
    const isEnd = end === files.size(file);
    if (begin === 0 && isEnd) return; // it is not divided
    if (found === 'undecodable') {
      this.link = 'undecodable';
      return;
    }
    // Only the first file range of a block begins within a file, and only the last one ends within one.
    if (begin > 0) this.link = found ? { at: found.start, sums: found.sums } : { past: end };
    if (isEnd) return;
    if (found) {
      const sums = begin > 0 ? found.sums : joinedSums(this.link?.sums, found.sums);
      this.link = { ...this.link, end: found.end, sums };
      const isSure = begin === 0 || arrival?.isSure === true;
      const sum = openSum(found.sums, arrival?.sum);
      this.departure = new Departure(fileRange, layout, { start: found.end, isSure, sum });
    } else if (arrival) {
      this.departure = new Departure(fileRange, layout, arrival); // the unit before goes on
    }
  }
}

function* batchesOf(fileRanges: Iterable<FileRange>, maxRanges: number): Generator<FileRange[]> {
  let batch: FileRange[] = [];
  let bytes = 0;
  for (const fileRange of fileRanges) {
    batch.push(fileRange);
    bytes += fileRange.end - fileRange.begin;
    if (bytes < batchBytes && batch.length < maxRanges) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** @throws InputError for a file that has changed, so that it is not reported as damaged. */
function readError({ found, range: { fd } }: OpenRange, cause: ReadFailure, allowGrowth: boolean): InputError {
  const { errno, offset, message, undecodable } = cause;
  if (undecodable) {
    verifyOpenFileUnchanged(found, fd, allowGrowth);
    return new InputError(found.path, message, { cause });
  }
  if (errno === 0) return endedEarly(found, fd, offset, cause);
  const reason = readFailure({ errno: -errno, message });
  return unreadableAt(found.path, offset, reason, cause);
}
