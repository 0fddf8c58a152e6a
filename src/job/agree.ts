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

/** What rank 0 makes, on every rank. When it fails there, the others get FailedElsewhere. */
export async function fromRoot(world: Communicator, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const made = await agree(world, () => (world.rank === 0 ? make() : new Uint8Array()));
  const length = Float64Array.of(made.length);
  await world.broadcast(length, 0);
  const bytes = world.rank === 0 ? made : new Uint8Array(length[0] ?? 0);
  await world.broadcast(bytes, 0);
  return bytes;
}
