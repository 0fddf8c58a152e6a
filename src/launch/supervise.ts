import type { Child, Ending } from './system.ts';

/** What schedulers and people ask of a job by signals; see cli/launch.ts. */
export interface Requests {
  /** To stop in time, and go on later. */
  stop: boolean;
  /** To end: scancel, qdel, the end of the job's time, Ctrl-C. */
  end: boolean;
  /** Whether the launcher does not know of the end, so that it has to be told. */
  passOn: boolean;
}

export interface Watched {
  /** The signal that has the ranks stop; undefined where a job that stops could not be resumed. */
  readonly stopSignal: NodeJS.Signals | undefined;
  /** Whether nobody else ends a launcher that does not end: schedulers kill all processes of a job that they have ended. */
  readonly isByHand: boolean;
  /** Whether the program has left its outcome. */
  hasOutcome(): boolean;
}

/** Launchers that are signalled while they start ranks die or hang, and one that hangs would cost the rest of the time. */
export const quietSeconds = 5;
/** How long a launcher may go on after it was told to stop. Open MPI 4's mpirun can hang in its own finalize after a signal. */
export const stopSeconds = 60;
/** How long it may go on after the program has left its outcome. */
export const outcomeSeconds = 60;
const looksForOutcomeEvery = 2;

/** How a launcher ended, and what had been asked of it. */
export interface Supervised {
  readonly ending: Ending;
  readonly signalled: boolean;
}

/** Waits for a launcher, passes on what is asked of it, and ends it when it does not end. */
export async function supervise(child: Child, requests: Requests, watched: Watched): Promise<Supervised> {
  const watch = new Watch(child, requests, watched);
  const timer = setInterval(() => {
    watch.tick();
  }, 1000);
  const ending = await child.ended;
  clearInterval(timer);
  return { ending, signalled: watch.signalled };
}

class Watch {
  readonly #child: Child;
  readonly #requests: Requests;
  readonly #watched: Watched;
  #seconds = 0;
  /** When the launcher is ended, unless it ended before. */
  #patience = Infinity;
  #isEnding = false;
  #sawOutcome = false;
  signalled = false;

  constructor(child: Child, requests: Requests, watched: Watched) {
    this.#child = child;
    this.#requests = requests;
    this.#watched = watched;
  }

  /** Once a second. */
  tick(): void {
    this.#seconds += 1;
    const { stopSignal } = this.#watched;
    if (this.#requests.stop && !this.signalled && stopSignal && this.#seconds >= quietSeconds) {
      this.signalled = true;
      this.#child.kill(stopSignal);
      this.#waitAtMost(stopSeconds);
    }
    if (this.#requests.end && !this.#isEnding) {
      this.#isEnding = true;
      if (this.#requests.passOn) this.#child.kill('SIGTERM');
      if (this.#watched.isByHand) this.#waitAtMost(stopSeconds);
    }
    if (!this.#sawOutcome && this.#seconds % looksForOutcomeEvery === 0 && this.#watched.hasOutcome()) {
      this.#sawOutcome = true;
      this.#waitAtMost(outcomeSeconds);
    }
    if (this.#seconds >= this.#patience) this.#child.kill('SIGKILL');
  }

  #waitAtMost(seconds: number): void {
    this.#patience = Math.min(this.#patience, this.#seconds + seconds);
  }
}
