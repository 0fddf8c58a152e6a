import type { CorpusFile } from '../../corpus/file-checks.ts';
import type { FileTable } from '../../corpus/file-table.ts';
import type { Block, Layout } from '../../corpus/grid.ts';

/** A block that is assigned to this rank, with the files in it. */
export interface AssignedBlock {
  readonly block: Block;
  /** The files of the assignment, with the times and inode numbers that this rank sees. */
  readonly files: FileTable;
  readonly layout: Layout;
}

/** Decides which blocks this rank counts, and when it counts them. */
export interface Schedule {
  /**
   * Returns the next block that this rank is to count; undefined if there is none, or the job is to stop.
   * @throws InputError if a file of the block cannot be counted.
   */
  next(): AssignedBlock | undefined | Promise<AssignedBlock | undefined>;
  /** The number of blocks that have been assigned to this rank so far. */
  readonly assigned: number;
  /** The files of all these blocks. */
  files(): Iterable<CorpusFile>;
}
