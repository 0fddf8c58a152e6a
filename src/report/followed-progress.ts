import { clockTime, clockTimeOf } from '../base/clock.ts';
import { rowsDone } from '../job/journal/job-state.ts';
import type { StalledRank } from '../job/progress/job-progress.ts';
import { occurrencesIn } from '../tally/tallies.ts';
import type { ShownProgress } from './progress-text.ts';
import { readProgress } from './read-progress.ts';
import { runsOf, type RankOfRun } from './runs.ts';
import { Stints } from './stints.ts';

/** How far the latest run of a count has got, by its rank logs. Times are in milliseconds of the clock of clockTime(). */
export class FollowedProgress implements ShownProgress {
  total = 0;
  done = 0;
  counted = 0;
  begun = 0;
  found: number | undefined;
  readonly #logDir: Buffer;
  #ranks: readonly RankOfRun[] = [];

  constructor(logDir: Buffer) {
    this.#logDir = logDir;
  }

  /**
   * Reads the logs again.
   * @returns Whether the count is complete, or all ranks have told that they count no more.
   * @throws ResumeError if the folder has no readable plan, or its rank logs have no blocks.
   */
  async read(): Promise<boolean> {
    const stints = new Stints();
    const { plan, journal, bytes, bytesDone } = await readProgress(this.#logDir, stints);
    const run = runsOf(stints.all).at(-1);
    this.#ranks = run?.ranks ?? [];
    this.total = bytes;
    this.done = bytesDone;
    this.counted = this.#ranks.reduce((sum, rank) => sum + rank.bytes, 0);
    this.begun = run ? clockTimeOf(run.begun) : clockTime();
    this.found = occurrencesIn(rowsDone(journal), plan.spec);
    const size = this.#ranks[0]?.ranks ?? 0;
    const haveStopped = size > 0 && this.#ranks.filter(({ counted }) => counted !== undefined).length === size;
    return journal.missing.length === 0 || haveStopped;
  }

  stalled(now: number, patience: number): StalledRank | undefined {
    const counting = this.#ranks.filter(({ counted }) => counted === undefined);
    const [first, ...others] = counting;
    if (!first) return undefined;
    const { rank, host, last } = others.reduce((longest, each) => (each.last < longest.last ? each : longest), first);
    const milliseconds = now - clockTimeOf(last);
    return milliseconds > patience ? { rank, host, seconds: milliseconds / 1000 } : undefined;
  }
}
