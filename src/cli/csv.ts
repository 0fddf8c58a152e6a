import type { Result } from '../job/result.ts';
import { tallyOf } from '../tally/tallies.ts';

/** Formats totals as CSV (RFC 4180), with a header line. Patterns and paths are their exact bytes, which need not be UTF-8. */
export function resultCsv({ spec, input, totals }: Result): Buffer {
  const tally = tallyOf(spec);
  const lines = [tally.columns.join(',') + lineEnd];
  for (const record of tally.records(totals, input)) lines.push(record.map(field).join(',') + lineEnd);
  return Buffer.from(lines.join(''), 'latin1');
}

const lineEnd = '\r\n';

/** Returns a field as one character for each of its bytes. */
function field(value: bigint | Uint8Array): string {
  if (typeof value === 'bigint') return String(value);
  const text = Buffer.from(value).toString('latin1');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
