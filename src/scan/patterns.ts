import { byteStrings, findLength, stringAt, type ByteStrings } from '../base/byte-strings.ts';
import { quoted } from '../base/bytes.ts';
import { MpicountError } from '../base/mpicount-error.ts';
import type { JsonLines, LongLines, SharedPatterns } from './kernel.ts';
import { nativeScan, type NativeOptions, type NativeScan, type NativeSearch } from './native.ts';
import { Scanner } from './scanner.ts';
import { foldClasses, wordRanges } from './unicode/tables.ts';

export interface ScanOptions {
  /** Match all characters with the same simple case folding (Unicode). */
  readonly ignoreCase: boolean;
  /** Count only occurrences without a word character directly before or after. */
  readonly word: boolean;
  /** Count overlapping occurrences, too. */
  readonly overlapping: boolean;
  readonly longLines?: LongLines | undefined;
}

/** The units in which the kernel counts records; see records.h, json_lines.h and fastq.h in native/kernel. */
export type KernelRecords = 'line' | 'file' | 'fastq' | JsonLines;

/** How processes of a host share compiled patterns: one compiles them `to` shared memory, the others load them `from` it. */
export type Sharing = 'to' | { readonly from: SharedPatterns | undefined };

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
 * @param patterns Literal bytes; duplicates are allowed. A million of them come as columns, which must not be modified any more.
 * @param records The unit of the records to count, too: the number of records that contain each pattern follows in a row, and the number
 *   of all records is last. A line belongs to the file range in which it begins; a file must be in one file range.
 * @param sharing Undefined if the patterns are not shared. Where sharing fails, they are compiled for this process.
 * @returns A scanner that is compiled on a worker thread: it may be used at once, and counts when it is ready.
 * @throws PatternError for a pattern that is empty or contains a newline.
 */
export function compilePatterns(
  patterns: ByteStrings | Iterable<Uint8Array>,
  options: ScanOptions,
  records?: KernelRecords,
  sharing?: Sharing,
): Scanner {
  const columns = 'ends' in patterns ? patterns : byteStrings(patterns);
  requireValid(columns);
  const compiled = compileFor(nativeScan(), columns, records, {
    foldClasses: options.ignoreCase ? foldClasses() : null,
    overlapping: options.overlapping,
    wordRanges: options.word ? wordRanges() : null,
    records: records === 'line' || records === 'file' ? records : null,
    longLines: options.longLines,
    share: sharing === 'to',
    shared: typeof sharing === 'object' ? sharing.from : undefined,
  });
  const { length } = columns.ends;
  if (!records) {
    return new Scanner(
      length,
      compiled.then(({ distinct, ...search }) => ({ ...search, width: distinct })),
    );
  }
  return new Scanner(
    2 * length + 1,
    compiled.then(({ distinct, indices, ...search }) => ({
      ...search,
      width: 2 * distinct + 1,
      indices: indices && withRecords(indices, distinct),
    })),
  );
}

function requireValid(patterns: ByteStrings): void {
  const empty = findLength(patterns, (length) => length === 0);
  if (empty >= 0) throw new PatternError(stringAt(patterns, empty), 'it is empty');
  const newline = patterns.bytes.indexOf(0x0a);
  if (newline < 0) return;
  const within = patterns.ends.findIndex((end) => end > newline);
  throw new PatternError(stringAt(patterns, within), 'it contains a newline');
}

/** Returns the indices of the counters in a row with records, for those of the patterns. @param distinct The number of different ones. */
function withRecords(indices: Uint32Array, distinct: number): Uint32Array {
  const { length } = indices;
  const all = new Uint32Array(2 * length + 1);
  all.set(indices);
  for (const [pattern, index] of indices.entries()) all[length + pattern] = distinct + index;
  all[2 * length] = 2 * distinct;
  return all;
}

async function compileFor(
  scan: NativeScan,
  patterns: ByteStrings,
  records: KernelRecords | undefined,
  options: NativeOptions,
): Promise<NativeSearch> {
  if (typeof records === 'object') {
    return scan.compileJsonLines(patterns, options, records);
  }
  return records === 'fastq' ? scan.compileFastq(patterns, options) : scan.compilePatterns(patterns, options);
}
