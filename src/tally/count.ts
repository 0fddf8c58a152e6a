import { bytesFromJson, bytesToJson, quoted, rowSafe } from '../base/bytes.ts';
import { check, listOf, objectOf, oneOf, truth, type Fields } from '../base/untrusted-json.ts';
import { compilePatterns, type ScanOptions } from '../scan/patterns.ts';
import type { Scanner } from '../scan/scanner.ts';
import type { Rows } from './rows.ts';
import type { Tally, TallyKind, TotalsLine } from './tally.ts';

/** The units of records. */
export const recordUnits = ['line'] as const;
export type RecordUnit = (typeof recordUnits)[number];

/**
 * Counts the occurrences of patterns: one row for the corpus, with one counter for each pattern. With a unit of records, the number of
 * records that contain each pattern follows in the row, and the number of all records is last.
 */
export interface CountSpec {
  readonly kind: 'count';
  readonly patterns: readonly Uint8Array[];
  /** The ID of each pattern, unique; absent without --ids. */
  readonly ids?: readonly Uint8Array[] | undefined;
  readonly options: ScanOptions;
  readonly records?: RecordUnit | undefined;
}

// plan.json has all patterns; thousands of rank logs would repeat them.
const maxLoggedPatterns = 100;

export const countKind: TallyKind<CountSpec> = {
  make: (spec) => new CountTally(spec),
  decode: ({ patterns, ids, options, records }) => ({
    kind: 'count',
    patterns: listOf(patterns).map(decodePattern),
    ...(ids !== undefined && { ids: decodeIds(ids, listOf(patterns).length) }),
    options: decodeOptions(options),
    ...(records !== undefined && { records: oneOf(recordUnits, records) }),
  }),
  difference: (earlier, now) =>
    optionDifference(earlier, now) ??
    recordDifference(earlier, now) ??
    patternDifference(earlier, now) ??
    idDifference(earlier, now),
};

class CountTally implements Tally {
  readonly width: number;
  readonly byFile = false;
  readonly columns: readonly string[];
  readonly #spec: CountSpec;

  constructor(spec: CountSpec) {
    const { length } = spec.patterns;
    this.#spec = spec;
    this.width = spec.records ? 2 * length + 1 : length;
    this.columns = ['count', ...(spec.records ? ['records'] : []), ...(spec.ids ? ['id'] : []), 'pattern'];
  }

  counterNames(): readonly Uint8Array[] {
    return this.#spec.patterns;
  }

  compile(): Scanner {
    const { patterns, options, records } = this.#spec;
    return compilePatterns(patterns, options, records);
  }

  planFields(): object {
    const { patterns, ids, options, records } = this.#spec;
    return {
      patterns: patterns.map(bytesToJson),
      ...(ids && { ids: ids.map(bytesToJson) }),
      options,
      ...(records && { records }),
    };
  }

  startFields(): object {
    const { patterns, ids, options, records } = this.#spec;
    const first = (all: readonly Uint8Array[]) => all.slice(0, maxLoggedPatterns).map(bytesToJson);
    return { patterns: first(patterns), ...(ids && { ids: first(ids) }), options, ...(records && { records }) };
  }

  totalsFields(totals: Rows): object {
    const { patterns, records } = this.#spec;
    const row = totals.row(0);
    const json = patterns.map((pattern, index) => ({
      ...this.#idField(index),
      pattern: bytesToJson(pattern),
      count: row[index],
      ...(records && { records: row[patterns.length + index] }),
    }));
    return { patterns: json, ...(records && { records: row[2 * patterns.length] }) };
  }

  optionFields(): object {
    const { options, records } = this.#spec;
    return { ...options, ...(records && { recordUnit: records }) };
  }

  *records(totals: Rows): Generator<(bigint | Uint8Array)[]> {
    const row = totals.row(0);
    for (const index of this.#spec.patterns.keys()) yield [...this.#countersOf(row, index), ...this.#namesOf(index)];
  }

  *lines(totals: Rows): Generator<TotalsLine> {
    const row = totals.row(0);
    for (const index of this.#spec.patterns.keys()) {
      const names = this.#namesOf(index);
      const counters = this.#countersOf(row, index).map((counter) => `${counter}\t`);
      // Of several columns, each must be found again; the last one may be any bytes.
      yield { counters: counters.join(''), names: names.length > 1 ? names.map(rowSafe) : names };
    }
  }

  /** Returns the counters of a pattern: the occurrences, and the records that contain it if they are counted. */
  #countersOf(row: BigUint64Array, index: number): bigint[] {
    const { patterns, records } = this.#spec;
    const occurrences = row[index] ?? 0n;
    return records ? [occurrences, row[patterns.length + index] ?? 0n] : [occurrences];
  }

  /** Returns the bytes by which a pattern is known: its ID, if it has one, and itself. */
  #namesOf(index: number): Uint8Array[] {
    const { patterns, ids } = this.#spec;
    return [...(ids ? [ids[index] ?? Buffer.of()] : []), patterns[index] ?? Buffer.of()];
  }

  #idField(index: number): object {
    const id = this.#spec.ids?.[index];
    return id ? { id: bytesToJson(id) } : {};
  }
}

function decodePattern(json: unknown): Buffer {
  const pattern = bytesFromJson(json);
  return check(pattern, pattern.length > 0 && !pattern.includes('\n'), 'a pattern');
}

function decodeIds(json: unknown, length: number): Buffer[] {
  const ids = listOf(json).map((each) => {
    const id = bytesFromJson(each);
    return check(id, id.length > 0 && !id.includes('\n') && !id.includes('\t'), 'an ID');
  });
  return check(ids, ids.length === length, 'an ID for each pattern');
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

function recordDifference(earlier: CountSpec, now: CountSpec): string | undefined {
  if (earlier.records === now.records) return undefined;
  const [before, after] = [earlier, now].map(({ records }) => (records ? `--records ${records}` : undefined));
  if (!before) return 'it was begun without --records';
  return `it was begun with ${before}${after ? `, not ${after}` : ''}`;
}

function patternDifference({ patterns: earlier }: CountSpec, { patterns: now }: CountSpec): string | undefined {
  if (earlier.length !== now.length) return `it was begun with ${earlier.length} patterns, not ${now.length}`;
  return bytesDifference('pattern', earlier, now);
}

/** The result of a count whose IDs change would contradict what its logs call the patterns. */
function idDifference({ ids: earlier }: CountSpec, { ids: now }: CountSpec): string | undefined {
  if (earlier && now) return bytesDifference('the ID of pattern', earlier, now);
  return earlier === now ? undefined : `it was begun ${earlier ? 'with' : 'without'} --ids`;
}

/** Describes the first difference of two lists of the same length. @param what What the list consists of. */
function bytesDifference(what: string, earlier: readonly Uint8Array[], now: readonly Uint8Array[]): string | undefined {
  const index = earlier.findIndex((each, at) => !Buffer.from(each).equals(now[at] ?? Buffer.of()));
  if (index < 0) return undefined;
  const [before, after] = [earlier, now].map((list) => quoted(list[index] ?? Buffer.of()));
  return `${what} ${index + 1} was ${before ?? ''}, not ${after ?? ''}`;
}
