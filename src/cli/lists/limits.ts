import { quoted } from '../../base/bytes.ts';
import { UsageError } from '../usage-error.ts';

/**
 * The maximum size of all patterns together. The plan and the result hold them in one JSON string, in which a byte takes up to six
 * characters and which V8 limits to 2^29 characters.
 */
export const maxPatternsBytes = 64_000_000;

/** The maximum size of one pattern. Every thread of every rank scans windows of eight times the longest pattern. */
export const maxPatternBytes = 1_000_000;

/** The maximum number of patterns. Each takes some hundred bytes per rank, and a count in every block in progress. */
export const maxPatterns = 4_000_000;

/** The maximum size of a list of file names. In UTF-16 it may take twice as many bytes, which still fit into a V8 string. */
export const maxNamesBytes = 500_000_000;

/** Checks the number and sizes of the patterns, and of their IDs. @throws UsageError when a limit is exceeded. */
export function checkLimits(patterns: readonly Uint8Array[], ids: readonly Uint8Array[] = []): void {
  if (patterns.length > maxPatterns) {
    throw new UsageError(`${patterns.length} patterns are more than ${maxPatterns}, the limit; count them in parts`);
  }
  let bytes = 0;
  for (const pattern of patterns) {
    if (pattern.length > maxPatternBytes) {
      throw new UsageError(`the pattern ${quoted(pattern)} is longer than ${maxPatternBytes} bytes, the limit`);
    }
    bytes += pattern.length;
  }
  for (const { length } of ids) bytes += length;
  if (bytes > maxPatternsBytes) {
    throw new UsageError(
      `the patterns${ids.length > 0 ? ' and their IDs' : ''} have ${bytes} bytes, more than ${maxPatternsBytes}, the limit; count them in parts`,
    );
  }
}
