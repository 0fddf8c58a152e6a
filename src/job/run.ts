import { checkFiles } from '../corpus/check-files.ts';
import { verifyUnchanged } from '../corpus/file-checks.ts';
import type { InputError } from '../corpus/input-error.ts';
import { memoryForDecoder } from '../corpus/memory.ts';
import type { Communicator } from '../mpi/communicator.ts';
import type { Session } from '../mpi/session.ts';
import { requireEncoding } from '../scan/encodings.ts';
import { tallyOf } from '../tally/tallies.ts';
import { agree, isTrueOnRank0, settle, valueOf } from './agree.ts';
import { compileKernel } from './compile.ts';
import { ControlChannel } from './control/control-channel.ts';
import { distribute, withoutPatterns } from './distribute.ts';
import { reduceTally } from './groups/reduce-tally.ts';
import { startEvent } from './journal/make-events.ts';
import { rounded } from './journal/events.ts';
import { RoundCounter } from './counting/round-counter.ts';
import { countStreams } from './counting/count-streams.ts';
import { addFindingNotes, pathsOf } from './notes/finding-notes.ts';
import { addLostWordNote } from './notes/lost-word.ts';
import { Notes } from './notes/notes.ts';
import type { CountRequest } from './plan/plan.ts';
import { makeLogFolder } from './journal/log-folder.ts';
import { prepare } from './prepare.ts';
import type { ProgressSink } from './progress/job-progress.ts';
import { openProgress } from './progress/rank-progress.ts';
import type { Job, JobSettings, PreparedJob, Round } from './job.ts';
import { formatsIn, librariesFor, requireLibraries } from './libraries.ts';
import { noLog, openRankLog, type RankLog } from './journal/rank-log.ts';
import { writeResult, type Result } from './result.ts';
import { AssignmentChecker } from './schedule/checked-assignment.ts';
import { suspectsIn } from './schedule/suspects.ts';
import { openRequests, openSchedule, pollMillisecondsOfDynamic } from './schedule/open-schedule.ts';
import { gatherInvalidLines, invalidInput } from './skip/invalid-lines.ts';
import { RankSkips } from './skip/rank-skips.ts';
import { withJournalReaders, type JournalReader } from './shared-journal.ts';
import { blocksLeft, nextRound } from './skip/skip-round.ts';
import { skippedInput } from './skip/skipped-input.ts';
import type { StopCoordinator } from './stop/stop.ts';
import { endIfUnfinished } from './stop/stopped-early.ts';

/** How a job ended that was not stopped. */
export interface Outcome {
  /** Whether input was skipped; known on all ranks. */
  readonly skips: boolean;
  /** Undefined on all ranks but rank 0. */
  readonly result?: Result;
}

/**
 * Runs the job on this rank: the ranks agree on a plan, count the blocks of their slices, and reduce the counts. Every rank must
 * call this.
 * @param request Returns what to count. It is called on rank 0 only, so that a wrong request is reported once.
 * @param stop Armed before, so that a signal that has already arrived is not lost.
 * @param notes Collects rank 0's notes for the user.
 * @param sink Shows the progress of the job on rank 0.
 * @returns Whether files were skipped, and the result on rank 0.
 * @throws AgreedFailure on all ranks; after an early stop, its cause on rank 0 is a StoppedEarly. Any other error is thrown on one
 *   rank alone, which must then abort the job, since the other ranks wait for it.
 */
export async function runCount(
  session: Session,
  request: () => CountRequest,
  stop: StopCoordinator,
  notes: Notes = new Notes(() => undefined),
  sink?: ProgressSink,
): Promise<Outcome> {
  const { world } = session;
  const stopwatch = startStopwatch();
  let round = await begin(session, request);
  const { kernel, log } = round;
  const { plan, settings } = round.job;
  const control = await openControl(world, settings);
  const requests = openRequests(round.job, control);
  const progress = openProgress(session, round, control, sink);
  let schedule = openSchedule(round.job, round.assignment, round.checker, requests, stop.signal);
  if (control && settings.resumable) stop.connect(control, settings.stopAt);
  else await stop.disarm();
  const tally = tallyOf(plan.spec);
  log.write(startEvent(session, round.job, round.assignment.layout));
  for (const text of round.prepared?.request.notes ?? []) notes.add(text);

  const decodeMemory = memoryForDecoder(session.localSize * settings.threads);
  let left = 0;
  for (let isLast = false; !isLast;) {
    const counter = new RoundCounter(round, schedule, session.localSize, stop.signal);
    progress?.begin();
    const counted = await counter.count(progress);
    progress?.done();
    log.write({ event: 'waiting', seconds: stopwatch(), blocksLeft: schedule.assigned - counted });
    left = await counter.confirm(world, blocksLeft(round, counted));
    if (counted === schedule.assigned)
      await round.skips?.addChanged(await suspectsIn(schedule.assignments), settings.allowGrowth);
    await log.sync();
    ({ round, schedule, isLast } = await nextRound(world, { round, schedule }, left, control, stop.signal));
  }
  const { prepared } = round;
  const { totals, findings } = round.job;
  const decoding = {
    decode: prepared?.request.decompress ?? true,
    memory: decodeMemory,
    encoding: plan.encoding,
  };
  const into = { totals, findings, bytes: plan.bytes };
  const skippedStreams = new Map<number, string>();
  const skipStream = round.skips && ((index: number, { what }: InputError) => void skippedStreams.set(index, what));
  const streamed = await countStreams(prepared?.streams ?? [], kernel, tally, decoding, into, skipStream);

  // Not in a `finally`: a rank that has failed must not wait for the others.
  await control?.close();
  sink?.end();
  stop.disconnect();
  findings.counts.set(await endIfUnfinished(world, plan, left, stop.signal, findings.counts));
  // The counts are the same on all ranks here, so that all ranks take part in this reduction or none does.
  if (findings.counts.some((count) => count > 0)) {
    findings.firsts.set(await world.allReduce(findings.firsts, 'min'));
  }
  await gatherInvalidLines(world, findings);
  if (!round.skips)
    await agree(world, async () => {
      const suspects = await suspectsIn(schedule.assignments);
      return checkFiles(suspects, verifyUnchanged(settings.allowGrowth), () => undefined);
    });
  const reduced = await reduceTally(world, tally, totals, plan.logDir);
  if (plan.logDir) {
    await agree(world, () => {
      log.write({ event: 'end', seconds: stopwatch() });
      return log.close();
    });
  }
  const skipped = prepared && skippedInput(prepared, skippedStreams);
  const skipsFiles = round.skips !== undefined && (await isTrueOnRank0(world, skipped !== undefined));
  const skips = skipsFiles || findings.count('invalidLines') > 0;
  if (!reduced || !prepared) return { skips };
  addFindingNotes(notes, findings, prepared);
  addLostWordNote(notes, prepared.request.typedPatterns, plan.spec, reduced.totals);
  const result: Result = {
    spec: plan.spec,
    input: {
      files: prepared.plan.files,
      streams: prepared.streams,
      skippedStreams: new Set(skippedStreams.keys()),
      bytes: plan.bytes,
    },
    files: plan.files + prepared.streams.length - (skipped?.files ?? 0),
    bytes: plan.bytes + streamed - (skipped?.bytes ?? 0),
    skipped,
    invalid: invalidInput(findings, pathsOf(prepared)),
    ranks: world.size,
    schedule: settings.schedule,
    seconds: stopwatch(),
    ...reduced,
    libraries: librariesFor(formatsIn(prepared.plan.files)),
    encoding: plan.encoding,
    notes: notes.texts,
  };
  if (plan.logDir) writeResult(plan.logDir, result, settings.logging);
  return { skips, result };
}

/** Plans and distributes the job, compiles the patterns, checks the files, and opens the logs. Nothing is counted yet. */
async function begin(session: Session, request: () => CountRequest): Promise<Round> {
  const { world } = session;
  const work = (read: JournalReader) => prepare(request(), world.size, read);
  const prepared = await agree(world, () => withJournalReaders(world, world.rank === 0 ? work : undefined));
  const received = await distribute(world, prepared);
  const { plan, settings } = received;
  const checker = new AssignmentChecker(plan.grid, world.rank, settings);
  const checking = settle(() => checker.check(received.assignment));
  const compiled = await compileKernel(world, tallyOf(plan.spec));
  const [kernel, assignment] = await agree(world, async () => {
    const checked = valueOf(await checking);
    requireLibraries(received.decoded);
    if (plan.encoding !== undefined) requireEncoding(plan.encoding);
    const ready = valueOf(compiled);
    await ready.ready();
    return [ready, checked] as const;
  });
  // Only rank 0 shows the patterns.
  const job = prepared ? received : withoutPatterns(received);
  const log = await beginLog(world, job, prepared);
  // If another job wrote the plan of this count a moment ago, this job prepares again and resumes with that plan.
  if (!log) return begin(session, request);
  const skips = settings.skipUnreadable ? new RankSkips(log) : undefined;
  return { prepared, job, assignment, checker, kernel, log, skips };
}

/** Opens the channel for requests to stop, for blocks and for progress; undefined on all ranks if the job has no use for it. */
async function openControl(
  world: Communicator,
  { resumable, schedule, hasProgress }: JobSettings,
): Promise<ControlChannel | undefined> {
  if (schedule === 'dynamic') return ControlChannel.open(world, pollMillisecondsOfDynamic);
  return resumable || hasProgress ? ControlChannel.open(world) : undefined;
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
  if (!(await isTrueOnRank0(world, undo !== undefined))) return undefined;
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
