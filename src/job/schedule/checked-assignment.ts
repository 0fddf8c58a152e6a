import { layoutOf, type Assignment } from '../../corpus/assignment.ts';
import { checkFiles, statesInOrder, syncBatch } from '../../corpus/check-files.ts';
import type { FileState } from '../../corpus/changes.ts';
import { isPlannedSize, verifySameSize, type CorpusFile, type FileCheck } from '../../corpus/file-checks.ts';
import { FileTable } from '../../corpus/file-table.ts';
import type { Grid } from '../../corpus/grid.ts';
import { InputError } from '../../corpus/input-error.ts';
import { PathList } from '../../corpus/path-list.ts';
import { returningInputErrors } from '../../corpus/returned-errors.ts';
import type { CountRequest } from '../plan/plan.ts';
import type { AssignedBlock, AssignedFile, CheckedAssignment } from './schedule.ts';

/** Checks the files of the assignments of one rank. */
export class AssignmentChecker {
  readonly #grid: Grid;
  readonly #rank: number;
  readonly #allowGrowth: boolean;
  readonly #check: FileCheck<CorpusFile, CorpusFile | InputError>;
  /** By their begins, the files that a later assignment may contain, too, and that are then not checked again. */
  readonly #known = new Map<number, FileState>();

  /**
   * @param settings.allowGrowth Whether files may be larger than planned.
   * @param settings.skipUnreadable Whether files that cannot be counted are skipped; they are when a block of them is counted.
   */
  constructor(grid: Grid, rank: number, { allowGrowth, skipUnreadable }: CheckSettings) {
    this.#grid = grid;
    this.#rank = rank;
    this.#allowGrowth = allowGrowth;
    const check = verifySameSize(allowGrowth);
    this.#check = skipUnreadable ? returningInputErrors(check) : check;
  }

  /**
   * Checks that this rank sees the files of an assignment with their planned sizes. Rank 0 did that when it planned.
   * @throws InputError for the first file that cannot be counted, unless such files are skipped.
   */
  async check(assignment: Assignment): Promise<CheckedAssignment> {
    const files = this.#rank === 0 ? assignment.files : await this.#filesHere(assignment);
    return { slice: assignment.slice, files, layout: layoutOf(assignment, this.#grid) };
  }

  /** Returns the files with their times here. A file with an error keeps the time 0, so that it cannot be counted later either. */
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
    for (let index = 0; index < begins.length; index += 1) {
      const known = this.#known.get(begins[index] ?? 0);
      if (known) take(index, known);
      else if (planned.parts.skipped?.[index] !== 1) unknown.push(index);
    }
    const [first = 0] = unknown;
    if (unknown.length > syncBatch && unknown.at(-1) === first + unknown.length - 1) {
      const paths = new PathList(planned.parts, first, first + unknown.length);
      const failed = await this.#checkAll(planned, paths, modified, inodes);
      for (const index of [first, paths.end - 1]) {
        const state = { size: planned.size(index), modified: modified[index] ?? 0n, inode: inodes[index] ?? 0n };
        if (!failed.has(index)) take(index, state);
      }
    } else {
      await checkFiles(filesAt(planned, unknown), this.#check, (found, { index }) => {
        if (!(found instanceof InputError)) take(index, found);
      });
    }
    return new FileTable({ ...planned.parts, modified, inodes });
  }

  /** Checks files without an object for each, and sets their times and inode numbers. @returns The files with an error. */
  async #checkAll(
    planned: FileTable,
    paths: PathList,
    modified: BigInt64Array,
    inodes: BigUint64Array,
  ): Promise<ReadonlySet<number>> {
    const { sizes } = planned.parts;
    const failed = new Set<number>();
    for await (const { paths: part, states } of statesInOrder(paths, true)) {
      modified.set(states.modified, part.begin);
      inodes.set(states.inodes, part.begin);
      for (let index = part.begin; index < part.end; index += 1) {
        const here = states.sizes[index - part.begin] ?? 0;
        const isCountable = states.isCountable[index - part.begin] === 1;
        if (isCountable && isPlannedSize(sizes[index] ?? 0, here, this.#allowGrowth)) continue;
        const found = await this.#check.async(planned.at(index));
        const state = found instanceof InputError ? undefined : found;
        if (!state) failed.add(index);
        modified[index] = state?.modified ?? 0n;
        inodes[index] = state?.inode ?? 0n;
      }
    }
    return failed;
  }
}

type CheckSettings = Pick<CountRequest, 'allowGrowth' | 'skipUnreadable'>;

function* filesAt(files: FileTable, indices: readonly number[]): Generator<CorpusFile & { readonly index: number }> {
  for (const index of indices) yield { ...files.at(index), index };
}

/**
 * Yields the files of an assignment but those that are skipped.
 * @param seen The begins of files at the borders of assignments before, which are not yielded again; those of this one are added.
 * @param first The index of the first file to yield.
 * @param end The index after that of the last one.
 */
export function* filesOf(
  { files, layout }: CheckedAssignment,
  seen = new Set<number>(),
  first = 0,
  end: number = files.length,
): Generator<AssignedFile> {
  for (let index = first; index < end; index += 1) {
    const begin = layout.beginOf(index);
    if (files.parts.skipped?.[index] === 1 || seen.has(begin)) continue;
    if (index === 0 || index === files.length - 1) seen.add(begin);
    yield { ...files.at(index), begin };
  }
}

/** Yields the blocks of an assignment in order. */
export function* blocksOf({ slice, files, layout }: CheckedAssignment): Generator<AssignedBlock> {
  for (const block of layout.blocks(slice)) yield { block, files, layout };
}
