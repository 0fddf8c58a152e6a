import { constants, promises, type Dirent } from 'node:fs';

import { printable } from '../../base/bytes.ts';
import { readFailure } from '../../base/system-error.ts';
import { dividesFile, Layout } from '../../corpus/grid.ts';
import { findsGroups } from '../../tally/row-keys.ts';
import { tallyOf } from '../../tally/tallies.ts';
import { joinPath } from '../durable/output-error.ts';
import { identityOf } from '../plan/plan-file.ts';
import type { Plan, SkippedFiles } from '../plan/plan.ts';
import { ResumeError } from './errors.ts';
import { decodeEvent, maxLineLength, type EventContext, type LoggedEvent } from './event-codec.ts';
import { isCurrent, JobState, type Journal } from './job-state.ts';
import { JournalLinks, type JournalChains } from './journal-chains.ts';

/** Sees what readJournal() reads. */
export interface JournalObserver {
  /** The rank logs are read from the beginning. Whatever was seen before is seen again. */
  begin(plan: Plan): void;
  /**
   * Sees the next event.
   * @param path The log that it comes from: the same object for all events of a log, which come one after the other.
   * @param isCounted Whether it is the event of a block, and the counts of this event are in the sum.
   */
  take(event: LoggedEvent, path: Buffer, isCounted: boolean): void;
}

/**
 * Reads all rank logs of a log folder one after the other. The memory it needs depends only on the number of blocks and on the tally.
 * Nothing in the folder is trusted: it reads only regular files of the expected names, and only lines with a valid seal.
 * @param skipped The files that are known to be skipped. If the logs tell of others, they are read a second time.
 * @throws ResumeError if a rank log cannot be read, or two lines contradict each other about the counts of a block.
 */
export async function readJournal(
  logDir: Buffer,
  plan: Plan,
  skipped?: SkippedFiles,
  observer?: JournalObserver,
): Promise<Journal> {
  const read = (take: TakeEvent) => readEvents(logDir, plan, identityOf(plan), take);
  let chains: JournalChains | undefined;
  const { parts } = plan.files.skipping(skipped?.keys() ?? []);
  if (dividesFile(parts, plan.grid)) {
    // Which lines count is known only when all links are.
    const layout = new Layout(parts, plan.grid);
    const links = new JournalLinks(layout, plan.grid);
    await read((event) => {
      if (event?.event === 'block' && isCurrent(event, layout)) links.take(event.block, event.link);
    });
    chains = links.chains();
  }
  const state = new JobState(plan, skipped, chains);
  observer?.begin(plan);
  await read((event, path) => {
    const isCounted = state.take(event, path);
    if (event) observer?.take(event, path, isCounted);
  });
  const journal = state.journal();
  return state.isOutdated ? readJournal(logDir, plan, journal.skipped, observer) : journal;
}

/** The rank logs that one of several readers reads: those of the ranks whose number is `rank` modulo `of`. */
export interface LogShare {
  readonly rank: number;
  readonly of: number;
}

/**
 * Reads a share of the rank logs, as readJournal() reads all, of a count whose blocks are independent of each other: without divided files, and
 * with one row of counters.
 * @param plan The plan; its files need not be there.
 * @returns What these logs tell; undefined if they tell of skipped files.
 */
export async function readShare(
  logDir: Buffer,
  plan: Plan,
  identity: string,
  share: LogShare,
): Promise<Journal | undefined> {
  const state = new JobState(plan);
  const skips: LoggedEvent[] = [];
  const take: TakeEvent = (event, path) => {
    if (event?.event === 'skip') skips.push(event);
    else state.take(event, path);
  };
  await readEvents(logDir, plan, identity, take, share);
  return skips.length > 0 ? undefined : state.journal();
}

type TakeEvent = (event: LoggedEvent | undefined, path: Buffer) => void;

/** Calls `take` with the event of each line of rank logs; with undefined for a line that is none. */
async function readEvents(
  logDir: Buffer,
  { spec, grid, files }: Plan,
  identity: string,
  take: TakeEvent,
  share: LogShare = { rank: 0, of: 1 },
): Promise<void> {
  const tally = tallyOf(spec);
  const context: EventContext = {
    identity,
    grid,
    width: tally.width,
    maxRows: findsGroups(tally) ? 'named' : tally.byFile ? Math.min(files.length, grid.blockSize) : 1,
  };
  const maxLength = maxLineLength(context, JSON.stringify(tally.startFields()).length);
  for await (const path of rankLogs(logDir, share)) {
    await readLines(path, maxLength, (line) => {
      const event = line === undefined ? undefined : decodeEvent(line, context);
      if (event !== 'unknown') take(event, path);
    }).catch((error: unknown) => {
      throw error instanceof ResumeError ? error : cannotRead(path, error);
    });
  }
}

/** Yields the paths of the rank logs of a share; see rank-log.ts for their names. */
async function* rankLogs(logDir: Buffer, { rank, of }: LogShare): AsyncGenerator<Buffer> {
  for (const folder of await entries(joinPath(logDir, 'ranks'))) {
    const folderName = folder.name.toString('latin1');
    if (!folder.isDirectory() || !/^\d{3,}$/.test(folderName)) continue;
    for (const file of await entries(joinPath(logDir, `ranks/${folderName}`))) {
      const fileName = file.name.toString('latin1');
      const [, number] = /^rank-(\d{6,})\.jsonl$/.exec(fileName) ?? [];
      if (!file.isFile() || number === undefined || Number(number) % of !== rank) continue;
      yield joinPath(logDir, `ranks/${folderName}/${fileName}`);
    }
  }
}

async function entries(folder: Buffer): Promise<Dirent<Buffer>[]> {
  // With names as strings, Node 20 fails on file systems that do not report the type of an entry (DT_UNKNOWN).
  return promises.readdir(folder, { withFileTypes: true, encoding: 'buffer' }).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw cannotRead(folder, error);
  });
}

/**
 * The maximum number of bytes by which a damaged line may exceed the longest valid one. A file with a hole of terabytes, which takes no
 * space, would be read for hours.
 */
const maxDamage = 2 ** 30;

/** Calls `take` with each line of a file, without its newline; with undefined for a line longer than `maxLength` bytes. */
async function readLines(path: Buffer, maxLength: number, take: (line: string | undefined) => void): Promise<void> {
  // If the file was replaced since it was listed, a link is not followed and a pipe does not block.
  const handle = await promises.open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    let pending: Buffer[] = [];
    let length = 0;
    const chunks: AsyncIterable<Buffer> = handle.createReadStream({ autoClose: false, highWaterMark: 256 * 1024 });
    for await (const chunk of chunks) {
      let begin = 0;
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, begin)) {
        const fits = length + end - begin <= maxLength;
        take(fits ? Buffer.concat([...pending, chunk.subarray(begin, end)]).toString() : undefined);
        [pending, length, begin] = [[], 0, end + 1];
      }
      length += chunk.length - begin;
      if (length > maxLength + maxDamage) throw endlessLine(path);
      if (length <= maxLength) pending.push(chunk.subarray(begin));
      else pending = [];
    }
    if (length > 0) take(length <= maxLength ? Buffer.concat(pending).toString() : undefined);
  } finally {
    await handle.close();
  }
}

function endlessLine(path: Buffer): ResumeError {
  return new ResumeError(
    `${printable(path)}: a line in it has no end, so it is no rank log; remove it, and what it may have counted is counted again`,
  );
}

function cannotRead(path: Buffer, error: unknown): ResumeError {
  return new ResumeError(`${printable(path)}: cannot be read: ${readFailure(error)}`, { cause: error });
}
