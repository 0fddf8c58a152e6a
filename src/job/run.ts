import { confirmFile, confirmUnchanged, type CorpusFile } from '../corpus/files.ts';
import { countBytes, countRanges, Layout, sliceOf, type Piece } from '../corpus/grid.ts';
import { exceedsMemory } from '../corpus/memory.ts';
import { Readings } from '../corpus/reading.ts';
import type { Communicator } from '../mpi/communicator.ts';
import type { Session } from '../mpi/session.ts';
import { Scanner } from '../scan/scanner.ts';
import { agree } from './agree.ts';
import { countBlocks } from './count-blocks.ts';
import { blockRecord, rounded, startRecord } from './log-records.ts';
import type { CountRequest, Plan } from './plan.ts';
import { makeLogFolder, prepare, sharePreparation, type Preparation } from './prepare.ts';
import { noLog, openRankLog, type RankLog } from './rank-log.ts';
import { writeResult, type Result } from './result.ts';
import { StopSwitch } from './stop.ts';
import { endIfUnfinished } from './stopped-early.ts';
import { addTo } from './sums.ts';
import { beforeStop, untilStopped } from './until-stopped.ts';

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
  const stop = new StopSwitch();
  const job = await sharePreparation(world, () => prepare(request(), world.size));
  const { plan, missing, sums } = job;
  const layout = new Layout(plan.files, plan.grid);
  const slice = sliceOf(world.rank, world.size, missing);
  const pieces = layout.pieces(slice);

  const [scanner, files] = await agree(
    world,
    () => [Scanner.compile(plan.patterns, plan.options), filesOf(pieces, plan, world.rank)] as const,
  );
  const log = await beginLog(world, job);
  if (job.resumable) stop.connect(await world.duplicate(), job.stopAt);
  else stop.disarm();
  log.write('start', startRecord(session, job, slice, pieces));

  let blocksLeft = countRanges(slice);
  const readings = new Readings(job.io, exceedsMemory(countBytes(pieces) * session.ranksHere));
  const counting = countBlocks(beforeStop(layout.blocks(slice), stop), { files, scanner, readings }, job.threads);
  const abandon = scanner.cancel.bind(scanner);
  for await (const { block, ...counted } of untilStopped(counting, stop, abandon)) {
    if (job.resumable) log.write('block', blockRecord(plan, block, counted));
    addTo(sums, counted.counts);
    blocksLeft -= 1;
  }

  log.write('waiting', { seconds: stopwatch(), blocksLeft });
  await log.sync();
  await endIfUnfinished(world, plan, blocksLeft, stop);
  await agree(world, () => {
    files.forEach(confirmUnchanged);
  });
  const totals = await world.reduce(sums, 'sum', 0);
  if (plan.logDir) {
    await agree(world, () => {
      log.write('end', { seconds: stopwatch() });
      return log.close();
    });
  }
  if (!totals) return undefined;
  const result = { plan, ranks: world.size, seconds: stopwatch(), totals };
  if (plan.logDir) writeResult(plan.logDir, result);
  return result;
}

/** The log of this rank, in a folder that rank 0 makes. Without one there is nothing that all have to agree on. */
async function beginLog(world: Communicator, job: Preparation): Promise<RankLog> {
  const { plan, identity, logging } = job;
  if (!plan.logDir) return noLog;
  await agree(world, () => {
    if (world.rank === 0) makeLogFolder(job, world.size);
  });
  return agree(world, () => openRankLog(plan.logDir, world.rank, identity, logging));
}

/** The files that pieces are of, as this rank finds them, by their place in the plan. Rank 0 looked at them to make the plan. */
function filesOf(pieces: readonly Piece[], { files }: Plan, rank: number): Map<number, CorpusFile> {
  const places = new Set(pieces.map(({ file }) => file));
  return new Map(
    Array.from(places, (place) => {
      const planned = files[place];
      if (!planned) throw new RangeError(`there is no file ${place} in the plan`);
      return [place, rank === 0 ? planned : confirmFile(planned)];
    }),
  );
}

/** Seconds since now. */
function startStopwatch(): () => number {
  const start = process.uptime();
  return () => rounded(process.uptime() - start);
}
