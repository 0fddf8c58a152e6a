import { stringify } from 'lossless-json';

import { printable, printableJson } from '../base/bytes.ts';
import { Layout } from '../corpus/grid.ts';
import { ResumeError } from '../job/journal/errors.ts';
import { rowsDone, type Journal } from '../job/journal/job-state.ts';
import { readJournal } from '../job/journal/journal.ts';
import { findObstacle, maxCheckedFiles, type Obstacle } from '../job/plan/obstacle.ts';
import { planSkipping, readPlan } from '../job/plan/plan-file.ts';
import { skippedJson } from '../job/result.ts';
import { skippedInput, type SkippedInput } from '../job/skip/skipped-input.ts';
import type { Plan } from '../job/plan/plan.ts';
import { tallyOf } from '../tally/tallies.ts';
import type { CountedInput } from '../tally/tally.ts';

import { bytesOf } from './arguments.ts';
import { splitArguments } from './options/split-arguments.ts';
import { status as command } from './options/status.ts';
import { valueOf } from './options/values.ts';
import { writeOut } from './standard-output.ts';
import { UsageError } from './usage-error.ts';

/** The progress of a count. */
interface Status {
  readonly plan: Plan;
  readonly journal: Journal;
  readonly skipped: SkippedInput | undefined;
  /** The size of all files that are not skipped. */
  readonly bytes: number;
  readonly bytesDone: number;
  /** The reason why it cannot be resumed; also undefined when it is complete. */
  readonly obstacle: Obstacle | undefined;
}

/**
 * Prints the progress that a log folder records, during a count or after it has ended in any way. Needs no MPI.
 * @throws UsageError, ResumeError when the folder has no readable plan.
 */
export async function runStatus(args: string[]): Promise<void> {
  const { given, rest } = splitArguments(args, command.options);
  const format = valueOf(command.options, given, 'format');
  const [folder, ...more] = rest;
  if (folder === undefined || more.length > 0)
    throw new UsageError('status needs one log folder; see: mpicount --help');
  if (folder === '') throw new UsageError('status: the folder name is empty');
  const status = await readStatus(bytesOf(folder));
  writeOut(Buffer.from(format === 'json' ? statusJson(status) : statusText(status)));
}

async function readStatus(logDir: Buffer): Promise<Status> {
  const found = readPlan(logDir);
  if (!found) throw new ResumeError(`${printable(logDir)}: no plan.json in it, so not the log folder of a count`);
  const { level } = found;
  if (level !== 'blocks') {
    throw new ResumeError(
      `${printable(logDir)}: counted with --log ${level}, so all there is to see is result.json, once it is done`,
    );
  }
  const journal = await readJournal(logDir, found.plan);
  const plan = planSkipping(found.plan, journal.skipped.keys());
  const skipped = skippedInput({ plan, skipped: journal.skipped, streams: [] });
  const bytes = plan.files.bytes - (skipped?.bytes ?? 0);
  const missing = new Layout(plan.files.parts, plan.grid).bytes(journal.missing);
  const obstacle = journal.missing.length === 0 ? undefined : await findObstacle(plan.files);
  return { plan, journal, skipped, bytes, bytesDone: bytes - missing, obstacle };
}

function statusJson({ plan, journal, skipped, bytes, bytesDone, obstacle }: Status): string {
  const json = {
    complete: journal.missing.length === 0 && !skipped,
    ...(skipped && { skipped: skippedJson(skipped) }),
    blocks: plan.grid.blocks,
    blocksDone: journal.blocksDone,
    bytes,
    bytesDone,
    ...tallyOf(plan.spec).totalsFields(rowsDone(journal), inputOf(plan)),
    files: plan.files.length - (skipped?.files ?? 0),
    starts: journal.starts,
    hosts: journal.hosts,
    missing: journal.missing,
    obstacle: obstacle ?? null,
    ignoredLines: journal.ignoredLines,
  };
  return `${printableJson(stringify(json) ?? '')}\n`;
}

function statusText({ plan, journal, skipped, bytes, bytesDone, obstacle }: Status): string {
  const { blocks } = plan.grid;
  const complete = journal.missing.length === 0;
  const totals = tallyOf(plan.spec).lines(rowsDone(journal), inputOf(plan));
  const shownHosts = journal.hosts.map((host) => printable(Buffer.from(host))).join(', ');
  const lines = [
    complete
      ? `complete${skipped ? ', but for the skipped files' : ''}`
      : `not complete; ${wayOn(obstacle)}${checkedOf(plan)}`,
    ...(skipped ? [`skipped  ${skipped.files} of ${plan.files.length} files${firstOf(skipped)}`] : []),
    `blocks   ${journal.blocksDone} of ${blocks}`,
    `bytes    ${bytesDone} of ${bytes}`,
    `ranks    ${journal.starts} started so far, on ${shownHosts || 'no host'}`,
    complete ? 'totals' : 'totals so far, not those of all bytes',
    ...Array.from(totals, ({ counters, names }) => counters + names.map(printable).join('\t')),
  ];
  if (journal.ignoredLines > 0) lines.push(`${journal.ignoredLines} torn, damaged or foreign lines were ignored`);
  return `${lines.join('\n')}\n`;
}

function firstOf({ first: [first] }: SkippedInput): string {
  return first ? `; the first: ${printable(first.path)}: ${first.reason}` : '';
}

function inputOf({ files }: Plan): CountedInput {
  return { files, streams: [], bytes: files.bytes };
}

/** Returns how to continue a count that ended before it was complete. */
function wayOn(obstacle: Obstacle | undefined): string {
  if (!obstacle) return 'to go on, give the same command with --resume';
  const anew = 'count anew with another --log-dir';
  const { kind, what } = obstacle;
  switch (kind) {
    case 'grown':
      return `${what}; if it only grew, give the same command with --resume --allow-growth, or ${anew}`;
    case 'missing':
      return `it cannot be resumed from here: ${what}`;
    case 'changed':
      return `it cannot be resumed: ${what}; ${anew}`;
  }
}

function checkedOf({ files: { length } }: Plan): string {
  return length <= maxCheckedFiles
    ? ''
    : ` (of ${length} files, the first ${maxCheckedFiles} were checked for changes)`;
}
