import { Layout } from '../corpus/grid.ts';
import type { LoggedEvent } from '../job/journal/event-codec.ts';
import { rowsDone } from '../job/journal/job-state.ts';
import type { JournalObserver } from '../job/journal/journal.ts';
import type { Plan } from '../job/plan/plan.ts';
import { patternsOf, tallyOf } from '../tally/tallies.ts';
import { CounterTable } from './counter-table.ts';
import { DispersionCounter, type Dispersion } from './dispersion.ts';
import { extentOf } from './extent.ts';
import { GroupEvenness } from './group-evenness.ts';
import { groupSizes } from './group-sizes.ts';
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
  /** The groups by which counts are broken down; undefined if they are not. */
  readonly groups: GroupEvenness | undefined;
  readonly counters: CounterTable;
  /** The number of all records; undefined if they are not counted. */
  readonly records: bigint | undefined;
}

/**
 * Reads a log folder. The memory that it needs depends on the plan, on the number of ranks, and on the counts of groups that are not zero.
 * @throws ResumeError if the folder has no readable plan, or its rank logs have no blocks.
 */
export async function readReport(logDir: Buffer): Promise<Report> {
  const collector = new Collector();
  const progress = await readProgress(logDir, collector);
  const { stints, dispersion } = collector.collected(progress.plan);
  return {
    ...progress,
    runs: runsOf(stints.all),
    omitted: stints.omitted,
    dispersion,
    ...countersOf(progress, dispersion),
  };
}

function countersOf(
  { plan, journal }: CountProgress,
  dispersion: Dispersion,
): Pick<Report, 'groups' | 'counters' | 'records'> {
  const tally = tallyOf(plan.spec);
  const rows = rowsDone(journal);
  const names = patternsOf(plan.spec) ?? { patterns: tally.counterNames() };
  const groups =
    tally.grouping &&
    new GroupEvenness(rows, names.patterns.ends.length, groupSizes(plan, tally.grouping, journal.missing, rows));
  const totals = rows.sum();
  const records = tally.recordCounts?.(totals, plan);
  const counters = new CounterTable({ names, totals, records, dispersion, groups });
  return { groups, counters, records: records?.all };
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
