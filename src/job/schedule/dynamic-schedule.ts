import { clockTime } from '../../base/clock.ts';
import { countBlocksIn } from '../../corpus/grid.ts';
import { onAbort } from '../stop/until-stopped.ts';
import { blocksOf } from './checked-assignment.ts';
import type { AssignedBlock, CheckedAssignment, Schedule } from './schedule.ts';

// The time from a request to the assignment that answers it, before one was measured: both wait for a poll of the control channel.
const usualRoundTrip = 10;

// This rank asks for more so many round trips before it has nothing left to count, since a round trip may take longer than the one before.
const roundTripsAhead = 2;
const maxTimer = 2 ** 31 - 1; // in milliseconds; Node treats longer times as 1 ms

/**
 * Ranks are assigned further blocks while they count. This rank asks for them a little before it has nothing left to count, by the speed
 * at which it has counted so far and the time that the last answer took: early enough that it does not wait, and so late that a slow
 * rank does not hold blocks that others could count. It asks for at least as many blocks as it counts in that time. If rank 0 takes
 * longer to answer, ranks thus ask for more blocks at a time, and less often.
 */
export class DynamicSchedule implements Schedule {
  readonly bytes: number;
  readonly #threads: number;
  readonly #ask: (blocks: number) => Promise<CheckedAssignment>;
  readonly #stop: AbortSignal;
  readonly #stopped: Promise<void>;
  readonly assignments: CheckedAssignment[] = [];
  /** The blocks of each assignment from which not all were begun. */
  readonly #blocks: Iterator<AssignedBlock, void>[] = [];
  #asking: Promise<void> | undefined;
  #isComplete = false;
  #assigned = 0;
  /** The number of blocks that were begun, and the sum of their bytes. */
  #begun = 0;
  #bytesBegun = 0;
  /** The bytes of the blocks that were assigned and not begun. */
  #bytesLeft = 0;
  #timer: NodeJS.Timeout | undefined;
  #start: number | undefined;
  #roundTrip = usualRoundTrip;

  /**
   * @param first The assignment of this rank before counting began.
   * @param options.bytes The number of bytes that this rank will probably count.
   * @param options.threads The number of blocks that it counts concurrently.
   * @param options.ask Asks for at least so many blocks, and checks the files of the assignment; one without blocks is the last.
   */
  constructor(
    first: CheckedAssignment,
    options: {
      readonly bytes: number;
      readonly threads: number;
      readonly ask: (blocks: number) => Promise<CheckedAssignment>;
      readonly stop: AbortSignal;
    },
  ) {
    this.bytes = options.bytes;
    this.#threads = options.threads;
    this.#ask = options.ask;
    this.#stop = options.stop;
    this.#stopped = new Promise((resolve) => {
      onAbort(options.stop, () => {
        clearTimeout(this.#timer);
        resolve();
      });
    });
    this.#take(first);
  }

  get assigned(): number {
    return this.#assigned;
  }

  next(): AssignedBlock | undefined | Promise<AssignedBlock | undefined> {
    if (this.#stop.aborted) return undefined;
    this.#start ??= clockTime();
    const next = this.#nextInHand();
    this.#bytesLeft -= next?.block.bytes ?? 0;
    if (!this.#isComplete && !this.#asking) this.#askInTime(next);
    this.#bytesBegun += next?.block.bytes ?? 0;
    this.#begun += next ? 1 : 0;
    return next ?? (this.#asking && this.#whenAssigned(this.#asking));
  }

  #nextInHand(): AssignedBlock | undefined {
    for (;;) {
      const [blocks] = this.#blocks;
      if (!blocks) return undefined;
      const next = blocks.next();
      if (next.value) return next.value;
      this.#blocks.shift();
    }
  }

  /** Asks for blocks soon before this rank has nothing left. @param next The block that it begins now, if it has one. */
  #askInTime(next: AssignedBlock | undefined): void {
    clearTimeout(this.#timer);
    const elapsed = clockTime() - (this.#start ?? 0);
    const ahead = roundTripsAhead * this.#roundTrip;
    const blocksAhead = elapsed > 0 ? Math.ceil((ahead * this.#begun) / elapsed) : 0;
    // The speed is not known before a block is counted.
    const isKnown = next !== undefined && this.#bytesBegun > 0;
    const left = isKnown ? ((this.#bytesLeft + next.block.bytes) * elapsed) / this.#bytesBegun : 0;
    const ask = () => {
      this.#asking = this.#askFor(Math.max(this.#threads, blocksAhead));
      this.#asking.catch(() => undefined); // whoever waits for the blocks reports it
    };
    if (left <= ahead) ask();
    else this.#timer = setTimeout(ask, Math.min(left - ahead, maxTimer)).unref();
  }

  async #askFor(blocks: number): Promise<void> {
    const start = clockTime();
    const assignment = await this.#ask(blocks);
    this.#roundTrip = clockTime() - start;
    this.#take(assignment);
    this.#asking = undefined;
  }

  #take(assignment: CheckedAssignment): void {
    const count = countBlocksIn(assignment.slice);
    if (count === 0) this.#isComplete = true;
    this.#assigned += count;
    this.#bytesLeft += assignment.layout.bytes(assignment.slice);
    this.assignments.push(assignment);
    this.#blocks.push(blocksOf(assignment));
  }

  async #whenAssigned(asking: Promise<void>): Promise<AssignedBlock | undefined> {
    await Promise.race([asking, this.#stopped]);
    return this.next();
  }
}
