import type { Layout } from '../corpus/grid.ts';
import type { Tally } from './tally.ts';

/**
 * Returns the keys of the rows that a tally yields for a block, in their order.
 * @param layout Returns the layout. It is called only for a tally with a row for each file, since a layout takes memory for each file.
 * @param block The index of the block.
 * @param without Files of the layout that were left out when the block was counted.
 */
export function rowKeys(
  { byFile }: Tally,
  layout: () => Layout,
  block: number,
  without: readonly number[] = [],
): readonly number[] {
  if (!byFile) return corpusKey;
  const found = layout();
  const files = Array.from(found.block(block).fileRanges, ({ file }) => file);
  const counted = without.length > 0 ? files.filter((file) => !without.includes(file)) : files;
  return counted.map((file) => found.beginOf(file));
}

const corpusKey = [0];
