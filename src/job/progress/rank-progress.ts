import { clockTime } from '../../base/clock.ts';
import { Layout } from '../../corpus/grid.ts';
import type { Session } from '../../mpi/session.ts';
import { eachNonZero, type Counters } from '../../tally/counters.ts';
import { occurrencesIn, patternsOf, tallyOf } from '../../tally/tallies.ts';
import type { ControlChannel } from '../control/control-channel.ts';
import type { ProgressMessage } from '../control/control-message.ts';
import type { Job, PreparedJob } from '../job.ts';
import { rowsDone } from '../journal/job-state.ts';
import { JobProgress, type ProgressSink } from './job-progress.ts';

// The progress of a job: each rank reports to rank 0 now and then, without waiting for any other.

// Rank 0 gets at most so many reports in a second, whatever the number of ranks: the time between two reports of a rank grows with it.
// A report costs rank 0 some 10 us (bench/scaling.md), so that is 1 % of one of its cores. Through a tree of ranks it would get fewer, but
// each rank on the way would have to add up and send on, for what is spent on one core in all now.
const reportsPerSecond = 1000;
const leastInterval = 500; // in milliseconds

/** Returns the time between two reports of a rank, in milliseconds. */
export function intervalFor(ranks: number): number {
  return Math.max(leastInterval, (1000 * ranks) / reportsPerSecond);
}

/** The number of counters in a row of the tally, and of those that count occurrences, which are the first. */
interface RowOfCounters {
  readonly width: number;
  readonly occurrences: number;
}

/** Adds up the bytes and occurrences that this rank has counted, and reports them to rank 0. */
export class RankProgress {
  readonly #report: (message: ProgressMessage) => void;
  readonly #host: string;
  readonly #row: RowOfCounters;
  readonly #begun = clockTime();
  readonly #first: number;
  readonly #interval: number;
  #timer: NodeJS.Timeout | undefined;
  #bytes = 0;
  #text = 0;
  #found = 0;
  #isNew = true; // so that rank 0 learns on which host the rank is

  /** @param first The time up to the first report: another one for each rank, so that reports arrive evenly. */
  constructor(options: {
    readonly report: (message: ProgressMessage) => void;
    readonly host: string;
    readonly row: RowOfCounters;
    readonly interval: number;
    readonly first: number;
  }) {
    this.#report = options.report;
    this.#host = options.host;
    this.#row = options.row;
    this.#first = options.first;
    this.#interval = options.interval;
  }

  /** This rank begins to count, or goes on in another round: blocks that are counted again are reported again. */
  begin(): void {
    this.#isNew = true;
    this.#timer = setTimeout(() => {
      this.#tell(false);
      this.#timer = setInterval(() => {
        this.#tell(false);
      }, this.#interval).unref();
    }, this.#first).unref();
  }

  /** Adds a block that is counted. @param text The size of its text. */
  add(bytes: number, text: number, counts: Counters): void {
    this.#bytes += bytes;
    this.#text += text;
    this.#isNew = true;
    const { width, occurrences } = this.#row;
    if (occurrences === 0) return;
    eachNonZero(counts, (index, count) => {
      if (index % width < occurrences) this.#found += Number(count);
    });
  }

  /** This rank has counted all that it was assigned. */
  done(): void {
    clearTimeout(this.#timer);
    this.#isNew = true;
    this.#tell(true);
  }

  #tell(isDone: boolean): void {
    if (!this.#isNew) return;
    this.#isNew = false;
    const seconds = (clockTime() - this.#begun) / 1000;
    this.#report({
      type: 'progress',
      bytes: this.#bytes,
      text: this.#text,
      found: this.#found,
      seconds,
      isDone,
      host: this.#host,
    });
  }
}

/**
 * Begins to report the progress of this rank; undefined if the job has no progress. Every rank must call this, in the turn of the event loop
 * in which the channel was opened.
 * @param sink Shows the progress. It is used on rank 0 only.
 */
export function openProgress(
  session: Session,
  { prepared, job }: { readonly prepared: PreparedJob | undefined; readonly job: Job },
  channel: ControlChannel | undefined,
  sink: ProgressSink | undefined,
): RankProgress | undefined {
  const { plan, settings } = job;
  if (!channel || !settings.hasProgress) return undefined;
  const { rank, size } = channel;
  const interval = intervalFor(size);
  const row = { width: tallyOf(plan.spec).width, occurrences: patternsOf(plan.spec)?.patterns.ends.length ?? 0 };
  const options = { host: session.host, row, interval, first: (interval * (rank + 1)) / size };
  if (rank > 0) {
    return new RankProgress({ ...options, report: (message) => channel.send(message, 0) });
  }
  const progress = new JobProgress({
    ...totalsOf(prepared),
    ranks: size,
    interval,
    now: clockTime(),
  });
  channel.on('progress', (message, from) => {
    progress.take(message, from, clockTime());
  });
  sink?.begin(progress);
  return new RankProgress({
    ...options,
    interval: leastInterval,
    report: (message) => {
      progress.take(message, 0, clockTime());
    },
  });
}

/** Returns the sizes of the corpus and of the part of it that earlier runs have counted, and the number of occurrences that these found. */
function totalsOf(prepared: PreparedJob | undefined): { total: number; before: number; found: number | undefined } {
  if (!prepared) return { total: 0, before: 0, found: undefined };
  const { plan, missing, settings, counted, pending } = prepared;
  const found = occurrencesIn(rowsDone({ totals: counted, pending }), plan.spec);
  const total = plan.files.bytes;
  // A layout takes memory for each file.
  const before = settings.resumed ? total - new Layout(plan.files.parts, plan.grid).bytes(missing) : 0;
  return { total, before, found };
}
