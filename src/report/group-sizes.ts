import { Layout, type BlockRange } from '../corpus/grid.ts';
import type { Plan } from '../job/plan/plan.ts';
import type { RowKey, RowSums } from '../tally/rows.ts';
import type { Grouping } from '../tally/tally.ts';
import type { GroupSizes } from './group-evenness.ts';

/**
 * Returns the sizes of the groups in what is counted: if they are groups of files, the bytes of these that are in counted blocks; if the
 * text names them, their records. Groups in which nothing occurs are there, too.
 * @param plan The plan, with the files skipped that are not counted.
 * @param missing The blocks that are not counted, in order.
 * @param rows The sums of the rows of all counted blocks.
 */
export function groupSizes(plan: Plan, grouping: Grouping, missing: readonly BlockRange[], rows: RowSums): GroupSizes {
  return grouping.ofFiles
    ? { unit: 'bytes', sizes: bytesOfGroups(plan, grouping.ofFiles, missing) }
    : { unit: 'records', sizes: recordsOfGroups(rows) };
}

function bytesOfGroups(
  { files, grid }: Plan,
  ofFiles: NonNullable<Grouping['ofFiles']>,
  missing: readonly BlockRange[],
): Map<RowKey, number> {
  const layout = new Layout(files.parts, grid);
  const sizes = new Map<RowKey, number>();
  for (const { file, begin, end } of layout.fileRanges(rangesBetween(missing, grid.blocks))) {
    const key = ofFiles.keyOf(files.at(file).path, layout.beginOf(file));
    sizes.set(key, (sizes.get(key) ?? 0) + end - begin);
  }
  return sizes;
}

/** Returns the ranges of blocks that are in none of these. */
function rangesBetween(ranges: readonly BlockRange[], blocks: number): BlockRange[] {
  const between: BlockRange[] = [];
  let first = 0;
  for (const range of [...ranges, { first: blocks, end: blocks }]) {
    if (range.first > first) between.push({ first, end: range.first });
    first = range.end;
  }
  return between;
}

/** The number of all records of a group is last in its row. */
function recordsOfGroups(rows: RowSums): Map<RowKey, number> {
  const sizes = new Map<RowKey, number>();
  rows.each((key, column, count) => {
    if (column === rows.width - 1) sizes.set(key, Number(count));
  });
  return sizes;
}
