import type { Communicator } from '../../mpi/communicator.ts';
import { MpicountError } from '../../base/mpicount-error.ts';
import { AgreedFailure } from '../agree.ts';
import type { PlanHeader } from '../plan/plan.ts';
import type { StopCoordinator } from './stop.ts';

/** Stopped before all was counted, as asked, with all that was counted in the journal. */
export class StoppedEarly extends MpicountError {
  override readonly name = 'StoppedEarly';
  override readonly kind = 'stopped';
}

/**
 * Ends the job here when a rank has blocks left. Every rank calls this when its journal is durable.
 * @param numbers Added up over all ranks on the way: one reduction does for both.
 * @returns The sums of these.
 * @throws AgreedFailure, with a StoppedEarly on rank 0.
 */
export async function endIfUnfinished(
  world: Communicator,
  plan: PlanHeader,
  blocksLeft: number,
  stop: StopCoordinator,
  numbers: Float64Array,
): Promise<Float64Array> {
  await stop.disconnect();
  const sums = await world.allReduce(Float64Array.of(blocksLeft, ...numbers), 'sum');
  const [left = 0] = sums;
  if (left === 0) return sums.subarray(1);
  const reason = stop.reason ?? 'a signal on another rank';
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
