import type { FileTable } from '../../corpus/file-table.ts';
import type { Layout } from '../../corpus/grid.ts';
import type { InputError } from '../../corpus/input-error.ts';

/** The files that are skipped among those of an assignment, by index. Counting asks for them, and adds those that fail. */
export interface SkipList {
  has(file: number): boolean;
  /** Skips a file in all blocks that have not been counted. @throws The error, if it is not to be skipped because of it. */
  add(file: number, error: InputError): void;
}

/** The files that a rank skips. */
export interface Skips {
  /** Returns those among the files of an assignment. */
  among(files: FileTable, layout: Layout): SkipList;
}
