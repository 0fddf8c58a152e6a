import { clockTime } from '../base/clock.ts';
import type { Communicator } from '../mpi/communicator.ts';

// The election needs a communicator without other point-to-point messages.
const claimTag = 1;
const grantTag = 2;
const denialTag = 3;

// If an arbiter does not answer because it is busy or hangs, the next one is asked.
const arbiters = 2;
const answerMilliseconds = 1000;
const servePollMilliseconds = 50;
const waitPollMilliseconds = 5;

/** The outcome of a claim; `'unanswered'` if no arbiter answers in time. */
export type Claim = 'granted' | 'denied' | 'unanswered';

/**
 * Chooses one of the ranks that fail at the same time, so that a job reports one error. A rank that fails claims this from
 * rank 0, which grants the first claim and denies all others. Rank 1 does the same for ranks that rank 0 does not answer.
 * Messages are only probed and never received, so that a failed rank needs no event loop; the job ends by MPI_Abort.
 */
export class SpeakerElection {
  readonly #world: Communicator;
  readonly #answered = new Set<number>();
  #speaker: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(world: Communicator) {
    this.#world = world;
  }

  /** Answers claims while this rank works, until stop(). */
  serve(): void {
    if (!this.#isArbiter || this.#world.size === 1) return;
    this.#timer = setInterval(() => {
      this.#answer();
    }, servePollMilliseconds).unref();
  }

  /** Stops answering. Call this before MPI_Finalize, after which no message can be probed. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /**
   * Claims to report the error of this rank; blocks for some seconds at most.
   * @param pause Blocks for some milliseconds.
   */
  claim(pause: (milliseconds: number) => void): Claim {
    const { rank, size } = this.#world;
    for (let arbiter = 0; arbiter < Math.min(arbiters, size); arbiter += 1) {
      if (arbiter === rank) {
        this.#speaker ??= rank;
        return this.#speaker === rank ? 'granted' : 'denied';
      }
      this.#send(arbiter, claimTag);
      const answer = this.#wait(answerMilliseconds, pause, () => this.#answerOf(arbiter));
      if (answer) return answer;
    }
    return 'unanswered';
  }

  /** Blocks for a time and answers the claims of other ranks meanwhile. */
  hold(milliseconds: number, pause: (milliseconds: number) => void): void {
    this.#wait(milliseconds, pause, () => undefined);
  }

  get #isArbiter(): boolean {
    return this.#world.rank < arbiters;
  }

  #wait<T>(milliseconds: number, pause: (milliseconds: number) => void, look: () => T | undefined): T | undefined {
    const end = clockTime() + milliseconds;
    for (;;) {
      if (this.#isArbiter) this.#answer();
      const found = look();
      if (found !== undefined || clockTime() >= end) return found;
      pause(waitPollMilliseconds);
    }
  }

  #answerOf(arbiter: number): Claim | undefined {
    if (this.#world.probe(arbiter, grantTag)) return 'granted';
    if (this.#world.probe(arbiter, denialTag)) return 'denied';
    return undefined;
  }

  #answer(): void {
    const first = this.#world.probe('any', claimTag);
    if (!first) return;
    this.#speaker ??= first.source;
    for (let rank = 0; rank < this.#world.size; rank += 1) {
      if (this.#answered.has(rank) || !this.#world.probe(rank, claimTag)) continue;
      this.#answered.add(rank);
      this.#send(rank, rank === this.#speaker ? grantTag : denialTag);
    }
  }

  #send(rank: number, tag: number): void {
    // A message that cannot be sent has the same effect as an arbiter that does not answer.
    this.#world.send(Uint8Array.of(0), rank, tag).catch(() => undefined);
  }
}
