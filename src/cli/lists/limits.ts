import { findLength, stringAt, type ByteStrings } from '../../base/byte-strings.ts';
import { quoted } from '../../base/bytes.ts';
import { UsageError } from '../usage-error.ts';

/** The maximum size of all patterns together. Every rank holds them, and what the search makes of them, which is several times as large. */
export const maxPatternsBytes = 64_000_000;

/** The maximum size of one pattern. Every thread of every rank scans windows of eight times the longest pattern. */
export const maxPatternBytes = 1_000_000;

/** The maximum number of patterns. Each takes some hundred bytes and more per rank, and some bytes more in every block in progress. */
export const maxPatterns = 4_000_000;

/** The maximum size of a list of file names. In UTF-16 it may take twice as many bytes, which still fit into a V8 string. */
export const maxNamesBytes = 500_000_000;

/**
 * Checks the number and sizes of the patterns of all lists, and of their IDs, before they are put together.
 * @throws UsageError when a limit is exceeded.
 */
export function checkLimits(lists: readonly ByteStrings[], ids: readonly ByteStrings[] = []): void {
  const patterns = lists.reduce((sum, { ends }) => sum + ends.length, 0);
  if (patterns > maxPatterns) {
    throw new UsageError(`${patterns} patterns are more than ${maxPatterns}, the limit; count them in parts`);
  }
  for (const list of lists) {
    const tooLong = findLength(list, (length) => length > maxPatternBytes);
    if (tooLong < 0) continue;
    throw new UsageError(
      `the pattern ${quoted(stringAt(list, tooLong))} is longer than ${maxPatternBytes} bytes, the limit`,
    );
  }
  const bytes = [...lists, ...ids].reduce((sum, list) => sum + list.bytes.length, 0);
  if (bytes > maxPatternsBytes) {
    throw new UsageError(
      `the patterns${ids.length > 0 ? ' and their IDs' : ''} have ${bytes} bytes, more than ${maxPatternsBytes}, the limit; count them in parts`,
    );
  }
}
