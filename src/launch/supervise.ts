import type { Child, Ending } from './system.ts';

/** The requests that schedulers and users make by signals; see cli/launch/launch.ts. */
export interface Requests {
  /** The job should stop early, to be resumed. */
  stop: boolean;
  /** The job ends: scancel, qdel, the time limit, Ctrl-C, a closed terminal. */
  end: boolean;
  /**
   * Whether the launcher did not get the signal itself, so that it has to be passed on. `late`: it may have got it, and gets it
   * when it does not end by itself.
   */
  passOn: boolean | 'late';
}

export interface Watched {
  /** The signal that makes the ranks stop early; undefined if the job could not be resumed. */
  readonly stopSignal: NodeJS.Signals | undefined;
  /** Whether a launcher that hangs has to be killed here; schedulers kill all processes of a job that they end. */
  readonly isByHand: boolean;
  /** Returns whether the program has written its outcome. */
  hasOutcome(): boolean;
}

/** No stop signal is sent in the first seconds: launchers that are signalled while they start ranks die or hang. */
export const quietSeconds = 5;
/** The time a launcher has to end after a stop signal. Open MPI 4's mpirun can hang in its own finalize after a signal. */
export const stopSeconds = 60;
/** The time a launcher has to end after the program has written its outcome. */
export const outcomeSeconds = 60;
/**
 * The time a launcher has to end by itself before a signal is passed on that it may have got. Open MPI 4's mpirun takes a second
 * signal within 5 seconds as an order to kill the ranks.
 */
export const lateSeconds = 6;
const looksForOutcomeEvery = 2;

/** How a launcher ended, and whether it had been signalled to stop. */
export interface Supervised {
  readonly ending: Ending;
  readonly signalled: boolean;
}

/** Waits for a launcher, passes requests on to it, and kills it if it hangs. */
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
  /** The second at which the launcher is killed if it is still running. */
  #patience = Infinity;
  /** The second in which the end of the job was requested. */
  #endsSince: number | undefined;
  #isPassedOn = false;
  #sawOutcome = false;
  signalled = false;

  constructor(child: Child, requests: Requests, watched: Watched) {
    this.#child = child;
    this.#requests = requests;
    this.#watched = watched;
  }

  /** Runs once per second. */
  tick(): void {
    this.#seconds += 1;
    const { stopSignal } = this.#watched;
    if (this.#requests.stop && !this.signalled && stopSignal && this.#seconds >= quietSeconds) {
      this.signalled = true;
      this.#child.kill(stopSignal);
      this.#waitAtMost(stopSeconds);
    }
    if (this.#requests.end) this.#end(this.#requests);
    if (!this.#sawOutcome && this.#seconds % looksForOutcomeEvery === 0 && this.#watched.hasOutcome()) {
      this.#sawOutcome = true;
      this.#waitAtMost(outcomeSeconds);
    }
    if (this.#seconds >= this.#patience) this.#child.kill('SIGKILL');
  }

  #end({ passOn }: Requests): void {
    if (this.#endsSince === undefined) {
      this.#endsSince = this.#seconds;
      if (this.#watched.isByHand || passOn === 'late') this.#waitAtMost(stopSeconds);
    }
    const isLate = this.#seconds >= this.#endsSince + lateSeconds;
    if (!this.#isPassedOn && (passOn === true || (passOn === 'late' && isLate))) {
      this.#isPassedOn = true;
      this.#child.kill('SIGTERM');
    }
  }

  #waitAtMost(seconds: number): void {
    this.#patience = Math.min(this.#patience, this.#seconds + seconds);
  }
}
