import { quoted } from '../base/bytes.ts';
import type { FileFinding } from './findings.ts';
import type { CompiledKernel, KernelResult, OpenFileRange } from './kernel.ts';
import { MpicountError } from '../base/mpicount-error.ts';
import { nativeScan, type NativeRange, type NativePatterns } from './native.ts';
import { wordRanges } from './unicode/tables.ts';
import { exactPattern, foldedPattern } from './char-variants.ts';

export interface ScanOptions {
  /** Match all characters with the same simple case folding (Unicode). */
  readonly ignoreCase: boolean;
  /** Count only occurrences without a word character directly before or after. */
  readonly word: boolean;
  /** Count overlapping occurrences, too. */
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

function decodeFindings(numbers: Float64Array | undefined): readonly FileFinding[] {
  return Array.from({ length: (numbers?.length ?? 0) / 3 }, (_, index) => {
    const [file = 0, finding = 0, count = 0] = numbers?.subarray(3 * index) ?? [];
    return { file, finding, count };
  });
}

// In bytes; small enough that a core's cache holds the window until it is scanned.
const defaultWindow = 128 * 1024;

/** Returns what the addon is told of the file ranges that are not empty. */
export function nativeRanges(ranges: readonly OpenFileRange[]): NativeRange[] {
  return ranges
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
}

/** Returns what the addon is told of the rest of a pipe or another stream. */
export function streamRange(fd: number, { windowSize = defaultWindow }: { windowSize?: number } = {}): NativeRange {
  const end = Number.MAX_SAFE_INTEGER;
  return { fd, fileSize: end, begin: 0, end, window: windowSize, chunk: 0, drop: false, stream: true };
}

/** Returns the name of the SIMD instructions that are used: `AVX2` or `portable`. */
export function scanVectors(): string {
  return nativeScan().vectors();
}

/** Ends this process without waiting for blocks in progress, whose reads may hang with a file server. */
export function exitNow(status: number): never {
  try {
    return nativeScan().exit(status);
  } catch {
    process.exit(status); // the addon does not load, so nothing is being counted
  }
}

/** Compiled patterns, which can count any number of blocks. */
export class Scanner implements CompiledKernel {
  readonly #native: NativePatterns;
  /** For each given pattern, its index among the distinct patterns. */
  readonly #indices: readonly number[];

  private constructor(native: NativePatterns, indices: readonly number[]) {
    this.#native = native;
    this.#indices = indices;
  }

  /**
   * Compiles patterns.
   * @param patterns Literal bytes; duplicates are allowed.
   * @throws PatternError for a pattern that is empty or contains a newline.
   */
  static compile(patterns: readonly Uint8Array[], options: ScanOptions): Scanner {
    const variantsOf = options.ignoreCase ? foldedPattern : exactPattern;
    // With ignoreCase, patterns that differ in case only are the same.
    const distinct: Uint8Array[] = [];
    const indexOf = new Map<string, number>();
    const indices = patterns.map((pattern) => {
      if (pattern.length === 0) throw new PatternError(pattern, 'it is empty');
      if (pattern.includes(0x0a)) throw new PatternError(pattern, 'it contains a newline');
      const variants = variantsOf(pattern);
      const key = Buffer.from(variants).toString('latin1');
      const index = indexOf.get(key) ?? distinct.push(variants) - 1;
      indexOf.set(key, index);
      return index;
    });
    const native = nativeScan().compile(distinct, {
      caseless: options.ignoreCase,
      overlapping: options.overlapping,
      wordRanges: options.word ? wordRanges() : null,
    });
    return new Scanner(native, indices);
  }

  readonly perRange = false;

  get width(): number {
    return this.#indices.length;
  }

  /** Makes counts in progress fail soon, and all later ones at once; used at the end of a job. */
  cancel(): void {
    nativeScan().cancel(this.#native);
  }

  /**
   * Counts the occurrences that belong to the bytes [begin, end) of the open file `fd` of `fileSize` bytes. By the seam rule
   * (native/kernel/runs.h), the counts of adjoining ranges add up to those of the whole file, wherever it is cut; to this end it
   * reads a little before `begin` and past `end`. Runs on the thread pool; calls may overlap.
   * @throws ReadFailure
   */
  async countFileRange(
    fd: number,
    fileSize: number,
    begin: number,
    end: number,
    options: { windowSize?: number; chunk?: number } = {},
  ): Promise<KernelResult> {
    return this.countFileRanges([{ fd, fileSize, begin, end, ...options }]);
  }

  /**
   * Counts several file ranges one after the other, as countFileRange() does, and sums the counts.
   * @throws ReadFailure for the first range that cannot be read.
   */
  async countFileRanges(ranges: readonly OpenFileRange[]): Promise<KernelResult> {
    return this.#count(nativeRanges(ranges));
  }

  /** Counts the rest of a pipe or another stream, up to its end. @throws ReadFailure */
  async countStream(fd: number, options: { windowSize?: number } = {}): Promise<KernelResult> {
    return this.#count([streamRange(fd, options)]);
  }

  async #count(ranges: readonly NativeRange[]): Promise<KernelResult> {
    const { counts, findings, ...rest } = await nativeScan().count(this.#native, ranges);
    return {
      counts: BigUint64Array.from(this.#indices, (index) => counts[index] ?? 0n),
      findings: decodeFindings(findings),
      ...rest,
    };
  }
}
