import { FileTable } from './file-table.ts';
import { Layout, type BlockRange, type Grid } from './grid.ts';

/** All that a rank needs to know of the corpus to count its slice. */
export interface Assignment {
  /** The blocks of the slice, in order. */
  readonly slice: readonly BlockRange[];
  /** The files that have bytes in these. */
  readonly files: FileTable;
  /** Where in the corpus each of the files begins. */
  readonly begins: Float64Array;
}

/** @param layout Of all files. */
export function assignmentFor(slice: readonly BlockRange[], files: FileTable, layout: Layout): Assignment {
  const places: number[] = [];
  for (const { file } of layout.pieces(slice)) {
    if (file !== places.at(-1)) places.push(file);
  }
  return {
    slice,
    files: FileTable.from(places, (place) => files.at(place)),
    begins: Float64Array.from(places, (place) => layout.beginOf(place)),
  };
}

/** Where the files of a share lie. */
export function layoutOf({ files, begins }: Assignment, grid: Grid): Layout {
  return new Layout(files.parts.sizes, grid, begins);
}
