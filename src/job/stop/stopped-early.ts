import type { Communicator } from '../../mpi/communicator.ts';
import { MpicountError } from '../../base/mpicount-error.ts';
import { AgreedFailure } from '../agree.ts';
import type { PlanHeader } from '../plan/plan.ts';

/** The job stopped early on request; all blocks that were counted are in the journal. */
export class StoppedEarly extends MpicountError {
  override readonly name = 'StoppedEarly';
  override readonly kind = 'stopped';
}

/**
 * Ends the job if any rank has blocks left. Every rank must call this after its journal is durable.
 * @param stop Its reason is reported.
 * @param numbers Numbers to sum over all ranks; they share one reduction with `blocksLeft`.
 * @returns The sums of `numbers`.
 * @throws AgreedFailure on all ranks if blocks are left; its cause on rank 0 is a StoppedEarly.
 */
export async function endIfUnfinished(
  world: Communicator,
  plan: PlanHeader,
  blocksLeft: number,
  stop: AbortSignal,
  numbers: Float64Array,
): Promise<Float64Array> {
  const sums = await world.allReduce(Float64Array.of(blocksLeft, ...numbers), 'sum');
  const [left = 0] = sums;
  if (left === 0) return sums.subarray(1);
  const reason = (stop.reason ?? 'a signal on another rank') as string;
  throw new AgreedFailure(0, world.rank === 0 ? new StoppedEarly(describe(plan, left, reason)) : undefined);
}

function describe({ bytes, grid }: PlanHeader, left: number, reason: string): string {
  const done = grid.blocks - left;
  const percent = Math.floor((100 * done) / grid.blocks);
  return (
    `stopped early (${reason}): ${done} of ${grid.blocks} blocks are counted, ${percent} % of ${bytes} bytes; ` +
    'to go on, give the same command with --resume'
  );
}
