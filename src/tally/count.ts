import { bytesFromJson, bytesToJson, quoted, rowSafe } from '../base/bytes.ts';
import { check, listOf, objectOf, truth, type Fields } from '../base/untrusted-json.ts';
import { compilePatterns, type ScanOptions } from '../scan/patterns.ts';
import type { Scanner } from '../scan/scanner.ts';
import type { Rows } from './rows.ts';
import type { Tally, TallyKind, TotalsLine } from './tally.ts';

/** Counts the occurrences of patterns: one row for the corpus, with one counter for each pattern. */
export interface CountSpec {
  readonly kind: 'count';
  readonly patterns: readonly Uint8Array[];
  /** The ID of each pattern, unique; absent without --ids. */
  readonly ids?: readonly Uint8Array[] | undefined;
  readonly options: ScanOptions;
}

// plan.json has all patterns; thousands of rank logs would repeat them.
const maxLoggedPatterns = 100;

export const countKind: TallyKind<CountSpec> = {
  make: (spec) => new CountTally(spec),
  decode: ({ patterns, ids, options }) => ({
    kind: 'count',
    patterns: listOf(patterns).map(decodePattern),
    ...(ids !== undefined && { ids: decodeIds(ids, listOf(patterns).length) }),
    options: decodeOptions(options),
  }),
  difference: (earlier, now) =>
    optionDifference(earlier, now) ?? patternDifference(earlier, now) ?? idDifference(earlier, now),
};

class CountTally implements Tally {
  readonly width: number;
  readonly byFile = false;
  readonly columns: readonly string[];
  readonly #spec: CountSpec;

  constructor(spec: CountSpec) {
    this.#spec = spec;
    this.width = spec.patterns.length;
    this.columns = ['count', ...(spec.ids ? ['id'] : []), 'pattern'];
  }

  counterNames(): readonly Uint8Array[] {
    return this.#spec.patterns;
  }

  compile(): Scanner {
    return compilePatterns(this.#spec.patterns, this.#spec.options);
  }

  planFields(): object {
    const { patterns, ids, options } = this.#spec;
    return { patterns: patterns.map(bytesToJson), ...(ids && { ids: ids.map(bytesToJson) }), options };
  }

  startFields(): object {
    const { patterns, ids, options } = this.#spec;
    const first = (all: readonly Uint8Array[]) => all.slice(0, maxLoggedPatterns).map(bytesToJson);
    return { patterns: first(patterns), ...(ids && { ids: first(ids) }), options };
  }

  totalsFields(totals: Rows): object {
    const counts = totals.row(0);
    return {
      patterns: this.#spec.patterns.map((pattern, index) => ({
        ...this.#idField(index),
        pattern: bytesToJson(pattern),
        count: counts[index],
      })),
    };
  }

  optionFields(): object {
    return this.#spec.options;
  }

  *records(totals: Rows): Generator<[bigint, ...Uint8Array[]]> {
    const counts = totals.row(0);
    for (let index = 0; index < this.width; index += 1) yield [counts[index] ?? 0n, ...this.#namesOf(index)];
  }

  *lines(totals: Rows): Generator<TotalsLine> {
    const counts = totals.row(0);
    for (let index = 0; index < this.width; index += 1) {
      const names = this.#namesOf(index);
      // Of several columns, each must be found again; the last one may be any bytes.
      yield { counters: `${counts[index] ?? 0n}\t`, names: names.length > 1 ? names.map(rowSafe) : names };
    }
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
