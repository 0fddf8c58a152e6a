import type { FileTable } from './file-table.ts';
import { Layout, type BlockRange, type Grid } from './grid.ts';

/** What a rank needs to know of the corpus in order to count its slice. */
export interface Assignment {
  /** The ranges of blocks of the slice, in order. */
  readonly slice: readonly BlockRange[];
  /** The files that have bytes in these blocks, those that are skipped included. */
  readonly files: FileTable;
  /** The offset in the corpus at which each of these files begins, in bytes. */
  readonly begins: Float64Array;
}

/** Makes the assignment for a slice. @param layout The layout of all files. */
export function assignmentFor(slice: readonly BlockRange[], files: FileTable, layout: Layout): Assignment {
  const indices: number[] = [];
  for (const { file } of layout.fileRanges(slice)) {
    if (file !== indices.at(-1)) indices.push(file);
  }
  if (files.parts.skipped) addSkipped(indices, slice, layout);
  return {
    slice,
    files: files.pick(indices),
    begins: Float64Array.from(indices, (index) => layout.beginOf(index)),
  };
}

/** Adds the skipped files of a slice to the indices of the others, in order. */
function addSkipped(indices: number[], slice: readonly BlockRange[], layout: Layout): void {
  const skipped = new Set<number>();
  for (const { first, end } of slice) {
    for (let block = first; block < end; block += 1) {
      for (const { file } of layout.skippedRanges(block)) skipped.add(file);
    }
  }
  for (const file of skipped) indices.push(file);
  indices.sort((one, other) => one - other);
}

/** Returns the layout of the files of an assignment. It is valid for blocks of its slice only. */
export function layoutOf({ files, begins }: Assignment, grid: Grid): Layout {
  return new Layout(files.parts, grid, begins);
}
