import { byteStrings } from '../../src/base/byte-strings.ts';
import type { ScanOptions } from '../../src/scan/patterns.ts';
import type { CountSpec } from '../../src/tally/count.ts';
import { Rows } from '../../src/tally/rows.ts';

/** Options that count exact occurrences. */
export const exact: ScanOptions = { ignoreCase: false, word: false, overlapping: false };

/** Returns the specification of a count. */
export function countSpec(patterns: readonly (string | Uint8Array)[], options: Partial<ScanOptions> = {}): CountSpec {
  return {
    kind: 'count',
    patterns: byteStrings(patterns.map((pattern) => Buffer.from(pattern))),
    options: { ...exact, ...options },
  };
}

/** Returns the totals of a count. */
export function countTotals(...counts: readonly bigint[]): Rows {
  const totals = new Rows(counts.length);
  totals.add([0], counts);
  return totals;
}
