import { chunksOf } from '../base/chunks.ts';
import { csvLine } from '../base/csv.ts';
import type { Result } from '../job/result.ts';
import { tallyOf } from '../tally/tallies.ts';

/**
 * Formats totals, or those of groups, as CSV (RFC 4180), with a header line, in parts. Patterns and paths are their exact bytes, which need
 * not be UTF-8.
 */
export function* resultCsv(result: Result): Generator<Buffer> {
  yield* chunksOf(linesOf(result));
}

function* linesOf({ spec, input, totals, groups }: Result): Generator<Buffer> {
  const tally = tallyOf(spec);
  yield line(tally.columns);
  for (const record of tally.records(totals, input, groups)) yield line(record.map(field));
}

function line(fields: readonly string[]): Buffer {
  return Buffer.from(csvLine(fields), 'latin1');
}

/** Returns a field as one character for each of its bytes. */
function field(value: bigint | Uint8Array): string {
  return typeof value === 'bigint' ? String(value) : Buffer.from(value).toString('latin1');
}
