import type { Communicator } from '../mpi/communicator.ts';

/** Something failed, and all ranks know of it, so that they can end the job together. */
export class AgreedFailure extends Error {
  override readonly name = 'AgreedFailure';
  /** The rank that has the `cause`, and is to speak for all. */
  readonly reportingRank: number;

  constructor(reportingRank: number, cause?: unknown) {
    super(`rank ${reportingRank} failed`, { cause });
    this.reportingRank = reportingRank;
  }
}

/**
 * Does the same on every rank, and goes on only when it worked on all of them, so that what goes wrong on a thousand ranks is
 * reported once: by the lowest of them.
 * @throws AgreedFailure on all ranks, when it failed on any.
 */
export async function agree<T>(world: Communicator, work: () => T | Promise<T>): Promise<T> {
  const outcome = await settle(work);
  const failed = 'error' in outcome ? world.rank : world.size;
  const [lowest = 0] = await world.allReduce(Int32Array.of(failed), 'min');
  if ('error' in outcome) throw new AgreedFailure(lowest, lowest === world.rank ? outcome.error : undefined);
  if (lowest < world.size) throw new AgreedFailure(lowest);
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
