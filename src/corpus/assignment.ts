import { FileTable } from './file-table.ts';
import { Layout, type BlockRange, type Grid } from './grid.ts';

/** What a rank needs to know of the corpus in order to count its slice. */
export interface Assignment {
  /** The ranges of blocks of the slice, in order. */
  readonly slice: readonly BlockRange[];
  /** The files that have bytes in these blocks. */
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
  return {
    slice,
    files: FileTable.from(indices, (index) => files.at(index)),
    begins: Float64Array.from(indices, (index) => layout.beginOf(index)),
  };
}

/** Returns the layout of the files of an assignment. It is valid for blocks of its slice only. */
export function layoutOf({ files, begins }: Assignment, grid: Grid): Layout {
  return new Layout(files.parts, grid, begins);
}
