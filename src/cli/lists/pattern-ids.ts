import { findRepeated, joined, splitEach, stringAt, type ByteStrings } from '../../base/byte-strings.ts';
import { printable, quoted } from '../../base/bytes.ts';
import { UsageError } from '../usage-error.ts';

// With --ids, a line of a pattern list is an ID, a tab and a pattern. IDs are bytes, as patterns are.

const tab = 0x09;

/**
 * Splits the lines of a list into IDs and patterns. A second tab is refused: in a table of more columns, it would silently make the other
 * columns a part of the pattern, which then occurs nowhere.
 * @throws UsageError that names the first line that is not an ID, a tab and a pattern.
 */
export function splitIds(lines: ByteStrings, path: Buffer): { ids: ByteStrings; patterns: ByteStrings } {
  const { before, after } = splitEach(lines, tab, (line, at, index) => {
    const fault = faultOf(line, at);
    if (fault !== undefined) throw new UsageError(`${printable(path)}: line ${index + 1} ${fault}`);
  });
  return { ids: before, patterns: after };
}

/** @param at The index of the first tab; the length of the line if there is none. */
function faultOf(line: Uint8Array, at: number): string | undefined {
  if (at === line.length) return 'has no tab; with --ids, a line is ID<TAB>PATTERN';
  if (at === 0) return 'has an empty ID; write one before the tab';
  if (at === line.length - 1) return 'has an empty pattern, which is nowhere and everywhere; remove it';
  if (line.includes(tab, at + 1))
    return 'has several tabs; with --ids, a line is ID<TAB>PATTERN, and neither has a tab';
  return undefined;
}

/** The IDs of a list. */
export interface ListedIds {
  readonly path: Buffer;
  readonly ids: ByteStrings;
}

/** Checks that no ID is in the lists twice. @throws UsageError that names both places of the first one that is. */
export function requireUniqueIds(lists: readonly ListedIds[]): void {
  const all = joined(lists.map(({ ids }) => ids));
  const repeated = findRepeated(all);
  if (!repeated) return;
  const { index, before } = repeated;
  const places = `${placeOf(lists, index)} has the ID ${quoted(stringAt(all, index))} of ${placeOf(lists, before)}`;
  throw new UsageError(`${places} again; make each ID unique`);
}

/** Returns where an ID is. @param index Its index among those of all lists. */
function placeOf(lists: readonly ListedIds[], index: number): string {
  let line = index;
  for (const { path, ids } of lists) {
    if (line < ids.ends.length) return `${printable(path)}: line ${line + 1}`;
    line -= ids.ends.length;
  }
  return '';
}
