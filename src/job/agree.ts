import type { Communicator } from '../mpi/communicator.ts';

/** A failure that all ranks know of, so that they can end the job together. */
export class AgreedFailure extends Error {
  override readonly name = 'AgreedFailure';
  /** The rank that has the `cause` and reports it for all ranks. */
  readonly reportingRank: number;

  constructor(reportingRank: number, cause?: unknown) {
    super(`rank ${reportingRank} failed`, { cause });
    this.reportingRank = reportingRank;
  }
}

/**
 * Runs `work` on every rank and returns only if it succeeded on all of them. A failure on many ranks is reported once, by the
 * lowest of them. Every rank must call this.
 * @throws AgreedFailure on all ranks if `work` failed on any.
 */
export async function agree<T>(world: Communicator, work: () => T | Promise<T>): Promise<T> {
  const outcome = await settle(work);
  const failed = 'error' in outcome ? world.rank : world.size;
  const [lowest = 0] = await world.allReduce(Int32Array.of(failed), 'min');
  if ('error' in outcome) throw new AgreedFailure(lowest, lowest === world.rank ? outcome.error : undefined);
  if (lowest < world.size) throw new AgreedFailure(lowest);
  return outcome.value;
}

/** The outcome of work that may fail: its value, or its error. */
export type Settled<T> = { readonly value: T } | { readonly error: unknown };

/** Returns the value of an outcome. @throws Its error. */
export function valueOf<T>(settled: Settled<T>): T {
  if ('error' in settled) throw settled.error;
  return settled.value;
}

/** Runs `work`, and returns its outcome. */
export async function settle<T>(work: () => T | Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

/** Tells all ranks whether something is the case on rank 0. Every rank must call this. */
export async function isTrueOnRank0(world: Communicator, isTrue: boolean): Promise<boolean> {
  const answer = Int32Array.of(isTrue ? 1 : 0);
  await world.broadcast(answer, 0);
  return answer[0] === 1;
}

/** Broadcasts bytes of any length from rank 0; the other ranks need not know the length. Every rank must call this. */
export async function broadcastBytes(world: Communicator, bytes: Uint8Array | undefined): Promise<Uint8Array> {
  const length = Float64Array.of(bytes?.length ?? 0);
  await world.broadcast(length, 0);
  const all = bytes ?? new Uint8Array(length[0] ?? 0);
  await world.broadcast(all, 0);
  return all;
}
