import { layoutOf, type Assignment } from '../../corpus/assignment.ts';
import { checkFiles } from '../../corpus/check-files.ts';
import { verifySameSize } from '../../corpus/file-checks.ts';
import { FileTable } from '../../corpus/file-table.ts';
import type { BlockRange, Grid, Layout } from '../../corpus/grid.ts';
import type { AssignedBlock } from './schedule.ts';

/** An assignment whose files this rank has checked. */
export interface CheckedAssignment {
  readonly slice: readonly BlockRange[];
  /** The files with the times and inode numbers that this rank sees. */
  readonly files: FileTable;
  readonly layout: Layout;
}

/**
 * Checks that this rank sees the files of an assignment with their planned sizes. Rank 0 did that when it planned.
 * @param allowGrowth Whether files may be larger.
 * @throws InputError for the first file that cannot be counted.
 */
export async function checkAssignment(
  assignment: Assignment,
  grid: Grid,
  rank: number,
  allowGrowth: boolean,
): Promise<CheckedAssignment> {
  const files = rank === 0 ? assignment.files : await filesHere(assignment.files, allowGrowth);
  return { slice: assignment.slice, files, layout: layoutOf(assignment, grid) };
}

/** Yields the blocks of an assignment in order. */
export function* blocksOf({ slice, files, layout }: CheckedAssignment): Generator<AssignedBlock> {
  for (const block of layout.blocks(slice)) yield { block, files, layout };
}

async function filesHere(planned: FileTable, allowGrowth: boolean): Promise<FileTable> {
  // Paths and sizes stay those of the plan, even if a file has grown.
  const modified = new BigInt64Array(planned.length);
  const inodes = new BigUint64Array(planned.length);
  let index = 0;
  await checkFiles(planned, verifySameSize(allowGrowth), (file) => {
    modified[index] = file.modified;
    inodes[index] = file.inode ?? 0n;
    index += 1;
  });
  return new FileTable({ ...planned.parts, modified, inodes });
}
