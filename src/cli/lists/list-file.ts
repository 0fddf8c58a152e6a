import { findLength, type ByteStrings } from '../../base/byte-strings.ts';
import { printable } from '../../base/bytes.ts';
import { readListBytes } from './list-bytes.ts';
import { maxNamesBytes, maxPatternsBytes } from './limits.ts';
import { parseList, type List } from './list-text.ts';
import { splitIds } from './pattern-ids.ts';
import { UsageError } from '../usage-error.ts';

/** The patterns of a list, with an ID for each if it has IDs. */
export interface PatternList {
  readonly patterns: ByteStrings;
  readonly ids?: ByteStrings;
  readonly notes: readonly string[];
}

/**
 * Reads the patterns in a file, one per line.
 * @param withIds Whether each line is an ID, a tab and a pattern.
 * @throws InputError when it cannot be read; UsageError when it has no pattern or an empty one, or when the list is ambiguous.
 */
export function readPatternFile(path: Buffer, withIds = false): PatternList {
  const list = parseList(readListBytes(path, 'the patterns', maxPatternsBytes), path, 'contents');
  const patterns = list.columns();
  if (patterns.ends.length === 0) throw new UsageError(`${printable(path)}: no pattern in it; write one a line`);
  if (withIds) return { ...splitIds(patterns, path), notes: list.notes };
  const empty = findLength(patterns, (length) => length === 0);
  if (empty >= 0)
    throw new UsageError(
      `${printable(path)}: line ${empty + 1} is empty, and an empty pattern is nowhere and everywhere; remove it`,
    );
  return { patterns, notes: list.notes };
}

/**
 * Reads the names in a list of files: one per line, or zero-terminated as `find -print0` writes them.
 * @throws InputError when it cannot be read; UsageError when it has no name or an empty one, or when the list is ambiguous.
 */
export function readFileList(path: Buffer): List {
  const list = parseList(readListBytes(path, 'the list of files', maxNamesBytes), path, 'separators');
  let names = 0;
  for (const { length } of list) {
    names += 1;
    if (length === 0) throw new UsageError(`${printable(path)}: name ${names} in it is empty; remove it`);
  }
  if (names === 0) throw new UsageError(`${printable(path)}: no file name in it; write one a line`);
  return list;
}
