import type { Assignment } from '../../corpus/assignment.ts';
import type { CorpusFile } from '../../corpus/file-checks.ts';
import type { FileTable } from '../../corpus/file-table.ts';
import type { Block, BlockRange, Layout } from '../../corpus/grid.ts';

/** An assignment whose files this rank has checked. */
export interface CheckedAssignment {
  readonly slice: readonly BlockRange[];
  /** The files with the times and inode numbers that this rank sees. */
  readonly files: FileTable;
  readonly layout: Layout;
}

/** A file of an assignment, as this rank sees it. */
export interface AssignedFile extends CorpusFile {
  /** The offset in the corpus at which it begins, in bytes. */
  readonly begin: number;
}

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
  /** The number of bytes that this rank will count, as far as is known when it begins. */
  readonly bytes: number;
  /** The number of blocks that have been assigned to this rank so far. */
  readonly assigned: number;
  /** The assignments of all these blocks. */
  readonly assignments: readonly CheckedAssignment[];
}

/** Makes the assignments of all ranks, on rank 0. */
export interface Assigner {
  /** Returns what a rank is assigned before counting begins. It is called once for each rank. */
  first(rank: number): Assignment;
  /**
   * Returns what a rank is assigned that has nearly counted what it was assigned before; an assignment without blocks when nothing
   * is left.
   * @param blocks The number of blocks that the rank wants at least.
   */
  next(blocks: number): Assignment;
}
