import { countBlocksIn, Layout } from '../../corpus/grid.ts';
import { Findings } from '../../scan/findings.ts';
import type { Communicator } from '../../mpi/communicator.ts';
import { noRows } from '../../tally/row-keys.ts';
import { tallyOf } from '../../tally/tallies.ts';
import { agree } from '../agree.ts';
import type { ControlChannel } from '../control/control-channel.ts';
import { distribute } from '../distribute.ts';
import { openRequests, openSchedule } from '../schedule/open-schedule.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { PreparedJob, Round } from '../job.ts';
import { readJournal } from '../journal/journal.ts';
import { planSkipping } from '../plan/plan-file.ts';
import { allBlocks } from '../plan/plan.ts';
import { decode, encode } from '../structured-clone.ts';
import { RankSkips, type FoundSkip } from './rank-skips.ts';

// Skipping is exact by rounds. In a round, each rank leaves out the files that it finds to be unreadable. A file that is cut over blocks may
// have been counted in other blocks by then, or by other ranks, and nobody can take that out of a sum. So those blocks are counted again, in
// another round in which all ranks know of the file. There are as many rounds as it takes until none finds such a file.

/** A round whose schedule is open. */
export interface OpenRound {
  readonly round: Round;
  readonly schedule: Schedule;
}

/** Returns the number of blocks that are left in a round, as numbers whose sum over all ranks is meant. @param counted By this rank. */
export function blocksLeft({ prepared }: Round, counted: number): number {
  // Not the sum of what ranks have left: blocks that were on their way to a rank when it stopped are left, too.
  return (prepared ? countBlocksIn(prepared.missing) : 0) - counted;
}

/**
 * Ends a round. Every rank must call this when its log is durable.
 * @param left See blocksLeft(). If there are any, the job ends and needs no other round.
 * @param channel The channel of the job.
 * @returns The next round, or, if it was the last one, the same with the skipped files of all ranks on rank 0.
 */
export async function nextRound(
  world: Communicator,
  { round, schedule }: OpenRound,
  left: number,
  channel: ControlChannel | undefined,
  stop: AbortSignal,
): Promise<OpenRound & { readonly isLast: boolean }> {
  const { skips, checker } = round;
  if (!skips) return { round, schedule, isLast: true };
  const [sum = 0, outdated = 0] = await world.allReduce(Float64Array.of(left, skips.isOutdated ? 1 : 0), 'sum');
  const found = await world.gather(encode(skips.found), 0);
  const known =
    round.prepared && withSkips(round.prepared, found?.flatMap((bytes) => decode(bytes) as FoundSkip[]) ?? []);
  if (sum > 0 || outdated === 0) return { round: { ...round, prepared: known }, schedule, isLast: true };
  const prepared = await agree(world, () => known && prepareRound(known));
  const job = await distribute(world, prepared);
  // Now, since no rank requests an assignment of the next round before all have agreed on their first ones.
  const requests = openRequests(job, channel);
  const assignment = await agree(world, () => checker.check(job.assignment));
  return {
    round: { ...round, prepared, job, assignment, skips: new RankSkips(round.log) },
    schedule: openSchedule(job, assignment, checker, requests, stop),
    isLast: false,
  };
}

/** Returns a job in which further files are skipped; for rank 0. */
function withSkips(prepared: PreparedJob, found: readonly FoundSkip[]): PreparedJob {
  if (found.length === 0) return prepared;
  const { plan } = prepared;
  const layout = new Layout(plan.files.parts, plan.grid);
  const skipped = new Map(prepared.skipped);
  for (const { begin, reason } of found) {
    const file = layout.fileAt(begin);
    if (!skipped.has(file)) skipped.set(file, reason);
  }
  return { ...prepared, plan: planSkipping(plan, skipped.keys()), skipped };
}

/** Prepares another round: what was counted with a file that is skipped now counts no more. For rank 0. */
async function prepareRound(prepared: PreparedJob): Promise<PreparedJob> {
  const { plan, skipped, settings } = prepared;
  if (plan.logDir && settings.resumable) {
    const { missing, totals, findings, pending } = await readJournal(plan.logDir, plan, skipped);
    return { ...prepared, missing, counted: totals, findings, pending };
  }
  const counted = noRows(tallyOf(plan.spec));
  return { ...prepared, missing: allBlocks(plan), counted, findings: new Findings(), pending: [] };
}
