import type { ByteStrings } from '../base/byte-strings.ts';
import type { CorpusFile } from '../corpus/file-checks.ts';
import type { Fields } from '../base/untrusted-json.ts';
import type { CompiledKernel } from '../scan/kernel.ts';
import type { Sharing } from '../scan/patterns.ts';
import type { GroupRow } from './groups.ts';
import type { RowKey, RowSums } from './rows.ts';
import type { NamedPatterns } from './stored-patterns.ts';

/**
 * A tally computes rows of counters over a corpus. Its kernel yields rows for each block, and the totals are their sums. There is one
 * row for the corpus, under the key 0, or one for each file, under the offset in the corpus at which the file begins, or one for each
 * group of files, under a key that the grouping gives it, or one for each group that is named in the text, under the bytes of the name.
 */
export interface Tally {
  /** The number of counters in a row. */
  readonly width: number;
  /** Whether the kernel yields a row for each file; otherwise it yields one for the corpus, or one for each group in the text. */
  readonly byFile: boolean;
  /** Whether every file must be counted as a whole. */
  readonly wholeFiles: boolean;
  /** Returns the names of the counters in a row, or of the first of them: exact bytes of patterns. */
  counterNames(): ByteStrings;
  /** The groups into which the rows are added up; absent if each row is for itself. */
  readonly grouping?: Grouping | undefined;
  /** Whether compiling the kernel takes so much time and memory that the ranks of a host should share the result. */
  readonly isLarge: boolean;
  /** Begins to compile the kernel. @throws PatternError */
  compile(sharing?: Sharing): CompiledKernel;
  /** Returns the fields that describe the tally in plan.json. @param stored What stands there for patterns that are stored beside it. */
  planFields(stored?: object): object;
  /** Returns the fields that describe the tally in the `start` event of a rank log. */
  startFields(): object;
  /** Returns the fields of result.json and of the status that contain the totals, for jsonParts(). */
  totalsFields(totals: RowSums, input: CountedInput): object;
  /** Returns the numbers of records; undefined if they are not counted. @param sum The sum of all rows. */
  recordCounts?(sum: BigUint64Array, input: Pick<CountedInput, 'files'>): RecordCounts | undefined;
  /** Returns further fields of result.json: the options. */
  optionFields(): object;
  /** The names of the columns of records(). */
  readonly columns: readonly string[];
  /** Yields the totals, or those of groups, as records of a table, with exact numbers and exact bytes. */
  records(
    totals: RowSums,
    input: CountedInput,
    groups?: Iterable<GroupRow>,
  ): Iterable<readonly (bigint | Uint8Array)[]>;
  /** Yields the lines that show the totals, or those of groups. */
  lines(totals: RowSums, input: CountedInput, groups?: Iterable<GroupRow>): Iterable<TotalsLine>;
  /** Yields these lines as text, in parts. */
  text(totals: RowSums, input: CountedInput, groups?: Iterable<GroupRow>): Iterable<string | Uint8Array>;
  /** Yields the elements of the field `groups` of result.json, each as fields for jsonParts(). */
  groupsJson?(groups: Iterable<GroupRow>, input: CountedInput): Iterable<object>;
}

/** Numbers of records. */
export interface RecordCounts {
  /** For each pattern, the number of those that contain it. */
  readonly containing: BigUint64Array;
  readonly all: bigint;
}

/** A line of totals: the counters with what separates them from the names, and the names as bytes, which a tab separates. */
export interface TotalsLine {
  readonly counters: string;
  readonly names: readonly Uint8Array[];
}

/**
 * The input that the totals of rank 0 belong to: the files of the corpus, and the streams that are counted after them. There are no totals
 * of those that are skipped.
 */
export interface CountedInput {
  readonly files: Iterable<CorpusFile>;
  readonly streams: readonly Buffer[];
  /** The indices of streams that are skipped. */
  readonly skippedStreams?: ReadonlySet<number>;
  /** The size of the corpus, in bytes. A stream has the key `bytes` plus its index. */
  readonly bytes: number;
}

/** The groups by which counts are broken down. */
export interface Grouping {
  /** Tells to which group a file belongs; absent if the text of files names the groups, and the kernel finds them. */
  readonly ofFiles?: FileGroups | undefined;
  /** Returns a function that returns the name of the group with a key, which must be called in the order of the keys. */
  namesIn(input: CountedInput): (key: RowKey) => Uint8Array;
}

export interface FileGroups {
  /** Returns the key of the group of a file or stream. @param begin The offset in the corpus at which it begins. */
  keyOf(path: Uint8Array, begin: number): RowKey;
  /** Returns whether a path tells its group. Those that do not are together, in the group with the empty name. */
  matches(path: Uint8Array): boolean;
}

/** A kind of tally, of which a plan contains the specification. */
export interface TallyKind<Spec> {
  make(spec: Spec): Tally;
  /** Decodes and validates the fields of plan.json. @param stored The patterns that are stored beside it. @throws An error of any kind. */
  decode(fields: Fields<Record<string, unknown>>, stored?: NamedPatterns): Spec;
  /** Describes how a specification differs from that of the earlier run; undefined if it is the same. */
  difference(earlier: Spec, now: Spec): string | undefined;
}
