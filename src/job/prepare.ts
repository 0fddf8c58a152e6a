import { InputError } from '../corpus/input-error.ts';
import { Findings } from '../scan/findings.ts';
import { standardInput } from '../corpus/pipes.ts';
import { noRows } from '../tally/row-keys.ts';
import { tallyOf } from '../tally/tallies.ts';
import type { PreparedJob } from './job.ts';
import { groupNotes } from './notes/group-notes.ts';
import { stopTime } from './stop/deadline.ts';
import { readJournal } from './journal/journal.ts';
import type { JournalReader } from './shared-journal.ts';
import { noSkips, requireNoSkips, resumedSkips } from './skip/resumed-skips.ts';
import { checkLogFolder } from './journal/log-folder.ts';
import { requireSamePlan, identityOf, logInUse, planAt, planSkipping, readBegunPlan } from './plan/plan-file.ts';
import { allBlocks, makePlan, type CountRequest, type Plan } from './plan/plan.ts';

/**
 * Checks the input and reads the plan and the journal of an earlier run, if the log folder has them. Writes nothing.
 * @param read Reads the journal.
 * @throws InputError, GridError, LogInUseError, OutputError, ResumeError
 */
export async function prepare(
  request: CountRequest,
  ranks: number,
  read: JournalReader = readJournal,
): Promise<PreparedJob> {
  const { logDir, logging, threads, io, schedule, allowGrowth, skipUnreadable } = request;
  if (logDir) checkLogFolder(logDir, logging);
  const earlier = logDir && (await readBegunPlan(logDir));
  // Only a log with blocks is a journal that can be resumed.
  if (earlier && !(request.resume && earlier.level === 'blocks')) throw logInUse(logDir, earlier.level);
  if (earlier && !skipUnreadable) requireNoSkips(earlier.plan.skipped ?? noSkips);
  const { plan: planNow, notes, ...found } = await makePlan(request, ranks, earlier?.plan);
  const pipes = [...(request.standardInput ? [standardInput] : []), ...found.pipes];
  if (pipes.length > 0) checkPipes(pipes, request);
  const resumed = earlier && planAt(logDir, earlier.plan);
  const journal = logDir && resumed && (await read(logDir, resumed, resumedSkips(resumed, planNow)));
  const skipped = journal?.skipped ?? planNow.skipped ?? noSkips;
  // If files have grown since, the sizes of the earlier plan stay valid.
  const plan = planSkipping(resumed ?? planNow, skipped.keys());
  if (resumed) requireSamePlan(plan, planNow, allowGrowth);
  if (resumed && !skipUnreadable) requireNoSkips(skipped);
  const now = Date.now();
  return {
    plan,
    settings: {
      identity: logDir ? identityOf(plan) : '',
      logging,
      threads,
      io,
      schedule,
      resumable: logDir !== undefined && logging.level === 'blocks',
      resumed: journal !== undefined,
      allowGrowth,
      skipUnreadable,
      hasProgress:
        request.progress === 'always' || (request.progress === 'auto' && plan.files.bytes >= leastProgressBytes),
      stopAt: stopTime(request.timeLimit, process.env, now - process.uptime() * 1000, now),
    },
    missing: journal?.missing ?? allBlocks(plan),
    counted: journal?.totals ?? noRows(tallyOf(plan.spec)),
    findings: journal?.findings ?? new Findings(),
    pending: journal?.pending ?? [],
    skipped,
    streams: pipes,
    request: {
      ...request,
      notes: [
        ...request.notes,
        ...notes,
        ...groupNotes(tallyOf(plan.spec).grouping, plan.files, pipes),
        ...(earlier ? sameFilesNotes(plan) : []),
      ],
    },
  };
}

// In bytes: less is counted, in whatever format, before there is much to see.
const leastProgressBytes = 2 ** 27;

/** Checks that the job can count pipes. @throws InputError for a pipe in a resumable job, and for one that is named twice. */
function checkPipes(pipes: readonly Buffer[], { logDir, logging }: CountRequest): void {
  const [first = standardInput] = pipes;
  if (logDir && logging.level === 'blocks') {
    throw new InputError(
      first,
      'is a pipe, of which a count cannot be resumed; save it to a file first, or add --log summary',
    );
  }
  const twice = pipes.find((pipe, index) => pipes.findIndex((other) => other.equals(pipe)) < index);
  if (twice) throw new InputError(twice, 'is a pipe, which can be read only once, but is named twice');
}

/** Returns the note for a count that goes on in folders. */
function sameFilesNotes({ walked }: Plan): string[] {
  if (!walked) return [];
  const files = walked.folders.reduce((sum, folder) => sum + folder.files, 0);
  return [`counted below folders: the files that were there when the count began (${files}), and none that came later`];
}
