import { printable } from '../base/bytes.ts';
import { chunksOf } from '../base/chunks.ts';
import { jsonParts } from '../base/json-parts.ts';
import { rowsDone } from '../job/journal/job-state.ts';
import { invalidJson, placeOf, type InvalidInput } from '../job/skip/invalid-lines.ts';
import { skippedJson, type SkippedInput } from '../job/skip/skipped-input.ts';
import { findObstacle, maxCheckedFiles, type Obstacle } from '../job/plan/obstacle.ts';
import type { Plan } from '../job/plan/plan.ts';
import { completeState, readProgress, type CountProgress } from '../report/read-progress.ts';
import { tallyOf } from '../tally/tallies.ts';
import type { CountedInput } from '../tally/tally.ts';

import { follow } from './follow.ts';
import { logFolderOf } from './log-folder-argument.ts';
import { splitArguments } from './options/split-arguments.ts';
import { status as command } from './options/status.ts';
import { valueOf } from './options/values.ts';
import { writeOut } from './standard-output.ts';

/** The progress of a count. */
interface Status extends CountProgress {
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
  const logDir = logFolderOf(command.name, rest);
  if (valueOf(command.options, given, 'follow')) await follow(logDir);
  const status = await readStatus(logDir);
  for (const chunk of chunksOf(format === 'json' ? statusJson(status) : statusText(status))) writeOut(chunk);
}

async function readStatus(logDir: Buffer): Promise<Status> {
  const progress = await readProgress(logDir);
  const { plan, journal } = progress;
  const obstacle = journal.missing.length === 0 ? undefined : await findObstacle(plan.files);
  return { ...progress, obstacle };
}

function* statusJson({
  plan,
  journal,
  skipped,
  invalid,
  bytes,
  bytesDone,
  obstacle,
}: Status): Generator<string | Uint8Array> {
  const json = {
    complete: journal.missing.length === 0 && !skipped && !invalid,
    ...(skipped && { skipped: skippedJson(skipped) }),
    ...(invalid && { invalid: invalidJson(invalid) }),
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
  yield* jsonParts(json);
  yield '\n';
}

function* statusText({ plan, journal, skipped, invalid, bytes, bytesDone, obstacle }: Status): Generator<string> {
  const { blocks } = plan.grid;
  const complete = journal.missing.length === 0;
  const totals = tallyOf(plan.spec).lines(rowsDone(journal), inputOf(plan));
  const shownHosts = journal.hosts.map((host) => printable(Buffer.from(host))).join(', ');
  const lines = [
    complete ? completeState({ skipped, invalid }) : `not complete; ${wayOn(obstacle)}${checkedOf(plan)}`,
    ...(skipped ? [`skipped  ${skipped.files} of ${plan.files.length} files${firstOf(skipped)}`] : []),
    ...(invalid ? [`invalid  ${invalid.lines} lines left out${firstLineOf(invalid)}`] : []),
    `blocks   ${journal.blocksDone} of ${blocks}`,
    `bytes    ${bytesDone} of ${bytes}`,
    `ranks    ${journal.starts} started so far, on ${shownHosts || 'no host'}`,
    complete ? 'totals' : 'totals so far, not those of all bytes',
  ];
  yield `${lines.join('\n')}\n`;
  for (const { counters, names } of totals) yield `${counters}${names.map(printable).join('\t')}\n`;
  if (journal.ignoredLines > 0) yield `${journal.ignoredLines} torn, damaged or foreign lines were ignored\n`;
}

function firstOf({ first: [first] }: SkippedInput): string {
  return first ? `; the first: ${printable(first.path)}: ${printable(Buffer.from(first.reason))}` : '';
}

function firstLineOf({ first: [first] }: InvalidInput): string {
  return first ? `; the first: ${placeOf(first)}` : '';
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
