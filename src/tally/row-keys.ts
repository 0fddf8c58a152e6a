import type { Block, Layout } from '../corpus/grid.ts';
import type { Tally } from './tally.ts';

/** Returns the keys of the rows that a tally yields for a block, in their order. */
export function rowKeys({ byFile }: Tally, layout: Layout, block: Block): readonly number[] {
  return byFile ? Array.from(block.fileRanges, ({ file }) => layout.beginOf(file)) : corpusKey;
}

const corpusKey = [0];
