import type { LoggedEvent } from '../job/journal/event-codec.ts';
import type { BlockEvent } from '../job/journal/events.ts';
import type { JournalObserver } from '../job/journal/journal.ts';
import { Pace } from './pace.ts';

// What ranks did, from their events. A rank that is started again, since its job was resumed, appends to its log, so a log tells of one
// stint after the other.

/** What one rank did in one run of the job. Sizes are in bytes; times are in milliseconds since 1970, durations in seconds. */
export interface Stint {
  readonly rank: number;
  /** Empty if the start is not in the log. */
  host: string;
  /** The number of ranks; 0 if the start is not in the log. */
  ranks: number;
  cores: number;
  threads: number;
  /** When it began to count, and the time of its last event. */
  begun: number;
  last: number;
  /** The size of the slice that it was assigned before it began to count. */
  slice: number;
  /** What it has counted, blocks that it counted again included. */
  blocks: number;
  bytes: number;
  /** The size of the text in that. */
  text: number;
  /** The sums over its threads. */
  readSeconds: number;
  decodeSeconds: number;
  scanSeconds: number;
  /** When it had counted all that it was assigned, or stopped; undefined if it has not told. */
  counted: number | undefined;
  /** The time since the start of the job at which it had; see WaitingEvent. */
  countedAfter: number;
  /** The number of blocks that it was assigned and had not counted then. */
  blocksLeft: number;
  /** The time since the start of the job at which the reduction was done; undefined if it has not told. */
  endedAfter: number | undefined;
  /** The longest time between two of its events. */
  longestGap: number;
  /** How fast it counted in the course of time. */
  readonly pace: Pace;
}

// It bounds the memory to about a kilobyte each, for a job of 10,000 ranks that is resumed ten times.
const maxStints = 100_000;

/** Collects the stints of all rank logs. */
export class Stints implements JournalObserver {
  readonly all: Stint[] = [];
  /** The number of stints that are left out, since there are too many. */
  omitted = 0;
  #path: Buffer | undefined;
  #stint: Stint | undefined;

  begin(): void {
    this.all.length = 0;
    this.omitted = 0;
    this.#path = undefined;
    this.#stint = undefined;
  }

  /** Takes the next event of a rank log. Logs are read one after the other, each from its beginning. */
  take(event: LoggedEvent, path: Buffer): void {
    if (path !== this.#path) this.#stint = undefined;
    this.#path = path;
    // The line with a start may be torn.
    if (event.event === 'start' || !this.#stint) this.#add(path, event.time);
    if (this.#stint) add(this.#stint, event);
  }

  #add(path: Buffer, time: number): void {
    const stint = newStint(rankOf(path), time);
    this.#stint = stint;
    if (this.all.length < maxStints) this.all.push(stint);
    else this.omitted += 1;
  }
}

/** Returns the rank that writes a log, by its name. */
function rankOf(path: Buffer): number {
  return Number(/rank-(\d+)\.jsonl$/.exec(path.toString('latin1'))?.[1] ?? 0);
}

function newStint(rank: number, time: number): Stint {
  return {
    rank,
    host: '',
    ranks: 0,
    cores: 0,
    threads: 1,
    begun: time,
    last: time,
    slice: 0,
    blocks: 0,
    bytes: 0,
    text: 0,
    readSeconds: 0,
    decodeSeconds: 0,
    scanSeconds: 0,
    counted: undefined,
    countedAfter: 0,
    blocksLeft: 0,
    endedAfter: undefined,
    longestGap: 0,
    pace: new Pace(),
  };
}

function add(stint: Stint, event: LoggedEvent): void {
  stint.longestGap = Math.max(stint.longestGap, (event.time - stint.last) / 1000);
  stint.last = Math.max(stint.last, event.time);
  switch (event.event) {
    case 'start':
      stint.host = event.host;
      stint.ranks = event.size;
      stint.cores = event.cores;
      stint.threads = Math.max(1, event.threads);
      stint.slice = event.bytes;
      break;
    case 'block':
      stint.blocks += 1;
      stint.bytes += event.bytes;
      stint.text += event.textSize ?? event.bytes;
      stint.readSeconds += event.readSeconds;
      stint.decodeSeconds += event.decodeSeconds ?? 0;
      stint.scanSeconds += event.scanSeconds;
      stint.counted = undefined; // another round, if it had counted all before
      addToPace(stint, event);
      break;
    case 'waiting':
      stint.counted = event.time;
      stint.countedAfter = event.seconds;
      stint.blocksLeft = event.blocksLeft;
      break;
    case 'end':
      stint.endedAfter = event.seconds;
      break;
    case 'skip':
      break;
  }
}

/** Adds the bytes of a block over the time that it took, which ended with its event. */
function addToPace({ begun, pace }: Stint, event: LoggedEvent & BlockEvent): void {
  const { time, bytes, readSeconds, decodeSeconds = 0, scanSeconds } = event;
  const end = Math.max(0, (time - begun) / 1000);
  pace.add(Math.max(0, end - readSeconds - decodeSeconds - scanSeconds), end, bytes);
}
