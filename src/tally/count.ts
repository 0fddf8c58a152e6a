import {
  byteStrings,
  findDifference,
  findLength,
  stringAt,
  stringsOf,
  type ByteStrings,
} from '../base/byte-strings.ts';
import { bytesFromJson, bytesToJson, printable, quoted, rowSafe } from '../base/bytes.ts';
import { JsonText } from '../base/json-parts.ts';
import { check, listOf, objectOf, textOf, truth, type Fields } from '../base/untrusted-json.ts';
import { compilePatterns, type ScanOptions, type Sharing } from '../scan/patterns.ts';
import type { Scanner } from '../scan/scanner.ts';
import { groupCounts, type GroupCounts } from './count-groups.ts';
import { smallCounters } from './counters.ts';
import { fieldOfGroups, groupingBy, type By } from './grouping.ts';
import type { GroupRow } from './groups.ts';
import { jsonPrefix } from './json-field.ts';
import { linesText } from './lines-text.ts';
import { PatternRows, type CounterAt } from './pattern-rows.ts';
import { decodeRecords, kernelRecords, recordDifference, recordFields, type RecordSpec } from './record-unit.ts';
import type { RowSums } from './rows.ts';
import type { NamedPatterns } from './stored-patterns.ts';
import type { CountedInput, Grouping, RecordCounts, Tally, TallyKind, TotalsLine } from './tally.ts';

/**
 * Counts the occurrences of patterns: one row for the corpus, or for each group, with one counter for each pattern. With a unit of records, the number of
 * records that contain each pattern follows in the row, and the number of all records is last.
 */
export interface CountSpec extends RecordSpec, NamedPatterns {
  readonly kind: 'count';
  readonly options: ScanOptions;
  /** What the counts are broken down by; absent without --by. */
  readonly by?: By | undefined;
}

// A rank takes some 0.1 s and 10 MB for a list of this size.
const minLarge = 100_000;

// plan.json has all patterns; thousands of rank logs would repeat them.
const maxLoggedPatterns = 100;

export const countKind: TallyKind<CountSpec> = {
  make: (spec) => new CountTally(spec),
  decode: ({ patterns, ids, options, by, ...rest }, stored) => {
    const records = decodeRecords(rest);
    return {
      kind: 'count',
      ...(stored ? requireNonEmpty(stored) : decodeNamed(patterns, ids)),
      options: decodeOptions(options),
      ...records,
      ...(by !== undefined && { by: decodeBy(by, records) }),
    };
  },
  difference: (earlier, now) =>
    optionDifference(earlier, now) ??
    recordDifference(earlier, now) ??
    patternDifference(earlier, now) ??
    idDifference(earlier, now) ??
    byDifference(earlier, now),
};

class CountTally implements Tally {
  readonly width: number;
  readonly byFile: boolean;
  readonly wholeFiles: boolean;
  readonly isLarge: boolean;
  readonly grouping: Grouping | undefined;
  readonly columns: readonly string[];
  readonly #spec: CountSpec;
  /** The number of patterns. */
  readonly #patterns: number;
  readonly #rows: PatternRows;

  constructor(spec: CountSpec) {
    const { patterns, ids, records, by } = spec;
    this.#spec = spec;
    this.wholeFiles = records === 'file';
    this.#patterns = patterns.ends.length;
    this.isLarge = this.#patterns >= minLarge;
    this.#rows = new PatternRows(spec, records !== undefined);
    this.width = records ? 2 * this.#patterns + 1 : this.#patterns;
    this.byFile = by !== undefined && fieldOfGroups(by) === undefined;
    this.grouping = by === undefined ? undefined : groupingBy(by);
    const counters = ['count', ...(records ? ['records'] : [])];
    this.columns = [...counters, ...(ids ? ['id'] : []), 'pattern', ...(by === undefined ? [] : ['group'])];
  }

  counterNames(): ByteStrings {
    return this.#spec.patterns;
  }

  compile(sharing?: Sharing): Scanner {
    const { patterns, options, by } = this.#spec;
    return compilePatterns(patterns, options, kernelRecords(this.#spec, fieldOfGroups(by)), sharing);
  }

  planFields(stored?: object): object {
    const { patterns, ids, options, by } = this.#spec;
    return {
      patterns: stored ?? Array.from(stringsOf(patterns), bytesToJson),
      ...(ids && !stored && { ids: Array.from(stringsOf(ids), bytesToJson) }),
      options,
      ...recordFields(this.#spec),
      by,
    };
  }

  startFields(): object {
    const { patterns, ids, options, by } = this.#spec;
    const first = (all: ByteStrings) => Array.from(stringsOf(all, maxLoggedPatterns), bytesToJson);
    return { patterns: first(patterns), ...(ids && { ids: first(ids) }), options, ...recordFields(this.#spec), by };
  }

  totalsFields(totals: RowSums, input: CountedInput): object {
    const row = totals.sum();
    const records = this.recordCounts(row, input);
    if (records) row[row.length - 1] = records.all;
    return this.#json(this.#spec.patterns.ends.keys(), smallCounters(row));
  }

  recordCounts(sum: BigUint64Array, { files }: Pick<CountedInput, 'files'>): RecordCounts | undefined {
    if (!this.#spec.records) return undefined;
    const inBlocks = sum[2 * this.#patterns] ?? 0n;
    return {
      containing: sum.subarray(this.#patterns, 2 * this.#patterns),
      all: this.wholeFiles ? inBlocks + emptyFiles(files) : inBlocks,
    };
  }

  optionFields(): object {
    const { options, records, skipInvalid, by } = this.#spec;
    return { ...options, ...(records && { recordUnit: records }), ...(skipInvalid && { skipInvalid }), by };
  }

  *groupsJson(groups: Iterable<GroupRow>, input: CountedInput): Generator<object> {
    for (const { name, patterns, counterAt } of this.#groupCounts(groups, input)) {
      yield { group: bytesToJson(name), ...this.#json(patterns, counterAt) };
    }
  }

  *records(totals: RowSums, input: CountedInput, groups?: Iterable<GroupRow>): Generator<(bigint | Uint8Array)[]> {
    for (const [counters, names] of this.#cells(totals, input, groups)) yield [...counters, ...names];
  }

  *lines(totals: RowSums, input: CountedInput, groups?: Iterable<GroupRow>): Generator<TotalsLine> {
    for (const [counters, names] of this.#cells(totals, input, groups)) {
      const joined = counters.map((counter) => `${counter}\t`).join('');
      // With several columns, control characters are escaped, so that a reader can split the line; a single column has its exact bytes.
      yield { counters: joined, names: names.length > 1 ? names.map(rowSafe) : names };
    }
  }

  text(totals: RowSums, input: CountedInput, groups?: Iterable<GroupRow>): Iterable<string | Uint8Array> {
    return groups ? linesText(this.lines(totals, input, groups)) : this.#rows.lines(smallCounters(totals.sum()));
  }

  /** Yields the counters of each pattern that is to be shown, with its names and that of its group. */
  *#cells(
    totals: RowSums,
    input: CountedInput,
    groups: Iterable<GroupRow> | undefined,
  ): Generator<readonly [bigint[], Uint8Array[]]> {
    if (!groups) {
      const row = totals.sum();
      const counterAt = (column: number) => row[column] ?? 0n;
      for (const index of this.#spec.patterns.ends.keys())
        yield [this.#countersOf(index, counterAt), this.#namesOf(index)];
      return;
    }
    for (const { name, patterns, counterAt } of this.#groupCounts(groups, input)) {
      for (const index of patterns) yield [this.#countersOf(index, counterAt), [...this.#namesOf(index), name]];
    }
  }

  #groupCounts(groups: Iterable<GroupRow>, input: CountedInput): Iterable<GroupCounts> {
    return this.grouping ? groupCounts(this.#patterns, this.grouping, groups, input) : [];
  }

  /** Returns the counters of a pattern: the occurrences, and the records that contain it if they are counted. */
  #countersOf(index: number, counterAt: (column: number) => bigint): bigint[] {
    const { records } = this.#spec;
    return records ? [counterAt(index), counterAt(this.#patterns + index)] : [counterAt(index)];
  }

  /** Returns the fields of the JSON of the counters in a row. @param indices The patterns that are to be shown. */
  #json(indices: Iterable<number>, counterAt: CounterAt): object {
    const patterns = new JsonText(this.#rows.json(indices, counterAt));
    return { patterns, ...(this.#spec.records && { records: counterAt(2 * this.#patterns) }) };
  }

  /** Returns the bytes by which a pattern is known: its ID, if it has one, and itself. */
  #namesOf(index: number): Uint8Array[] {
    const { patterns, ids } = this.#spec;
    return [...(ids ? [stringAt(ids, index)] : []), stringAt(patterns, index)];
  }
}

/** Returns a specification of as many patterns, of which only the first have their bytes: those that are logged. */
export function withFirstPatterns(spec: CountSpec): CountSpec {
  const { patterns, ids } = spec;
  const first = ({ bytes, ends }: ByteStrings) => ({
    bytes: bytes.subarray(0, ends[Math.min(maxLoggedPatterns, ends.length) - 1]),
    ends,
  });
  return { ...spec, patterns: first(patterns), ...(ids && { ids: first(ids) }) };
}

/** Returns the number of empty files that are not skipped: they are records, but no block has them. */
function emptyFiles(files: CountedInput['files']): bigint {
  let empty = 0n;
  for (const { size, isSkipped } of files) if (size === 0 && isSkipped !== true) empty += 1n;
  return empty;
}

/** Checks patterns that are stored beside a plan, a line each. */
function requireNonEmpty(stored: NamedPatterns): NamedPatterns {
  return check(stored, findLength(stored.patterns, (length) => length === 0) < 0, 'patterns');
}

function decodeNamed(patterns: unknown, ids: unknown): NamedPatterns {
  const decoded = listOf(patterns).map(decodePattern);
  return { patterns: byteStrings(decoded), ...(ids !== undefined && { ids: decodeIds(ids, decoded.length) }) };
}

function decodePattern(json: unknown): Buffer {
  const pattern = bytesFromJson(json);
  return check(pattern, pattern.length > 0 && !pattern.includes('\n'), 'a pattern');
}

/** Returns why counts in such records cannot be broken down so; undefined if they can be. */
export function groupProblem(by: By | undefined, { records }: RecordSpec): string | undefined {
  // Empty files are in no row of a group, so the records of the groups would be too few.
  if (by !== undefined && records === 'file') return '--records file cannot be combined with --by';
  if (fieldOfGroups(by) === undefined || records?.startsWith(jsonPrefix)) return undefined;
  return `--by ${jsonPrefix}FIELD needs --records ${jsonPrefix}FIELD, the field of each line to count in`;
}

function decodeIds(json: unknown, length: number): ByteStrings {
  const ids = listOf(json).map((each) => {
    const id = bytesFromJson(each);
    return check(id, id.length > 0 && !id.includes('\n') && !id.includes('\t'), 'an ID');
  });
  return byteStrings(check(ids, ids.length === length, 'an ID for each pattern'));
}

function decodeBy(json: unknown, records: RecordSpec): By {
  const by = textOf(json);
  groupingBy(by);
  return check(by, groupProblem(by, records) === undefined, 'a group of these records');
}

function decodeOptions(json: unknown): ScanOptions {
  const { ignoreCase, word, overlapping } = objectOf(json) as Fields<ScanOptions>;
  return { ignoreCase: truth(ignoreCase), word: truth(word), overlapping: truth(overlapping) };
}

const optionNames = { ignoreCase: '--ignore-case', word: '--word', overlapping: '--overlapping' };

function optionDifference(earlier: CountSpec, now: CountSpec): string | undefined {
  for (const option of ['ignoreCase', 'word', 'overlapping'] as const) {
    if (earlier.options[option] !== now.options[option]) {
      return `it was begun ${earlier.options[option] ? 'with' : 'without'} ${optionNames[option]}`;
    }
  }
  return undefined;
}

function byDifference({ by: earlier }: CountSpec, { by: now }: CountSpec): string | undefined {
  if (earlier === now) return undefined;
  const shown = (by: By | undefined) => (by === undefined ? 'without --by' : `with --by ${printable(Buffer.from(by))}`);
  return `it was begun ${shown(earlier)}, not ${shown(now)}`;
}

function patternDifference({ patterns: earlier }: CountSpec, { patterns: now }: CountSpec): string | undefined {
  const [before, after] = [earlier.ends.length, now.ends.length];
  if (before !== after) return `it was begun with ${before} patterns, not ${after}`;
  return bytesDifference('pattern', earlier, now);
}

/** The result of a count whose IDs change would contradict what its logs call the patterns. */
function idDifference({ ids: earlier }: CountSpec, { ids: now }: CountSpec): string | undefined {
  if (earlier && now) return bytesDifference('the ID of pattern', earlier, now);
  return earlier === now ? undefined : `it was begun ${earlier ? 'with' : 'without'} --ids`;
}

/** Describes the first difference of two lists of the same length. @param what What the list consists of. */
function bytesDifference(what: string, earlier: ByteStrings, now: ByteStrings): string | undefined {
  const index = findDifference(earlier, now);
  if (index < 0) return undefined;
  const [before, after] = [earlier, now].map((list) => quoted(stringAt(list, index)));
  return `${what} ${index + 1} was ${before ?? ''}, not ${after ?? ''}`;
}
