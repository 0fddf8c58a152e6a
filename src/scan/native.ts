import { loadAddon, scanAddon } from '../base/addon.ts';
import type { ByteStrings } from '../base/byte-strings.ts';
import type { FileColumns, JsonLines, LongLines, SharedPatterns } from './kernel.ts';

/** The exports of the scan addon (native/block/addon.cc) that are about counting; src/corpus/native.ts has those about files. */
export interface NativeScan {
  /**
   * Compiles patterns on a worker thread: one counter for each different one, and others for records. Never rejects.
   * @param patterns None of them is empty. They must not be modified meanwhile.
   */
  compilePatterns(patterns: ByteStrings, options: NativeOptions): Promise<NativeSearch>;
  /**
   * Compiles patterns, which are counted in one field of JSON lines, and in records; see native/kernel/json_lines.h.
   */
  compileJsonLines(patterns: ByteStrings, options: NativeOptions, lines: JsonLines): Promise<NativeSearch>;
  /** Compiles patterns, which are counted in the sequences of FASTQ, and in records; see native/kernel/fastq.h. */
  compileFastq(patterns: ByteStrings, options: NativeOptions): Promise<NativeSearch>;
  /**
   * Compiles the classes of characters of `wc` (WcClasses in native/kernel/wc.h); the counters are lines, words, characters and bytes.
   * Ranges are sorted pairs [first, last].
   */
  compileWc(spaces: Uint32Array, ignored: Uint32Array, ignoresBytes: boolean): NativeKernel;
  /**
   * Counts file ranges one after the other. If a read fails, rejects with an Error that has `errno` (0: the file ended early),
   * `offset`, `undecodable` (whether the message says why the file cannot be decoded) and `range`, the index of the file range.
   * @param byRange Whether to return a row of counters for each file range; otherwise there is one row, their sum.
   */
  count(kernel: NativeKernel, ranges: readonly NativeRange[], byRange: boolean): Promise<NativeCounts>;
  /**
   * Counts whole files that it opens itself, one after the other.
   * @param indices The files in the table.
   * @param way How each of them is read; the size of each takes the place of `fileSize`, and of `end` if `format` is 0.
   * @returns Null if a file cannot be opened or read, or is not in the expected state after it was counted.
   */
  countFiles(
    kernel: NativeKernel,
    table: FileColumns,
    indices: Uint32Array,
    way: NativeRange,
    byFile: boolean,
  ): Promise<NativeCounts | null>;
  /** Makes counts in progress fail soon, and all later ones at once. */
  cancel(kernel: NativeKernel): void;
  /** Starts up to `count` idle threads, which end when they are released. */
  holdThreads(count: number): NativeHeldThreads;
  /**
   * Looks for the library that decodes a format. `missing` is empty, or what a file in the format needs. `helper` is the file of a second
   * library, which decodes some units; empty without one.
   */
  library(format: number): {
    readonly version: string;
    readonly file: string;
    readonly missing: string;
    readonly helper: string;
  };
  /** Returns why an encoding cannot be decoded on this host; empty if it can be. */
  encodingProblem(name: string): string;
  /** Returns whether each byte in a known encoding is a character whatever stands beside it. It tries all pairs of bytes. */
  isSingleByteEncoding(name: string): boolean;
  /** Returns `AVX2`, `NEON` or `portable`. */
  vectors(): string;
  /** Ends this process without waiting for counts in progress. */
  exit(status: number): never;
}

export interface NativeHeldThreads {
  readonly started: number;
  /** The reason why not all threads could be started; empty if all were. */
  readonly reason: string;
  release(): void;
}

export interface NativeOptions {
  /** The classes of characters that match each other, as foldClasses() returns them; null if every byte matches only itself. */
  readonly foldClasses: Uint32Array | null;
  readonly overlapping: boolean;
  /** Word characters as sorted pairs [first, last]; null without the word rule. */
  readonly wordRanges: Uint32Array | null;
  /** The unit of the records to count, too; these counters follow in a row. Null if records are not counted. */
  readonly records: 'line' | 'file' | null;
  readonly longLines?: LongLines | undefined;
  /** Whether to move what is compiled to memory that other processes of the host can load it from. */
  readonly share: boolean;
  /** Where to load it from, if that is possible, instead of compiling it. */
  readonly shared: SharedPatterns | undefined;
}

/**
 * The bytes [begin, end) of a file, not empty. `window` is the number of bytes for each scan, `chunk` that for each read (0 maps the
 * file instead). With `drop`, what was read is dropped from the page cache.
 */
export interface NativeRange {
  readonly fd: number;
  readonly fileSize: number;
  readonly begin: number;
  readonly end: number;
  readonly window: number;
  readonly chunk: number;
  readonly drop: boolean;
  /** Whether to read the descriptor to its end instead; `begin` is then 0, and `end` larger than any stream. */
  readonly stream: boolean;
  /** Not 0: the format from which the file is decoded, numbered as in format.h, or `unknownFormat`. */
  readonly format: number;
  /** The most memory that a decoder may need for its window, in bytes. */
  readonly memory: number;
  /** The start of the first unit, for a format that has units; -1 if it is not known. */
  readonly start: number;
  /** Whether that start is certain, so that what cannot be decoded is an error. */
  readonly isSure: boolean;
  /** The encoding of the text; undefined if it is not decoded. */
  readonly encoding?: string | undefined;
  /** The sum of the blocks before the start in their stream; -1 if it is not known. */
  readonly sum: number;
}

/** Rows of counters by groups, in the order of the bytes of their names; see GroupCounts::Rows in native/kernel/group_counts.h. */
export interface NativeGroups {
  /** All names, concatenated. */
  readonly names: Uint8Array;
  /** The offset in `names` at which each name ends. */
  readonly ends: Float64Array;
  /** The indices of the counters that are not zero, in all rows one after the other; ascending. */
  readonly indices: Float64Array;
  readonly counts: Float64Array;
}

export interface NativeCounts {
  /** The rows, one after the other. */
  readonly counts: BigUint64Array;
  /** The counters by groups; absent unless the kernel has groups. */
  readonly groups?: NativeGroups | undefined;
  readonly readSeconds: number;
  /** Without that of reading. Where files are mapped, their bytes are read while they are decoded. */
  readonly decodeSeconds: number;
  readonly scanSeconds: number;
  /** The sum of the sizes of the files of all ranges, or the size of the stream, as stored, in bytes. */
  readonly storedSize: number;
  /** The size of the text that was counted, in bytes. */
  readonly textSize: number;
  /** Three numbers for each finding: the index of the file range, the index in `findingNames`, and the count. */
  readonly findings?: Float64Array | undefined;
  /**
   * Three numbers for each of the first lines that are left out: the index of the file range, the start of the unit from which the text
   * is decoded, or 0, and the offset of the line in that text.
   */
  readonly invalidLines?: Float64Array | undefined;
  /**
   * Seven numbers for each file range of a format that has units: the index of the file range, the start and the end of its link; -1
   * if no unit begins in it, -2 if it cannot be decoded from where a unit was thought to begin; then its StreamSums, where -1 is absent.
   */
  readonly links?: Float64Array | undefined;
}

/** A kernel that searches for patterns. */
export interface NativeSearch {
  readonly kernel: NativeKernel;
  /** The number of different patterns: with `foldClasses`, those that match the same are the same. */
  readonly distinct: number;
  /** For each pattern its index among the different ones; undefined if all differ. */
  readonly indices: Uint32Array | undefined;
  /** Where they are shared; undefined if they are not. */
  readonly shared: SharedPatterns | undefined;
}

declare const kernelBrand: unique symbol;
export interface NativeKernel {
  readonly [kernelBrand]: never;
}

/** @throws AddonError when the addon cannot be loaded. */
export function nativeScan(): NativeScan {
  return loadAddon(scanAddon) as NativeScan;
}
