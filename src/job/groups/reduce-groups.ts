import type { Communicator } from '../../mpi/communicator.ts';
import { batchesOf, GroupReader, mergeGroups, partsOf, type GroupBatch, type GroupRow } from '../../tally/groups.ts';
import { decode, encode } from '../structured-clone.ts';

// The rows of groups are reduced as a stream: each rank has them in the order of their keys, rank 0 asks each for batch after batch and
// merges them as they come. So it holds one batch of each rank, however many groups there are, and however long their rows.

/** The number of counters in the batches of all ranks together; with the parts that end them, there are twice as many at most. */
const countersInAll = 2 ** 22;
const maxCounters = 2 ** 16;

/**
 * Adds up the rows of all ranks. Every rank must call this.
 * @param rows The rows of this rank, in the order of their keys.
 * @param take Takes the sums on rank 0, in the order of their keys.
 * @throws The error of `take`, on rank 0 alone.
 */
export async function reduceGroups(
  world: Communicator,
  rows: Iterable<GroupRow>,
  take: (row: GroupRow) => void,
): Promise<void> {
  // The world carries the messages of ranks that fail; see speaker-election.ts.
  const channel = await world.duplicate();
  const counters = Math.min(maxCounters, Math.ceil(countersInAll / world.size));
  const own = batchesOf(partsOf(rows, counters), counters);
  if (world.rank === 0) {
    const ofOthers = Array.from({ length: world.size - 1 }, (_, before) => readerOf(channel, before + 1));
    const ofThis = new GroupReader(() => Promise.resolve(own.next().value));
    await mergeGroups([ofThis, ...ofOthers], counters, take);
  } else {
    await sendBatches(channel, own);
  }
  channel.free();
}

/** Sends batches, each when rank 0 asks for it, and then an empty message. */
async function sendBatches(channel: Communicator, batches: Iterable<GroupBatch>): Promise<void> {
  const request = new Int32Array(1);
  const sendNext = async (bytes: Uint8Array) => {
    await channel.receive(request, 0);
    await channel.send(Float64Array.of(bytes.length), 0);
    if (bytes.length > 0) await channel.send(bytes, 0, 0, { isExpected: true });
  };
  for (const batch of batches) await sendNext(encode(batch));
  await sendNext(new Uint8Array());
}

/** Returns a reader of the batches of another rank. */
function readerOf(channel: Communicator, rank: number): GroupReader {
  return new GroupReader(async () => {
    await channel.send(new Int32Array(1), rank);
    const length = new Float64Array(1);
    await channel.receive(length, rank);
    const bytes = new Uint8Array(length[0] ?? 0);
    if (bytes.length === 0) return undefined;
    await channel.receive(bytes, rank, 0, { isExpected: true });
    return decode(bytes) as GroupBatch;
  });
}
