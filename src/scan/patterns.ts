import { quoted } from '../base/bytes.ts';
import { MpicountError } from '../base/mpicount-error.ts';
import { exactPattern, foldedPattern } from './char-variants.ts';
import type { JsonLines } from './kernel.ts';
import { nativeScan, type NativeKernel, type NativeOptions } from './native.ts';
import { Scanner } from './scanner.ts';
import { wordRanges } from './unicode/tables.ts';

export interface ScanOptions {
  /** Match all characters with the same simple case folding (Unicode). */
  readonly ignoreCase: boolean;
  /** Count only occurrences without a word character directly before or after. */
  readonly word: boolean;
  /** Count overlapping occurrences, too. */
  readonly overlapping: boolean;
}

/** The units in which the kernel counts records; see records.h, json_lines.h and fastq.h in native/kernel. */
export type KernelRecords = 'line' | 'file' | 'fastq' | JsonLines;

/** A pattern that cannot be searched for. */
export class PatternError extends MpicountError {
  override readonly name = 'PatternError';
  override readonly kind = 'usage';

  constructor(pattern: Uint8Array, what: string) {
    super(`pattern ${quoted(pattern)}: ${what}`);
  }
}

/**
 * Compiles patterns; the counters are their occurrences. By the seam rule (native/kernel/runs.h), the counts of adjoining file ranges add
 * up to those of the whole file, wherever it is cut; to this end, a little before and after a range is read, too.
 * @param patterns Literal bytes; duplicates are allowed.
 * @param records The unit of the records to count, too: the number of records that contain each pattern follows in a row, and the number
 *   of all records is last. A line belongs to the file range in which it begins; a file must be in one file range.
 * @throws PatternError for a pattern that is empty or contains a newline.
 */
export function compilePatterns(
  patterns: readonly Uint8Array[],
  options: ScanOptions,
  records?: KernelRecords,
): Scanner {
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
  const native = compileFor(distinct, records, {
    caseless: options.ignoreCase,
    overlapping: options.overlapping,
    wordRanges: options.word ? wordRanges() : null,
    records: records === 'line' || records === 'file' ? records : null,
  });
  const { length } = distinct;
  if (!records) return new Scanner(native, length, indices);
  return new Scanner(native, 2 * length + 1, [...indices, ...indices.map((index) => length + index), 2 * length]);
}

function compileFor(
  patterns: readonly Uint8Array[],
  records: KernelRecords | undefined,
  options: NativeOptions,
): NativeKernel {
  const scan = nativeScan();
  if (typeof records === 'object') {
    return scan.compileJsonLines(patterns, options, records);
  }
  return records === 'fastq' ? scan.compileFastq(patterns, options) : scan.compilePatterns(patterns, options);
}
