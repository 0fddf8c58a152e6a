import type { FileTable } from '../corpus/file-table.ts';
import type { Layout } from '../corpus/grid.ts';
import { isSparse, type Counters } from './counters.ts';
import { Rows, type RowKey, type RowSums } from './rows.ts';
import { SparseRows } from './sparse-rows.ts';
import type { Tally } from './tally.ts';

type Keyed = Pick<Tally, 'byFile' | 'grouping'>;

/** Returns the sums in which a tally collects its rows, without a row yet. */
export function noRows({ width, grouping }: Pick<Tally, 'width' | 'grouping'>): RowSums {
  return grouping ? new SparseRows(width) : new Rows(width);
}

/** Returns whether the groups of a tally are named in the text, and the rows that the kernel yields have their names. */
export function findsGroups({ grouping }: Pick<Tally, 'grouping'>): boolean {
  return grouping !== undefined && grouping.ofFiles === undefined;
}

/** Returns the sums of the rows of one block. */
export function rowsOfBlock(
  tally: Pick<Tally, 'width' | 'grouping'>,
  keys: readonly RowKey[],
  counts: Counters,
): RowSums {
  const rows = isSparse(counts) ? new SparseRows(tally.width) : noRows(tally);
  rows.add(keys, counts);
  return rows;
}

/**
 * Returns the keys of the rows that a tally yields for a block, in their order, unless the text names its groups.
 * @param layout Returns the layout. It is called only for a tally with a row for each file, since a layout takes memory for each file.
 * @param files The files of the layout.
 * @param block The index of the block.
 * @param without Files of the layout that were left out when the block was counted.
 */
export function rowKeys(
  tally: Keyed,
  layout: () => Layout,
  files: FileTable,
  block: number,
  without: readonly number[] = [],
): readonly RowKey[] {
  if (!tally.byFile) return corpusKey;
  const found = layout();
  const inBlock = Array.from(found.block(block).fileRanges, ({ file }) => file);
  const counted = without.length > 0 ? inBlock.filter((file) => !without.includes(file)) : inBlock;
  return counted.map((file) => fileKey(tally, found.beginOf(file), () => files.at(file).path));
}

/** Returns the key of the row of a stream. @param begin The offset past the corpus that stands for it. */
export function streamKey(tally: Keyed, begin: number, path: Uint8Array): RowKey {
  return tally.byFile ? fileKey(tally, begin, () => path) : 0;
}

function fileKey({ grouping }: Keyed, begin: number, path: () => Uint8Array): RowKey {
  return grouping?.ofFiles ? grouping.ofFiles.keyOf(path(), begin) : begin;
}

const corpusKey = [0];
