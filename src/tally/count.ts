import { bytesFromJson, bytesToJson, quoted } from '../base/bytes.ts';
import { check, listOf, objectOf, truth, type Fields } from '../base/untrusted-json.ts';
import { compilePatterns, type ScanOptions } from '../scan/patterns.ts';
import type { Scanner } from '../scan/scanner.ts';
import type { Rows } from './rows.ts';
import type { Tally, TallyKind, TotalsLine } from './tally.ts';

/** Counts the occurrences of patterns: one row for the corpus, with one counter for each pattern. */
export interface CountSpec {
  readonly kind: 'count';
  readonly patterns: readonly Uint8Array[];
  readonly options: ScanOptions;
}

// plan.json has all patterns; thousands of rank logs would repeat them.
const maxLoggedPatterns = 100;

export const countKind: TallyKind<CountSpec> = {
  make: (spec) => new CountTally(spec),
  decode: ({ patterns, options }) => ({
    kind: 'count',
    patterns: listOf(patterns).map(decodePattern),
    options: decodeOptions(options),
  }),
  difference: (earlier, now) => optionDifference(earlier, now) ?? patternDifference(earlier, now),
};

class CountTally implements Tally {
  readonly width: number;
  readonly byFile = false;
  readonly columns = ['count', 'pattern'];
  readonly #spec: CountSpec;

  constructor(spec: CountSpec) {
    this.#spec = spec;
    this.width = spec.patterns.length;
  }

  compile(): Scanner {
    return compilePatterns(this.#spec.patterns, this.#spec.options);
  }

  planFields(): object {
    return { patterns: this.#spec.patterns.map(bytesToJson), options: this.#spec.options };
  }

  startFields(): object {
    const { patterns, options } = this.#spec;
    return { patterns: patterns.slice(0, maxLoggedPatterns).map(bytesToJson), options };
  }

  totalsFields(totals: Rows): object {
    const counts = totals.row(0);
    return {
      patterns: this.#spec.patterns.map((pattern, index) => ({ pattern: bytesToJson(pattern), count: counts[index] })),
    };
  }

  optionFields(): object {
    return this.#spec.options;
  }

  *records(totals: Rows): Generator<[bigint, Uint8Array]> {
    const counts = totals.row(0);
    for (const [index, pattern] of this.#spec.patterns.entries()) yield [counts[index] ?? 0n, pattern];
  }

  *lines(totals: Rows): Generator<TotalsLine> {
    for (const [count, name] of this.records(totals)) yield { counters: `${count}\t`, name };
  }
}

function decodePattern(json: unknown): Buffer {
  const pattern = bytesFromJson(json);
  return check(pattern, pattern.length > 0 && !pattern.includes('\n'), 'a pattern');
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

function patternDifference(earlier: CountSpec, now: CountSpec): string | undefined {
  const { length } = earlier.patterns;
  if (length !== now.patterns.length) return `it was begun with ${length} patterns, not ${now.patterns.length}`;
  const index = earlier.patterns.findIndex(
    (pattern, at) => !Buffer.from(pattern).equals(now.patterns[at] ?? Buffer.of()),
  );
  if (index < 0) return undefined;
  const [before, after] = [earlier, now].map(({ patterns }) => quoted(patterns[index] ?? Buffer.of()));
  return `pattern ${index + 1} was ${before ?? ''}, not ${after ?? ''}`;
}
