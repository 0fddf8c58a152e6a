import { quoted } from '../../base/bytes.ts';
import { UsageError } from '../usage-error.ts';

/**
 * The bytes of all patterns together. As JSON a byte takes up to six characters, and the plan and the result hold all patterns in one
 * string, which V8 limits to 2^29 characters.
 */
export const maxPatternsBytes = 64_000_000;

/** The bytes of one pattern: text is scanned in windows of eight times the longest one, in each thread of each rank. */
export const maxPatternBytes = 1_000_000;

/** Each takes memory for its counts in all blocks that are being counted, and some hundred bytes more in every rank. */
export const maxPatterns = 4_000_000;

/** The bytes of a list of file names; twice as many, of UTF-16, still fit into a string of V8's. */
export const maxNamesBytes = 500_000_000;

/** @throws UsageError when there are more patterns, or longer ones, than can be counted together. */
export function checkLimits(patterns: readonly Uint8Array[]): void {
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
  if (bytes > maxPatternsBytes) {
    throw new UsageError(
      `the patterns have ${bytes} bytes, more than ${maxPatternsBytes}, the limit; count them in parts`,
    );
  }
}
