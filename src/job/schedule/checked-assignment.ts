import { layoutOf, type Assignment } from '../../corpus/assignment.ts';
import { checkFiles } from '../../corpus/check-files.ts';
import type { FileState } from '../../corpus/changes.ts';
import { verifySameSize, type CorpusFile } from '../../corpus/file-checks.ts';
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

/** Checks the files of the assignments of one rank. */
export class AssignmentChecker {
  readonly #grid: Grid;
  readonly #rank: number;
  readonly #allowGrowth: boolean;
  /** By their begins, the files that a later assignment may contain, too, and that are then not checked again. */
  readonly #known = new Map<number, FileState>();

  /** @param allowGrowth Whether files may be larger than planned. */
  constructor(grid: Grid, rank: number, allowGrowth: boolean) {
    this.#grid = grid;
    this.#rank = rank;
    this.#allowGrowth = allowGrowth;
  }

  /**
   * Checks that this rank sees the files of an assignment with their planned sizes. Rank 0 did that when it planned.
   * @throws InputError for the first file that cannot be counted.
   */
  async check(assignment: Assignment): Promise<CheckedAssignment> {
    const files = this.#rank === 0 ? assignment.files : await this.#filesHere(assignment);
    return { slice: assignment.slice, files, layout: layoutOf(assignment, this.#grid) };
  }

  async #filesHere({ files: planned, begins }: Assignment): Promise<FileTable> {
    // Paths and sizes stay those of the plan, even if a file has grown.
    const modified = new BigInt64Array(planned.length);
    const inodes = new BigUint64Array(planned.length);
    const take = (index: number, state: FileState) => {
      modified[index] = state.modified;
      inodes[index] = state.inode ?? 0n;
      // The border of an assignment may cut its first and its last file.
      if (index === 0 || index === planned.length - 1) this.#known.set(begins[index] ?? 0, state);
    };
    const unknown: number[] = [];
    for (const [index, begin] of begins.entries()) {
      const known = this.#known.get(begin);
      if (known) take(index, known);
      else unknown.push(index);
    }
    const left = unknown.values();
    await checkFiles(filesAt(planned, unknown), verifySameSize(this.#allowGrowth), (file) => {
      take(left.next().value ?? 0, file);
    });
    return new FileTable({ ...planned.parts, modified, inodes });
  }
}

function* filesAt(files: FileTable, indices: readonly number[]): Generator<CorpusFile> {
  for (const index of indices) yield files.at(index);
}

/** Yields the blocks of an assignment in order. */
export function* blocksOf({ slice, files, layout }: CheckedAssignment): Generator<AssignedBlock> {
  for (const block of layout.blocks(slice)) yield { block, files, layout };
}
