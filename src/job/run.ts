import { confirmFile, confirmUnchanged, type CorpusFile } from '../corpus/files.ts';
import { countRanges, Layout, sliceOf, type Piece } from '../corpus/grid.ts';
import type { Session } from '../mpi/session.ts';
import { Scanner } from '../scan/scanner.ts';
import { agree } from './agree.ts';
import { addTo, countBlocks } from './count-blocks.ts';
import { blockRecord, rounded, startRecord } from './log-records.ts';
import type { CountRequest, Plan } from './plan.ts';
import { prepare, sharePreparation } from './prepare.ts';
import { openRankLog } from './rank-log.ts';
import { writeResult, type Result } from './result.ts';
import { listenForStop, noStop } from './stop.ts';
import { endIfUnfinished } from './stopped-early.ts';
import { untilStopped } from './until-stopped.ts';

/**
 * The life of a rank: one plan for all, count the blocks of its slice, add up over all ranks.
 * Every rank calls this.
 * @param request What to count; asked on rank 0 only, so that what is wrong with it is reported once.
 * @returns The totals on rank 0; undefined elsewhere.
 * @throws AgreedFailure on all ranks; for an early stop, with a StoppedEarly on rank 0. Or its own error on one rank, while
 *   others wait for it: then it has to end the job.
 */
export async function runCount(session: Session, request: () => CountRequest): Promise<Result | undefined> {
  const { world } = session;
  const stopwatch = startStopwatch();
  const job = await sharePreparation(world, () => prepare(request(), world.size));
  const { plan, missing, sums } = job;
  const layout = new Layout(plan.files, plan.grid);
  const slice = sliceOf(world.rank, world.size, missing);
  const pieces = layout.pieces(slice);

  const scanner = await agree(world, () => Scanner.compile(plan.patterns, plan.options));
  const files = await agree(world, () => Promise.all(filesOf(pieces, plan).map(confirmFile)));
  const log = await agree(world, () => openRankLog(plan.logDir, world.rank, job.identity, job.logging));
  const stop = job.resumable ? listenForStop(await world.duplicate(), job.secondsUntilStop) : noStop;
  log.write('start', startRecord(session, plan, slice, pieces));

  let blocksLeft = countRanges(slice);
  for await (const { block, ...counted } of untilStopped(countBlocks(layout.blocks(slice), plan, scanner), stop)) {
    if (job.resumable) log.write('block', blockRecord(plan, block, counted));
    addTo(sums, counted.counts);
    blocksLeft -= 1;
  }

  log.write('waiting', { seconds: stopwatch(), blocksLeft });
  await log.sync();
  await endIfUnfinished(world, plan, blocksLeft, stop);
  await agree(world, () => Promise.all(files.map(confirmUnchanged)));
  const totals = await world.reduce(sums, 'sum', 0);
  await agree(world, () => {
    log.write('end', { seconds: stopwatch() });
    return log.close();
  });
  if (!totals) return undefined;
  const result = { plan, ranks: world.size, seconds: stopwatch(), totals };
  if (plan.logDir) writeResult(plan.logDir, result);
  return result;
}

/** The files that pieces, which are in the order of files, are of. */
function filesOf(pieces: readonly Piece[], plan: Plan): CorpusFile[] {
  return [...new Set(pieces.map(({ file }) => file))].flatMap((file) => plan.files[file] ?? []);
}

/** Seconds since now. */
function startStopwatch(): () => number {
  const start = performance.now();
  return () => rounded((performance.now() - start) / 1000);
}
