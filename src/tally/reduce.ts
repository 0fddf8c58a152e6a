import type { Communicator } from '../mpi/communicator.ts';
import { Rows } from './rows.ts';
import type { Tally } from './tally.ts';

/**
 * Adds up the rows of all ranks. Every rank must call this. The row of the corpus is reduced; rows of files are gathered, since most
 * ranks have rows of a few files only.
 * @returns The totals on rank 0; undefined on the other ranks.
 */
export async function reduceRows(world: Communicator, { width, byFile }: Tally, rows: Rows): Promise<Rows | undefined> {
  const totals = new Rows(width);
  if (!byFile) {
    const sum = await world.reduce(rows.row(0), 'sum', 0);
    if (!sum) return undefined;
    totals.add([0], sum);
    return totals;
  }
  const keys = await world.gather(Float64Array.from(rows.indices.keys(), Number), 0);
  const numbers = await world.gather(rows.counters, 0);
  if (!keys || !numbers) return undefined;
  for (const [rank, ofRank] of keys.entries()) totals.add(ofRank, numbers[rank] ?? new BigUint64Array());
  return totals;
}
