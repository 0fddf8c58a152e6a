import type { Communicator } from '../../mpi/communicator.ts';
import type { GroupRow } from '../../tally/groups.ts';
import { reduceRows } from '../../tally/reduce.ts';
import { Rows, type RowSums } from '../../tally/rows.ts';
import { SparseRows } from '../../tally/sparse-rows.ts';
import type { Tally } from '../../tally/tally.ts';
import { GroupSpool } from './group-spool.ts';
import { reduceGroups } from './reduce-groups.ts';

/** The sums over all ranks. */
export interface Reduced {
  readonly totals: Rows;
  /** The rows of the groups, in the order of their keys; absent unless counts are broken down. */
  readonly groups?: Iterable<GroupRow>;
}

/**
 * Adds up the rows of all ranks. Every rank must call this.
 * @param folder The folder for what does not fit into memory; see GroupSpool.
 * @returns The sums on rank 0; undefined on the other ranks.
 * @throws OutputError, on rank 0 alone.
 */
export async function reduceTally(
  world: Communicator,
  tally: Tally,
  rows: RowSums,
  folder: Buffer | undefined,
): Promise<Reduced | undefined> {
  if (rows instanceof Rows) {
    const totals = await reduceRows(world, tally, rows);
    return totals && { totals };
  }
  if (!(rows instanceof SparseRows)) throw new TypeError('rows of an unknown kind');
  const groups = new GroupSpool(folder);
  const sum = new BigUint64Array(tally.width);
  await reduceGroups(world, rows.inOrder(), (row) => {
    groups.add(row);
    for (const [at, column] of row.columns.entries()) sum[column] = (sum[column] ?? 0n) + (row.counts[at] ?? 0n);
  });
  if (world.rank !== 0) return undefined;
  groups.end();
  const totals = new Rows(tally.width);
  totals.add([0], sum);
  return { totals, groups };
}
