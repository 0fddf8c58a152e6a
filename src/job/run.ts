import { confirmFile, confirmUnchanged, type CorpusFile } from '../corpus/files.ts';
import { Layout, sliceOf, type Piece } from '../corpus/grid.ts';
import type { Session } from '../mpi/session.ts';
import { Scanner } from '../scan/scanner.ts';
import { agree, fromRoot } from './agree.ts';
import { addTo, countBlocks } from './count-blocks.ts';
import { blockRecord, rounded, startRecord } from './log-records.ts';
import { decodePlan, encodePlan, makePlan, type CountRequest, type Plan } from './plan.ts';
import { openRankLog } from './rank-log.ts';
import { removeResult, writeResult, type Result } from './result.ts';

/**
 * The life of a rank: one plan for all, count the blocks of its slice, add up over all ranks.
 * Every rank calls this. When one fails, it throws its error; the others throw FailedElsewhere, or wait to be ended.
 * @param request What to count; asked on rank 0 only, so that what is wrong with it is reported once.
 * @returns The totals on rank 0; undefined elsewhere.
 */
export async function runCount(session: Session, request: () => CountRequest): Promise<Result | undefined> {
  const { world } = session;
  const stopwatch = startStopwatch();
  const plan = decodePlan(await fromRoot(world, async () => encodePlan(await makePlan(request(), world.size))));
  const layout = new Layout(plan.files, plan.grid);
  const slice = sliceOf(world.rank, world.size, plan.grid.blocks);
  const pieces = layout.slicePieces(slice);

  const scanner = await agree(world, () => Scanner.compile(plan.patterns, plan.options));
  const files = await agree(world, () => Promise.all(filesOf(pieces, plan).map(confirmFile)));
  const log = await agree(world, () => openRankLog(plan.logDir, world.rank));
  log.write('start', startRecord(session, plan, slice, pieces));
  if (world.rank === 0 && plan.logDir) removeResult(plan.logDir);

  const sums = new BigUint64Array(plan.patterns.length);
  for await (const { block, ...counted } of countBlocks(layout.blocks(slice), plan, scanner)) {
    log.write('block', blockRecord(plan, block, counted));
    addTo(sums, counted.counts);
  }

  log.write('waiting', { seconds: stopwatch() });
  await agree(world, () => Promise.all(files.map(confirmUnchanged)));
  const totals = await world.reduce(sums, 'sum', 0);
  await agree(world, () => {
    log.write('end', { seconds: stopwatch() });
    log.close();
  });
  if (!totals) return undefined;
  const result = { plan, ranks: world.size, seconds: stopwatch(), totals };
  if (plan.logDir) writeResult(plan.logDir, result);
  return result;
}

/** The files that pieces, which are in the order of files, are of. */
function filesOf(pieces: readonly Piece[], plan: Plan): CorpusFile[] {
  return pieces.flatMap(({ file }) => plan.files[file] ?? []);
}

/** Seconds since now. */
function startStopwatch(): () => number {
  const start = performance.now();
  return () => rounded((performance.now() - start) / 1000);
}
