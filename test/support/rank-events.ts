import type { LoggedEvent } from '../../src/job/journal/event-codec.ts';
import type { Plan } from '../../src/job/plan/plan.ts';
import { seal } from './log-folder.ts';
import { blockEvent, startEvent } from './events.ts';

/** When the jobs of tests begin, in milliseconds since 1970. */
export const beginning = Date.parse('2030-01-01T00:00:00Z');

/** What a rank of a test does. All times are in seconds since the beginning. */
export interface RankStory {
  readonly rank: number;
  readonly host: string;
  readonly ranks: number;
  readonly begun?: number;
  readonly slice?: number;
  readonly cores?: number;
  readonly threads?: number;
  /** Its blocks: when each is counted, and what it has. */
  readonly blocks?: readonly BlockStory[];
  /** When it has counted all; undefined if it has not. */
  readonly counted?: number | undefined;
  /** The number of blocks that it had not counted then, since it stopped early. */
  readonly left?: number;
  /** When the reduction is done; undefined if it is not. */
  readonly ended?: number | undefined;
}

export interface BlockStory {
  readonly block: number;
  readonly at: number;
  readonly counts?: readonly number[];
  readonly bytes?: number;
  readonly text?: number;
  readonly reading?: number;
  readonly decoding?: number;
  readonly scanning?: number;
}

/** Returns the events of a rank that does this. */
export function eventsOf(story: RankStory): LoggedEvent[] {
  const {
    rank,
    host,
    ranks,
    begun = 0,
    slice = 0,
    cores = 1,
    threads = 1,
    blocks = [],
    counted,
    left = 0,
    ended,
  } = story;
  const at = (seconds: number) => beginning + Math.round(1000 * seconds);
  return [
    { time: at(begun), ...startEvent({ rank, host, size: ranks, bytes: slice, cores, threads }) },
    ...blocks.map(
      ({ block, at: time, counts = [1, 0], bytes = 100, reading = 0, scanning = 0, ...more }): LoggedEvent => ({
        time: at(time),
        ...blockEvent({ block, counts, bytes, readSeconds: reading, scanSeconds: scanning }),
        decodeSeconds: more.decoding,
        textSize: more.text,
      }),
    ),
    ...(counted === undefined
      ? []
      : [{ time: at(counted), event: 'waiting', seconds: counted - begun, blocksLeft: left } as const]),
    ...(ended === undefined ? [] : [{ time: at(ended), event: 'end', seconds: ended - begun } as const]),
  ];
}

/** Returns the lines of a rank log with these events. */
export function linesOf(story: RankStory, plan: Plan): string[] {
  return eventsOf(story).map(({ time, ...event }) => seal({ time: new Date(time).toISOString(), ...event }, plan));
}
