import { columnsBefore, type GroupRow } from './groups.ts';
import type { CountedInput, Grouping } from './tally.ts';

/** The counts of one group. */
export interface GroupCounts {
  readonly name: Uint8Array;
  /** The indices of the patterns that are in the group, ascending. */
  readonly patterns: Uint32Array;
  /** Returns the counter in a column of the group's row. */
  readonly counterAt: (column: number) => bigint;
}

/**
 * Yields the counts of each group.
 * @param patterns The number of patterns: a row has one counter for each, and others of the same patterns may follow.
 * @param groups The rows of the groups, in order.
 */
export function* groupCounts(
  patterns: number,
  grouping: Grouping,
  groups: Iterable<GroupRow>,
  input: CountedInput,
): Generator<GroupCounts> {
  const nameOf = grouping.namesIn(input);
  for (const { key, columns, counts } of groups) {
    yield {
      name: nameOf(key),
      patterns: columns.subarray(0, columnsBefore(columns, patterns)),
      counterAt: (column) => {
        const place = columnsBefore(columns, column);
        return columns[place] === column ? (counts[place] ?? 0n) : 0n;
      },
    };
  }
}
