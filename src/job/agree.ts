import type { Communicator } from '../mpi/communicator.ts';

/** This rank is fine, but another one failed, said so, and is about to end the job. */
export class FailedElsewhere extends Error {
  override readonly name = 'FailedElsewhere';
}

/**
 * Does the same on every rank, and goes on only when it worked on all of them: otherwise the lowest rank that failed throws
 * its error, and all others FailedElsewhere, so that one rank reports what may have gone wrong on a thousand.
 */
export async function agree<T>(world: Communicator, work: () => T | Promise<T>): Promise<T> {
  const outcome = await settle(work);
  const failed = 'error' in outcome ? world.rank : world.size;
  const [lowest = 0] = await world.allReduce(Int32Array.of(failed), 'min');
  if ('error' in outcome && lowest === world.rank) throw outcome.error;
  if ('error' in outcome || lowest < world.size) throw new FailedElsewhere(`rank ${lowest} failed`);
  return outcome.value;
}

async function settle<T>(work: () => T | Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

/** Bytes that rank 0 has, on every rank. */
export async function broadcastBytes(world: Communicator, bytes: Uint8Array | undefined): Promise<Uint8Array> {
  const length = Float64Array.of(bytes?.length ?? 0);
  await world.broadcast(length, 0);
  const all = bytes ?? new Uint8Array(length[0] ?? 0);
  await world.broadcast(all, 0);
  return all;
}
