import type { GroupRow } from './groups.ts';
import type { CountedInput, Grouping } from './tally.ts';

/** The counts of one group. */
export interface GroupCounts {
  readonly name: Uint8Array;
  /** The indices of the patterns that are in the group, ascending. */
  readonly patterns: readonly number[];
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
    const counters = new Map(Array.from(columns, (column, at) => [column, counts[at] ?? 0n]));
    yield {
      name: nameOf(key),
      patterns: Array.from(columns).filter((column) => column < patterns),
      counterAt: (column) => counters.get(column) ?? 0n,
    };
  }
}
