import type { Layout } from '../corpus/grid.ts';
import type { Tally } from './tally.ts';

/**
 * Returns the keys of the rows that a tally yields for a block, in their order.
 * @param layout Returns the layout. It is called only for a tally with a row for each file, since a layout takes memory for each file.
 * @param block The index of the block.
 */
export function rowKeys({ byFile }: Tally, layout: () => Layout, block: number): readonly number[] {
  if (!byFile) return corpusKey;
  const found = layout();
  return Array.from(found.block(block).fileRanges, ({ file }) => found.beginOf(file));
}

const corpusKey = [0];
