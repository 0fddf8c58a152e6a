import { slownessIn, type Slowness } from './slowness.ts';
import type { Stint } from './stints.ts';

/** The stint of a rank, beside those of the other ranks in its run. */
export interface RankOfRun extends Readonly<Stint> {
  /** The time from its start to its last block, in seconds. */
  readonly counting: number;
  /** The time that it has waited for others after its last block, in seconds; undefined if it has not got there. */
  readonly waiting: number | undefined;
  /** Why it takes longer than others; undefined if it does not. */
  readonly slow: Slowness | undefined;
}

/** One run of the job: it begins when the job is started, and again each time it is resumed. */
export interface Run {
  /** When the first rank began to count, and the time of the last event, in milliseconds since 1970. */
  readonly begun: number;
  readonly last: number;
  /** How it ended: all ranks told of their end, or that they stopped early; undefined if they did not, since it broke off or still runs. */
  readonly ending: 'done' | 'stopped' | undefined;
  /** In order. */
  readonly ranks: readonly RankOfRun[];
}

/**
 * Returns the runs of a job, in order. All ranks of a run begin within a moment, and before any of the next run: so a run ends where, in
 * the order of their beginnings, a rank would be in it twice, or its number of ranks would change.
 */
export function runsOf(stints: readonly Stint[]): Run[] {
  const runs: Stint[][] = [];
  let ranks = new Set<number>();
  let size = 0;
  for (const stint of [...stints].sort((one, other) => one.begun - other.begun || one.rank - other.rank)) {
    const isOther = size !== 0 && stint.ranks !== 0 && stint.ranks !== size;
    if (runs.length === 0 || isOther || ranks.has(stint.rank)) {
      runs.push([]);
      ranks = new Set();
      size = 0;
    }
    runs.at(-1)?.push(stint);
    ranks.add(stint.rank);
    if (stint.ranks !== 0) size = stint.ranks;
  }
  return runs.map(toRun);
}

function toRun(stints: readonly Stint[]): Run {
  const begun = stints.reduce((first, stint) => Math.min(first, stint.begun), Infinity);
  const last = stints.reduce((latest, stint) => Math.max(latest, stint.last), 0);
  const timed = stints.map((stint) => ({
    ...stint,
    counting: Math.max(0, (stint.counted ?? stint.last) - stint.begun) / 1000,
    waiting: waitingOf(stint, last),
  }));
  const slowness = slownessIn(timed, last);
  const ranks = timed.map((stint, index) => ({ ...stint, slow: slowness[index] }));
  return { begun, last, ending: endingOf(stints), ranks: ranks.sort((one, other) => one.rank - other.rank) };
}

function endingOf(stints: readonly Stint[]): Run['ending'] {
  if (stints.length < (stints[0]?.ranks ?? 0)) return undefined;
  if (stints.every(({ endedAfter }) => endedAfter !== undefined)) return 'done';
  const haveStopped = stints.every(({ counted }) => counted !== undefined);
  return haveStopped && stints.some(({ blocksLeft }) => blocksLeft > 0) ? 'stopped' : undefined;
}

/** @param last The time of the last event of the run, up to which a rank waits that has not told of the end. */
function waitingOf({ counted, countedAfter, endedAfter }: Stint, last: number): number | undefined {
  if (counted === undefined) return undefined;
  return Math.max(0, endedAfter === undefined ? (last - counted) / 1000 : endedAfter - countedAfter);
}
