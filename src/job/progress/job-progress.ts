import type { ProgressMessage } from '../control/control-message.ts';

/** Shows how far a job has got, on rank 0. */
export interface ProgressSink {
  /** Counting begins. @param progress Grows until end() is called. */
  begin(progress: JobProgress): void;
  /** All ranks have counted, or stop. */
  end(): void;
}

/** A rank that has counted nothing for a while. */
export interface StalledRank {
  readonly rank: number;
  /** Undefined if it has not reported yet. */
  readonly host: string | undefined;
  /** How long, in seconds. */
  readonly seconds: number;
}

/** How far a job has got, as its ranks report to rank 0. Sizes are in stored bytes, times in milliseconds of one clock. */
export class JobProgress {
  /** The bytes that all runs together count, and what earlier runs have counted. */
  readonly total: number;
  readonly before: number;
  readonly begun: number;
  /** The time between two reports of a rank. */
  readonly interval: number;
  /** How many occurrences all runs have found so far; undefined if the tally does not count occurrences. */
  found: number | undefined;
  /** For each rank, what it has counted in this run, how long that took in seconds, and when it reported something new. */
  readonly bytes: Float64Array;
  readonly seconds: Float64Array;
  readonly #text: Float64Array;
  readonly #moved: Float64Array;
  readonly #isDone: Uint8Array;
  readonly #found: Float64Array;
  readonly #hosts: (string | undefined)[] = [];

  constructor({
    total,
    before,
    ranks,
    interval,
    found,
    now,
  }: {
    readonly total: number;
    readonly before: number;
    readonly ranks: number;
    readonly interval: number;
    /** The number of occurrences that earlier runs have found; undefined if the tally does not count occurrences. */
    readonly found: number | undefined;
    readonly now: number;
  }) {
    this.total = total;
    this.before = before;
    this.begun = now;
    this.interval = interval;
    this.found = found;
    this.bytes = new Float64Array(ranks);
    this.seconds = new Float64Array(ranks);
    this.#text = new Float64Array(ranks);
    this.#moved = new Float64Array(ranks).fill(now);
    this.#isDone = new Uint8Array(ranks);
    this.#found = new Float64Array(ranks);
  }

  /** Takes the report of a rank. */
  take({ bytes, text, found, seconds, isDone, host }: ProgressMessage, rank: number, now: number): void {
    if (bytes > (this.bytes[rank] ?? 0)) this.#moved[rank] = now;
    this.bytes[rank] = bytes;
    this.seconds[rank] = seconds;
    this.#text[rank] = text;
    this.#isDone[rank] = isDone ? 1 : 0;
    this.#hosts[rank] = host;
    if (this.found !== undefined) this.found += found - (this.#found[rank] ?? 0);
    this.#found[rank] = found;
  }

  /** The number of bytes that are counted, those of earlier runs included. Blocks that are counted again do not make it more than all. */
  get done(): number {
    return Math.min(this.total, this.before + this.counted);
  }

  /** The number of bytes that are counted in this run. */
  get counted(): number {
    return this.bytes.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** The size of the text in the bytes that are counted in this run. */
  get text(): number {
    return this.#text.reduce((sum, bytes) => sum + bytes, 0);
  }

  hostOf(rank: number): string | undefined {
    return this.#hosts[rank];
  }

  /** Returns the rank that has counted nothing for the longest time, if that is longer than `patience`, in milliseconds. */
  stalled(now: number, patience: number): StalledRank | undefined {
    let longest = -1;
    for (const [rank, moved] of this.#moved.entries()) {
      if (this.#isDone[rank] === 0 && (longest < 0 || moved < (this.#moved[longest] ?? 0))) longest = rank;
    }
    const milliseconds = now - (this.#moved[longest] ?? now);
    if (milliseconds <= patience + this.interval) return undefined;
    return { rank: longest, host: this.#hosts[longest], seconds: milliseconds / 1000 };
  }
}
