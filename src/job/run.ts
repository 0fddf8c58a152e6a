import { FileTable } from '../corpus/file-table.ts';
import { verifySameSize, verifyUnchanged } from '../corpus/file-checks.ts';
import { Findings } from '../scan/findings.ts';
import { countBlocksIn, type Layout } from '../corpus/grid.ts';
import { checkFiles } from '../corpus/check-files.ts';
import { exceedsMemory } from '../corpus/memory.ts';
import { IoTuner } from '../corpus/io-method.ts';
import { layoutOf } from '../corpus/assignment.ts';
import type { Communicator } from '../mpi/communicator.ts';
import type { Session } from '../mpi/session.ts';
import { Scanner } from '../scan/scanner.ts';
import { agree } from './agree.ts';
import { countBlocks } from './counting/count-blocks.ts';
import { distribute } from './distribute.ts';
import type { Job } from './job.ts';
import { blockRecord, rounded, startRecord } from './journal/log-records.ts';
import { countStreams } from './counting/count-streams.ts';
import { addFindingNotes } from './notes/finding-notes.ts';
import { addLostWordNote } from './notes/lost-word.ts';
import { Notes } from './notes/notes.ts';
import type { CountRequest } from './plan/plan.ts';
import { makeLogFolder } from './journal/log-folder.ts';
import { prepare } from './prepare.ts';
import type { PreparedJob } from './job.ts';
import { noLog, openRankLog, type RankLog } from './journal/rank-log.ts';
import { writeResult, type Result } from './result.ts';
import type { StopCoordinator } from './stop/stop.ts';
import { endIfUnfinished } from './stop/stopped-early.ts';
import { addTo } from './counting/totals.ts';
import { takeUntilStopped, drainUntilStopped } from './stop/until-stopped.ts';

/**
 * The life of a rank: one plan for all, count the blocks of its slice, add up over all ranks.
 * Every rank calls this.
 * @param request What to count; asked on rank 0 only, so that what is wrong with it is reported once.
 * @param stop Armed, where the job can be stopped.
 * @param notes Gets what rank 0 has to say beside the totals.
 * @returns The totals on rank 0; undefined elsewhere.
 * @throws AgreedFailure on all ranks; for an early stop, with a StoppedEarly on rank 0. Or its own error on one rank, while
 *   others wait for it: then it has to end the job.
 */
export async function runCount(
  session: Session,
  request: () => CountRequest,
  stop: StopCoordinator,
  notes: Notes = new Notes(() => undefined),
): Promise<Result | undefined> {
  const { world } = session;
  const stopwatch = startStopwatch();
  const { prepared, job, layout, scanner, files, log } = await begin(session, request);
  const { plan, terms, share, sums, findings } = job;
  if (terms.resumable) stop.connect(await world.duplicate(), terms.stopAt);
  else await stop.disarm();
  log.write('start', startRecord(session, job, layout));
  for (const text of prepared?.request.notes ?? []) notes.add(text);

  let blocksLeft = countBlocksIn(share.slice);
  const readings = new IoTuner(terms.io, exceedsMemory(layout.bytes(share.slice) * session.localSize));
  const counting = countBlocks(
    takeUntilStopped(layout.blocks(share.slice), stop),
    { files, scanner, readings, allowGrowth: terms.allowGrowth },
    terms.threads,
  );
  const abandon = scanner.cancel.bind(scanner);
  for await (const { block, ...counted } of drainUntilStopped(counting, stop, abandon)) {
    const found = new Findings();
    for (const { file, finding, count } of counted.findings) found.add(finding, count, layout.beginOf(file));
    if (terms.resumable) log.write('block', blockRecord(plan, block, counted, found));
    addTo(sums, counted.counts);
    findings.addAll(found);
    blocksLeft -= 1;
  }

  const streamed = await countStreams(prepared?.streams ?? [], scanner, { sums, findings, bytes: plan.bytes });

  log.write('waiting', { seconds: stopwatch(), blocksLeft });
  await log.sync();
  findings.counts.set(await endIfUnfinished(world, plan, blocksLeft, stop, findings.counts));
  // All ranks know whether there is anything to tell.
  if (findings.counts.some((count) => count > 0)) {
    findings.firsts.set(await world.allReduce(findings.firsts, 'min'));
  }
  await agree(world, () => checkFiles(files, verifyUnchanged(terms.allowGrowth), () => undefined));
  const totals = await world.reduce(sums, 'sum', 0);
  if (plan.logDir) {
    await agree(world, () => {
      log.write('end', { seconds: stopwatch() });
      return log.close();
    });
  }
  if (!totals) return undefined;
  const streams = prepared?.streams.length ?? 0;
  const counted = { ...plan, files: plan.files + streams, bytes: plan.bytes + streamed };
  if (prepared) {
    addFindingNotes(notes, findings, prepared);
    addLostWordNote(notes, prepared.request.typedPatterns, plan.patterns, totals);
  }
  const result = { plan: counted, ranks: world.size, seconds: stopwatch(), totals, notes: notes.texts };
  if (plan.logDir) writeResult(plan.logDir, result, terms.logging);
  return result;
}

/** A rank that is ready to count. */
interface Begun {
  /** On rank 0. */
  readonly prepared: PreparedJob | undefined;
  readonly job: Job;
  readonly layout: Layout;
  readonly scanner: Scanner;
  /** As this rank finds them. */
  readonly files: FileTable;
  readonly log: RankLog;
}

/** Has all ranks know what they are to do. Nothing is counted yet. */
async function begin(session: Session, request: () => CountRequest): Promise<Begun> {
  const { world } = session;
  const prepared = await agree(world, () => (world.rank === 0 ? prepare(request(), world.size) : undefined));
  const job = await distribute(world, prepared);
  const { plan, terms, share } = job;
  const layout = layoutOf(share, plan.grid);
  const [scanner, files] = await agree(
    world,
    async () =>
      [
        Scanner.compile(plan.patterns, plan.options),
        await filesHere(share.files, world.rank, terms.allowGrowth),
      ] as const,
  );
  const log = await beginLog(world, job, prepared);
  // When another job began this count just before, this one goes on with the other's plan.
  return log ? { prepared, job, layout, scanner, files, log } : begin(session, request);
}

/**
 * The log of this rank, in a folder that rank 0 makes; undefined on all ranks when it is to be prepared again (makeLogFolder()).
 * Without a log there is nothing that all have to agree on.
 */
async function beginLog(
  world: Communicator,
  job: Job,
  prepared: PreparedJob | undefined,
): Promise<RankLog | undefined> {
  const { logDir } = job.plan;
  const { identity, logging } = job.terms;
  if (!logDir) return noLog;
  const undo = await agree(world, () => prepared && makeLogFolder(prepared, world.size));
  const isBegun = Int32Array.of(undo ? 1 : 0);
  await world.broadcast(isBegun, 0);
  if (isBegun[0] === 0) return undefined;
  try {
    return await agree(world, () => openRankLog(logDir, world.rank, identity, logging));
  } catch (error) {
    undo?.();
    throw error;
  }
}

/** Files as this rank finds them. Rank 0 looked at them to make the plan. */
async function filesHere(planned: FileTable, rank: number, allowGrowth: boolean): Promise<FileTable> {
  if (rank === 0) return planned;
  // Paths are the same, and sizes are those of the plan also where a file has grown.
  const modified = new BigInt64Array(planned.length);
  const inodes = new BigUint64Array(planned.length);
  let index = 0;
  await checkFiles(planned, verifySameSize(allowGrowth), (file) => {
    modified[index] = file.modified;
    inodes[index] = file.inode ?? 0n;
    index += 1;
  });
  return new FileTable({ ...planned.parts, modified, inodes });
}

/** Seconds since now. */
function startStopwatch(): () => number {
  const start = process.uptime();
  return () => rounded(process.uptime() - start);
}
