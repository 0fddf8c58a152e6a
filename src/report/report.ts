import { stringsOf } from '../base/byte-strings.ts';
import { Layout } from '../corpus/grid.ts';
import type { LoggedEvent } from '../job/journal/event-codec.ts';
import { rowsDone } from '../job/journal/job-state.ts';
import type { JournalObserver } from '../job/journal/journal.ts';
import type { Plan } from '../job/plan/plan.ts';
import { tallyOf } from '../tally/tallies.ts';
import { DispersionCounter, evennessOf, type Dispersion, type Evenness } from './dispersion.ts';
import { extentOf } from './extent.ts';
import { readProgress, type CountProgress } from './read-progress.ts';
import { runsOf, type Run } from './runs.ts';
import { Stints } from './stints.ts';

/** What a log folder tells of a count: what happened, and where the patterns are. */
export interface Report extends CountProgress {
  /** In order. */
  readonly runs: readonly Run[];
  /** The number of stints that are left out of the runs, since there are too many. */
  readonly omitted: number;
  readonly dispersion: Dispersion;
  /** The counters whose counts along the corpus are known. */
  readonly counters: readonly CounterOfReport[];
  /** The number of all counters with a name. */
  readonly width: number;
}

/** A counter of the tally: a pattern, or one of the counters of `wc`. */
export interface CounterOfReport extends Evenness {
  readonly name: Uint8Array;
  /** Its total over all blocks that are done. */
  readonly total: bigint;
}

/**
 * Reads a log folder. The memory that it needs depends on the plan, on the number of ranks, and on the counts of groups that are not zero.
 * @throws ResumeError if the folder has no readable plan, or its rank logs have no blocks.
 */
export async function readReport(logDir: Buffer): Promise<Report> {
  const collector = new Collector();
  const progress = await readProgress(logDir, collector);
  const { stints, dispersion } = collector.collected(progress.plan);
  const totals = rowsDone(progress.journal).sum();
  const tally = tallyOf(progress.plan.spec);
  const names = tally.counterNames();
  const counters = [...stringsOf(names, dispersion.counters)];
  return {
    ...progress,
    runs: runsOf(stints.all),
    omitted: stints.omitted,
    dispersion,
    counters: counters.map((name, index) => ({ name, total: totals[index] ?? 0n, ...evennessOf(dispersion, index) })),
    width: names.ends.length,
  };
}

/** Collects what the report needs from the events. */
class Collector implements JournalObserver {
  readonly #stints = new Stints();
  #dispersion: DispersionCounter | undefined;
  #layout: Layout | undefined;

  begin(plan: Plan): void {
    this.#stints.begin();
    this.#dispersion = newDispersion(plan);
    this.#layout = new Layout(plan.files.parts, plan.grid);
  }

  take(event: LoggedEvent, path: Buffer, isCounted: boolean): void {
    this.#stints.take(event, path);
    if (event.event !== 'block' || !isCounted || !this.#layout) return;
    this.#dispersion?.add(event, extentOf(event, this.#layout));
  }

  collected(plan: Plan): { stints: Stints; dispersion: DispersionCounter } {
    return { stints: this.#stints, dispersion: this.#dispersion ?? newDispersion(plan) };
  }
}

function newDispersion({ grid, spec, files }: Plan): DispersionCounter {
  return new DispersionCounter(grid, tallyOf(spec).width, files.bytes);
}
