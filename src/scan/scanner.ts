import { quoted } from '../base/bytes.ts';
import type { FileFinding } from './findings.ts';
import { MpicountError } from '../base/mpicount-error.ts';
import { nativeScan, type NativeRange, type NativeCounts, type NativePatterns } from './native.ts';
import { wordRanges } from './unicode/tables.ts';
import { exactPattern, foldedPattern } from './char-variants.ts';

export interface ScanOptions {
  /** Let a character stand for all those with the same simple case folding (Unicode). */
  readonly ignoreCase: boolean;
  /** Count only what has no word character right before or right after. */
  readonly word: boolean;
  /** Count every place where a pattern stands, also inside an occurrence that was counted. */
  readonly overlapping: boolean;
}

/** A pattern that cannot be searched for. */
export class PatternError extends MpicountError {
  override readonly name = 'PatternError';
  override readonly kind = 'usage';

  constructor(pattern: Uint8Array, what: string) {
    super(`pattern ${quoted(pattern)}: ${what}`);
  }
}

/** The bytes [begin, end) of the open file `fd` of `fileSize` bytes. */
export interface OpenFileRange {
  readonly fd: number;
  readonly fileSize: number;
  readonly begin: number;
  readonly end: number;
  /** How many bytes to read at a time; undefined: map the file into memory, where its file system allows that. */
  readonly chunk?: number | undefined;
  /** Leave nothing of it in the page cache. */
  readonly drop?: boolean;
  /** How many bytes to scan at a time; for tests. */
  readonly windowSize?: number;
}

/**
 * Reading failed in one of several stretches, by its place among those that are not empty, at `offset` in the file; `errno` is 0
 * when the file ended before its size.
 */
export interface ReadFailure extends Error {
  readonly errno: number;
  readonly offset: number;
  readonly stretch: number;
}

export interface BlockCounts extends Omit<NativeCounts, 'findings'> {
  /** Files are told by the index of their stretch. */
  readonly findings: readonly FileFinding[];
}

function decodeFindings(numbers: Float64Array | undefined): readonly FileFinding[] {
  return Array.from({ length: (numbers?.length ?? 0) / 3 }, (_, index) => {
    const [file = 0, finding = 0, count = 0] = numbers?.subarray(3 * index) ?? [];
    return { file, finding, count };
  });
}

// Small enough that what was read is still in a core's cache when it is scanned.
const defaultWindow = 128 * 1024;

/** What it scans with: `AVX2`, or the vectors that every processor has. */
export function scanVectors(): string {
  return nativeScan().vectors();
}

/** Ends this process without waiting for blocks that are being counted: a read may take as long as a file server is away. */
export function exitNow(status: number): never {
  try {
    return nativeScan().exit(status);
  } catch {
    process.exit(status); // the addon does not load, so nothing is being counted
  }
}

/** Patterns, compiled once, to be counted in any number of blocks. */
export class Scanner {
  readonly #native: NativePatterns;
  /** For each pattern as given, its place among the different ones. */
  readonly #places: readonly number[];

  private constructor(native: NativePatterns, places: readonly number[]) {
    this.#native = native;
    this.#places = places;
  }

  /**
   * @param patterns Literal bytes; the same one may be there twice.
   * @throws PatternError for one that is empty or has a newline.
   */
  static compile(patterns: readonly Uint8Array[], options: ScanOptions): Scanner {
    const unitsOf = options.ignoreCase ? foldedPattern : exactPattern;
    // With case ignored, those are the same that differ in case only.
    const different: Uint8Array[] = [];
    const placeOf = new Map<string, number>();
    const places = patterns.map((pattern) => {
      if (pattern.length === 0) throw new PatternError(pattern, 'it is empty');
      if (pattern.includes(0x0a)) throw new PatternError(pattern, 'it contains a newline');
      const units = unitsOf(pattern);
      const key = Buffer.from(units).toString('latin1');
      const place = placeOf.get(key) ?? different.push(units) - 1;
      placeOf.set(key, place);
      return place;
    });
    const native = nativeScan().compile(different, {
      caseless: options.ignoreCase,
      overlapping: options.overlapping,
      wordRanges: options.word ? wordRanges() : null,
    });
    return new Scanner(native, places);
  }

  /** Has blocks that are being counted fail soon, and all to come: for the end of a job. */
  cancel(): void {
    nativeScan().cancel(this.#native);
  }

  /**
   * Counts the occurrences that belong to the bytes [begin, end) of the open file `fd` of `fileSize` bytes, by the seam
   * rule (native/kernel/runs.h): summed over the blocks of any cut of the file, the counts are the file's.
   * Reads a little before `begin` and past `end`. Works off the event loop; may be called again while it does.
   * @throws ReadFailure
   */
  async countFileRange(
    fd: number,
    fileSize: number,
    begin: number,
    end: number,
    options: { windowSize?: number; chunk?: number } = {},
  ): Promise<BlockCounts> {
    return this.countFileRanges([{ fd, fileSize, begin, end, ...options }]);
  }

  /**
   * Counts as countFileRange() does, in several stretches of files one after the other, and adds up.
   * @throws ReadFailure
   */
  async countFileRanges(stretches: readonly OpenFileRange[]): Promise<BlockCounts> {
    const blocks = stretches
      .filter(({ begin, end }) => begin < end)
      .map(({ fd, fileSize, begin, end, windowSize = defaultWindow, chunk = 0, drop = false }) => ({
        fd,
        fileSize,
        begin,
        end,
        window: windowSize,
        chunk,
        drop,
        stream: false,
      }));
    return this.#count(blocks);
  }

  /** Counts as countFileRange() does in what a pipe, or another stream, has left. @throws ReadFailure */
  async countStream(fd: number, options: { windowSize?: number } = {}): Promise<BlockCounts> {
    const end = Number.MAX_SAFE_INTEGER;
    const window = options.windowSize ?? defaultWindow;
    return this.#count([{ fd, fileSize: end, begin: 0, end, window, chunk: 0, drop: false, stream: true }]);
  }

  async #count(blocks: readonly NativeRange[]): Promise<BlockCounts> {
    const { counts, findings, ...rest } = await nativeScan().count(this.#native, blocks);
    return {
      counts: BigUint64Array.from(this.#places, (place) => counts[place] ?? 0n),
      findings: decodeFindings(findings),
      ...rest,
    };
  }
}
