import type { Fields } from '../base/untrusted-json.ts';
import { countKind, withFirstPatterns, type CountSpec } from './count.ts';
import type { RowSums } from './rows.ts';
import type { NamedPatterns } from './stored-patterns.ts';
import type { Tally } from './tally.ts';
import { wcKind, type WcSpec } from './wc.ts';

/** The specification of a tally: plain data, which can be sent to other ranks. */
export type TallySpec = CountSpec | WcSpec;

/** Returns the tally of a specification. */
export function tallyOf(spec: TallySpec): Tally {
  switch (spec.kind) {
    case 'count':
      return countKind.make(spec);
    case 'wc':
      return wcKind.make(spec);
  }
}

/** Returns the patterns of a count; undefined for a tally without any. */
export function patternsOf(spec: TallySpec): NamedPatterns | undefined {
  return spec.kind === 'count' ? spec : undefined;
}

/**
 * Returns a specification with which counts can be added up and logged, but not shown: it has the bytes of no more patterns than are logged.
 */
export function withFewPatterns(spec: TallySpec): TallySpec {
  return spec.kind === 'count' ? withFirstPatterns(spec) : spec;
}

/** Returns the number of occurrences of all patterns together; undefined for a tally that does not count occurrences. */
export function occurrencesIn(rows: RowSums, spec: TallySpec): number | undefined {
  const named = patternsOf(spec);
  if (!named) return undefined;
  const occurrences = rows.sum().subarray(0, named.patterns.ends.length);
  return Number(occurrences.reduce((sum, count) => sum + count, 0n));
}

/**
 * Decodes and validates the fields of plan.json that describe the tally.
 * @param stored The patterns that are stored beside it; undefined if they are in it.
 * @throws An error of any kind.
 */
export function decodeTally(fields: Fields<Record<string, unknown>>, stored?: NamedPatterns): TallySpec {
  const { tally } = fields;
  if (tally === undefined) return countKind.decode(fields, stored); // plans did not name it before there was a second one
  if (tally === 'wc') return wcKind.decode(fields);
  throw new TypeError('not a tally');
}

/** Describes how the tally differs from that of an earlier run; undefined if it is the same. */
export function tallyDifference(earlier: TallySpec, now: TallySpec): string | undefined {
  if (earlier.kind === 'count' && now.kind === 'count') return countKind.difference(earlier, now);
  if (earlier.kind === 'wc' && now.kind === 'wc') return wcKind.difference(earlier, now);
  return `it was begun as mpicount ${earlier.kind}, not ${now.kind}`;
}
