import { verifyUnchanged } from '../corpus/file-checks.ts';
import { countBlocksIn } from '../corpus/grid.ts';
import { checkFiles } from '../corpus/check-files.ts';
import { exceedsMemory, memoryForDecoder } from '../corpus/memory.ts';
import { IoTuner } from '../corpus/io-method.ts';
import type { Communicator } from '../mpi/communicator.ts';
import type { Session } from '../mpi/session.ts';
import type { CompiledKernel } from '../scan/kernel.ts';
import { reduceRows } from '../tally/reduce.ts';
import { tallyOf } from '../tally/tallies.ts';
import { agree } from './agree.ts';
import { ControlChannel } from './control/control-channel.ts';
import { confirmBlocks, type WrongChain } from './confirm.ts';
import type { CountContext } from './counting/block-counter.ts';
import { BlockTaker } from './counting/block-taker.ts';
import { countBlocks, recountBlocks } from './counting/count-blocks.ts';
import { distribute } from './distribute.ts';
import type { Job, JobSettings, PreparedJob } from './job.ts';
import { startEvent } from './journal/make-events.ts';
import { rounded } from './journal/events.ts';
import { countStreams } from './counting/count-streams.ts';
import { addFindingNotes } from './notes/finding-notes.ts';
import { addLostWordNote } from './notes/lost-word.ts';
import { Notes } from './notes/notes.ts';
import type { CountRequest } from './plan/plan.ts';
import { makeLogFolder } from './journal/log-folder.ts';
import { prepare } from './prepare.ts';
import { formatsIn, librariesFor, requireLibraries } from './libraries.ts';
import { noLog, openRankLog, type RankLog } from './journal/rank-log.ts';
import { writeResult, type Result } from './result.ts';
import { AssignmentChecker, type CheckedAssignment } from './schedule/checked-assignment.ts';
import { openSchedule, pollMillisecondsOfDynamic } from './schedule/open-schedule.ts';
import type { StopCoordinator } from './stop/stop.ts';
import { endIfUnfinished } from './stop/stopped-early.ts';
import { afterGracePeriod, drainUntilOverdue, onAbort, takeUntilStopped } from './stop/until-stopped.ts';

/**
 * Runs the job on this rank: the ranks agree on a plan, count the blocks of their slices, and reduce the counts. Every rank must
 * call this.
 * @param request Returns what to count. It is called on rank 0 only, so that a wrong request is reported once.
 * @param stop Armed before, so that a signal that has already arrived is not lost.
 * @param notes Collects rank 0's notes for the user.
 * @returns The result on rank 0; undefined on the other ranks.
 * @throws AgreedFailure on all ranks; after an early stop, its cause on rank 0 is a StoppedEarly. Any other error is thrown on one
 *   rank alone, which must then abort the job, since the other ranks wait for it.
 */
export async function runCount(
  session: Session,
  request: () => CountRequest,
  stop: StopCoordinator,
  notes: Notes = new Notes(() => undefined),
): Promise<Result | undefined> {
  const { world } = session;
  const stopwatch = startStopwatch();
  const { prepared, job, checker, assignment, kernel, log } = await begin(session, request);
  const { plan, settings, totals, findings } = job;
  const control = await openControl(world, settings);
  const schedule = openSchedule(job, assignment, checker, control, stop.signal);
  if (control && settings.resumable) stop.connect(control, settings.stopAt);
  else await stop.disarm();
  const tally = tallyOf(plan.spec);
  log.write(startEvent(session, job, assignment.layout));
  for (const text of prepared?.request.notes ?? []) notes.add(text);

  let blocksCounted = 0;
  const tuner = new IoTuner(settings.io, exceedsMemory(schedule.bytes * session.localSize));
  const decodeMemory = memoryForDecoder(session.localSize * settings.threads);
  const context: CountContext = {
    kernel,
    byFile: tally.byFile,
    tuner,
    allowGrowth: settings.allowGrowth,
    decompress: plan.decompress,
    decodeMemory,
  };
  const results = countBlocks(schedule, context, settings.threads);
  const overdue = afterGracePeriod(stop.signal);
  onAbort(overdue, kernel.cancel.bind(kernel));
  const taker = new BlockTaker(job, prepared, log);
  for await (const result of drainUntilOverdue(results, overdue)) {
    taker.take(result);
    blocksCounted += 1;
  }

  const decoding = { decode: prepared?.request.decompress ?? true, memory: decodeMemory };
  const into = { totals, findings, bytes: plan.bytes };
  const streamed = await countStreams(prepared?.streams ?? [], kernel, tally, decoding, into);

  log.write({ event: 'waiting', seconds: stopwatch(), blocksLeft: schedule.assigned - blocksCounted });
  // Not the sum of what ranks have left: blocks that were on their way to a rank when it stopped are left, too.
  let blocksLeft = (prepared ? countBlocksIn(prepared.missing) : 0) - blocksCounted;
  if (plan.isDivided) {
    const recount = async ({ chain, from }: WrongChain): Promise<number> => {
      let left = chain.last + 1 - chain.first;
      const again = recountBlocks(takeUntilStopped(taker.blocksOf(chain), stop.signal), from, context);
      for await (const result of drainUntilOverdue(again, overdue)) {
        taker.take(result);
        left -= 1;
      }
      return left;
    };
    blocksLeft = await confirmBlocks(world, { counted: taker.counted, blocksLeft, recount });
  }
  await log.sync();
  // Not in a `finally`: a rank that has failed must not wait for the others.
  await control?.close();
  stop.disconnect();
  findings.counts.set(await endIfUnfinished(world, plan, blocksLeft, stop.signal, findings.counts));
  // The counts are the same on all ranks here, so that all ranks take part in this reduction or none does.
  if (findings.counts.some((count) => count > 0)) {
    findings.firsts.set(await world.allReduce(findings.firsts, 'min'));
  }
  await agree(world, () => checkFiles(schedule.files(), verifyUnchanged(settings.allowGrowth), () => undefined));
  const reduced = await reduceRows(world, tally, totals);
  if (plan.logDir) {
    await agree(world, () => {
      log.write({ event: 'end', seconds: stopwatch() });
      return log.close();
    });
  }
  if (!reduced || !prepared) return undefined;
  addFindingNotes(notes, findings, prepared);
  addLostWordNote(notes, prepared.request.typedPatterns, plan.spec, reduced);
  const result: Result = {
    spec: plan.spec,
    input: { files: prepared.plan.files, streams: prepared.streams, bytes: plan.bytes },
    files: plan.files + prepared.streams.length,
    bytes: plan.bytes + streamed,
    ranks: world.size,
    schedule: settings.schedule,
    seconds: stopwatch(),
    totals: reduced,
    libraries: librariesFor(formatsIn(prepared.plan.files)),
    notes: notes.texts,
  };
  if (plan.logDir) writeResult(plan.logDir, result, settings.logging);
  return result;
}

/** What a rank has when it is ready to count. */
interface Begun {
  /** Undefined on all ranks but rank 0. */
  readonly prepared: PreparedJob | undefined;
  readonly job: Job;
  readonly checker: AssignmentChecker;
  readonly assignment: CheckedAssignment;
  readonly kernel: CompiledKernel;
  readonly log: RankLog;
}

/** Plans and distributes the job, compiles the patterns, checks the files, and opens the logs. Nothing is counted yet. */
async function begin(session: Session, request: () => CountRequest): Promise<Begun> {
  const { world } = session;
  const prepared = await agree(world, () => (world.rank === 0 ? prepare(request(), world.size) : undefined));
  const job = await distribute(world, prepared);
  const { plan, settings } = job;
  const checker = new AssignmentChecker(plan.grid, world.rank, settings.allowGrowth);
  const [kernel, assignment] = await agree(world, async () => {
    const compiled = tallyOf(plan.spec).compile();
    const checked = await checker.check(job.assignment);
    requireLibraries(job.decoded);
    return [compiled, checked] as const;
  });
  const log = await beginLog(world, job, prepared);
  // If another job wrote the plan of this count a moment ago, this job prepares again and resumes with that plan.
  return log ? { prepared, job, checker, assignment, kernel, log } : begin(session, request);
}

/** Opens the channel for requests to stop and for blocks; undefined on all ranks if the job has no use for it. */
async function openControl(
  world: Communicator,
  { resumable, schedule }: JobSettings,
): Promise<ControlChannel | undefined> {
  if (schedule === 'dynamic') return ControlChannel.open(world, pollMillisecondsOfDynamic);
  return resumable ? ControlChannel.open(world) : undefined;
}

/**
 * Opens the log of this rank, in a folder that rank 0 makes. Jobs without a log folder skip the agreement.
 * @returns Undefined on all ranks if the job must be prepared again; see makeLogFolder().
 */
async function beginLog(
  world: Communicator,
  job: Job,
  prepared: PreparedJob | undefined,
): Promise<RankLog | undefined> {
  const { logDir } = job.plan;
  const { identity, logging } = job.settings;
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

/** Starts a stopwatch. @returns A function that tells the seconds since this call. */
function startStopwatch(): () => number {
  const start = process.uptime();
  return () => rounded(process.uptime() - start);
}
