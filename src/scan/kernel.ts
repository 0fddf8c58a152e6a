import type { FileFinding, InvalidLine } from './findings.ts';

/** The number of a format that is told by the first bytes when the file is counted; see native/source/decode/format.h. */
export const unknownFormat = 255;

/** The bytes [begin, end) of the open file `fd` of `fileSize` bytes. */
export interface OpenFileRange {
  readonly fd: number;
  readonly fileSize: number;
  readonly begin: number;
  readonly end: number;
  /** The number of bytes for each read; undefined maps the file into memory, if its file system supports that. */
  readonly chunk?: number | undefined;
  /** Whether to drop what was read from the page cache. */
  readonly drop?: boolean;
  /**
   * Not 0: the file is decoded from this format, numbered as in native/source/decode/format.h. It may be `unknownFormat`; a file in no
   * format is then counted as it is. Unless the format has units, the range is the whole file.
   */
  readonly format?: number;
  /**
   * The arrival at the range, if its format has units. The range has the units that begin in it, and it has the text from the kernel's
   * look-back after the start of the first one up to the same place after the start of the first unit that follows the range.
   */
  readonly arrival?: Arrival | undefined;
  /** The most memory that a decoder may need for its window, in bytes. */
  readonly memory?: number;
  /** The encoding of the text; undefined if it stays as it is. A byte order mark comes before it. */
  readonly encoding?: string | undefined;
  /** The size of a window in bytes; for tests. */
  readonly windowSize?: number;
}

/** Files in their expected states, as columns. */
export interface FileColumns {
  /** All paths, concatenated. */
  readonly paths: Uint8Array;
  /** The offset in `paths` at which each path ends. */
  readonly ends: Float64Array;
  /** In bytes. */
  readonly sizes: Float64Array;
  /** The times of the last modification, in nanoseconds since 1970. */
  readonly modified: BigInt64Array;
}

/** The known or guessed start of the first unit of a range. Without one, it must be searched for. */
export interface Arrival {
  /** The offset in the file of the first unit that begins in the range or after it. */
  readonly start: number;
  /** Whether it is certain. Otherwise, units that cannot be decoded are no error. */
  readonly isSure: boolean;
  /** The sum of the blocks before it in their stream; absent if it is not known. */
  readonly sum?: number | undefined;
}

/**
 * What decoding units in a row contribute to the checksums of the streams that they are in, as numbers of 32 bits. bzip2 makes the checksum
 * of a stream from those of its blocks: for each, the sum so far is rotated by one bit, and that of the block is added to it (exclusive
 * or). So it can be made in parts; see native/source/decode/stream_sums.h.
 */
export interface StreamSums {
  /** By how many bits they rotate the sum of the stream that began before them; absent if none did. */
  readonly rotation?: number | undefined;
  /** What they add to that sum. */
  readonly part?: number | undefined;
  /** The checksum at the end of that stream; absent if it goes on behind them. */
  readonly total?: number | undefined;
  /** The sum of a stream that began in them and goes on behind them. */
  readonly open?: number | undefined;
}

/**
 * The link of a file range in a file with decoding units: the first unit of the range begins at `start`, and the first one after it at
 * `end`, which is the size of the file if there is none. It is null if no unit seems to begin in the range, and `undecodable` if
 * the units cannot be decoded from where one was thought to begin; the range then counts nothing.
 */
export type UnitLink =
  { readonly start: number; readonly end: number; readonly sums?: StreamSums | undefined } | null | 'undecodable';

/** A read failed in one of several file ranges. */
export interface ReadFailure extends Error {
  /** The error number, positive; 0 if the file ended before its size. */
  readonly errno: number;
  /** The offset in the file, in bytes. */
  readonly offset: number;
  /** Whether the file cannot be decoded; the message then says why, as the end of a sentence that begins with the name of the file. */
  readonly undecodable: boolean;
  /** The index of the file range among those that are not empty. */
  readonly range: number;
}

/** Records that are the lines of JSON lines; the text of each is the string of one field. */
export interface JsonLines {
  /** The key of the field in the line, then in the object that is its value, and so on. */
  readonly path: readonly Uint8Array[];
  /** The same for the field whose string is the group of the line; absent if counts are not broken down by one. */
  readonly groupPath?: readonly Uint8Array[] | undefined;
  /** Whether lines that are not valid are left out; otherwise they are a fault of the file. */
  readonly skipInvalid: boolean;
}

/** What becomes of long lines of which records consist (JSON lines, FASTQ), in tests, in bytes. */
export interface LongLines {
  /** The size of the longest line that is held in memory as a whole, at least 2. */
  readonly longestHeld: number;
  /** How much of the text of a longer one is searched at a time. */
  readonly searched: number;
}

/** Rows of counters by groups that are named in the text, in the order of their names. */
export interface KernelGroups {
  /** The names, with a character for each byte. */
  readonly names: readonly string[];
  /** The rows of the groups, one after the other: the index and the count of each counter that is not zero, in order. */
  readonly rows: { readonly length: number; readonly indices: readonly number[]; readonly counts: readonly number[] };
}

/** The result of a kernel for one or several file ranges, or for a stream. */
export interface KernelResult {
  /** The rows of counters, one after the other. */
  readonly counts: BigUint64Array;
  /** The counters by groups; absent unless the kernel breaks counts down. */
  readonly groups?: KernelGroups | undefined;
  readonly readSeconds: number;
  /** Without that of reading. Where files are mapped, their bytes are read while they are decoded. */
  readonly decodeSeconds: number;
  readonly scanSeconds: number;
  /** The sum of the sizes of the files of all ranges, or the size of the stream, as stored, in bytes. */
  readonly storedSize: number;
  /** The size of the text that was counted, in bytes. */
  readonly textSize: number;
  /** The findings; `file` is the index of the file range. */
  readonly findings: readonly FileFinding[];
  /** The first lines that are left out of each range, since they are not valid; `file` is the index of the file range. */
  readonly invalidLines?: readonly InvalidLine[];
  /** The links, by the index of the file range; only those of files with decoding units are there. */
  readonly links: ReadonlyMap<number, UnitLink>;
}

/** Where other processes of the host find compiled patterns. */
export interface SharedPatterns {
  /** The ID of the process that shares them. */
  readonly process: number;
  /** Its file descriptor, which it has to close when the others have loaded the patterns. */
  readonly descriptor: number;
  /** In bytes. */
  readonly size: number;
  /** A random number, which other memory does not have. */
  readonly key: number;
}

/** A compiled kernel, which can count any number of blocks. */
export interface CompiledKernel {
  /** The number of counters in a row. */
  readonly width: number;
  /** Resolves when it is compiled, to where its patterns are shared; undefined if they are not. It may be used before. */
  ready(): Promise<SharedPatterns | undefined>;
  /**
   * Counts file ranges one after the other, on the thread pool; calls may overlap.
   * @param byRange Whether to return a row for each file range that is not empty; otherwise there is one row, their sum.
   * @throws ReadFailure for the first range that cannot be read.
   */
  countFileRanges(ranges: readonly OpenFileRange[], byRange?: boolean): Promise<KernelResult>;
  /**
   * Counts whole files of a table, which are not empty, on the thread pool. It opens them itself, one after the other.
   * @param indices The files in the table.
   * @param way How to read each of them; a format in it is for all of them.
   * @param byFile Whether to return a row for each file; otherwise there is one row, their sum.
   * @returns Undefined if a file cannot be opened or read, or is not in the expected state after it was counted.
   */
  countFiles(
    table: FileColumns,
    indices: Uint32Array,
    way: Pick<OpenFileRange, 'chunk' | 'drop' | 'format' | 'memory' | 'encoding'>,
    byFile: boolean,
  ): Promise<KernelResult | undefined>;
  /**
   * Counts the rest of a pipe or another stream, up to its end.
   * @param decode Whether to decode it, if its first bytes are those of a format that is decoded.
   * @param memory The most memory that a decoder may need for its window, in bytes.
   * @param encoding The encoding of its text; only if it is decoded.
   * @throws ReadFailure
   */
  countStream(
    fd: number,
    options?: {
      readonly decode?: boolean;
      readonly memory?: number;
      readonly encoding?: string | undefined;
    },
  ): Promise<KernelResult>;
  /** Makes counts in progress fail soon, and all later ones at once; used at the end of a job. */
  cancel(): void;
}
