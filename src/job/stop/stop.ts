import { setImmediate as nextTurn } from 'node:timers/promises';

import { clockTime } from '../../base/clock.ts';
import type { ControlChannel } from '../control/control-channel.ts';

// The signals with which schedulers announce the end of a job, and SIGHUP, which a closed terminal sends. SIGUSR1 is missing because
// it starts Node's debugger.
export const stopSignals = ['SIGTERM', 'SIGINT', 'SIGUSR2', 'SIGHUP'] as const;

// The same signal can arrive twice, from launcher and scheduler.
const sameSignalMilliseconds = 500;
const deadlineCheckMilliseconds = 50;

/**
 * Requests a stop on all ranks when any rank gets a signal or the time limit is reached. A rank with a signal sends a message to
 * rank 0, which sends one to every other rank: at most two messages per rank, even if all ranks are signalled simultaneously.
 * A second signal ends this process immediately, and with it the job, unless it arrives so soon that it is a copy of the first.
 * SIGHUP is neither a first nor a second one in this: shell and kernel each send it when a terminal is closed, and a launcher that
 * gets it sends SIGTERM, all at times of their own.
 */
export class StopCoordinator {
  readonly #controller = new AbortController();
  #signalled: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;
  #channel: ControlChannel | undefined;
  #deadlineTimer: NodeJS.Timeout | undefined;

  /** Aborted when the job is to stop. Its reason is a text for a person. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Starts to catch signals; other ranks learn of them after connect(). Call this before MPI_Init, which takes up to seconds: a
   * signal that is not caught kills the rank, and with it a job that could have stopped in an orderly way.
   */
  arm(): void {
    for (const signal of stopSignals) process.on(signal, this.#onSignal);
  }

  /** Restores the default action of signals, for a job that cannot be stopped, and repeats a signal that was caught before. */
  async disarm(): Promise<void> {
    // Node delivers a signal in the next turn of its event loop and drops it if the listener is gone by then.
    await nextTurn();
    this.#actByDefault();
  }

  #actByDefault(): void {
    for (const signal of stopSignals) process.off(signal, this.#onSignal);
    if (this.#signalled) process.kill(process.pid, this.#signalled.signal);
  }

  /**
   * Connects this rank with the others. Every rank must call this, right after the channel was opened.
   * @param stopAt When to stop, in milliseconds since 1970; only rank 0 uses it.
   */
  connect(channel: ControlChannel, stopAt: number | undefined): void {
    this.#channel = channel;
    channel.on('stop', ({ reason }) => {
      this.#stop(reason);
    });
    if (channel.rank === 0 && stopAt !== undefined) {
      // One timer for the whole time would not do: timers hold 25 days at most, and the clock may be set meanwhile.
      this.#deadlineTimer = setInterval(() => {
        if (Date.now() >= stopAt) this.#stop('its time is nearly up');
      }, deadlineCheckMilliseconds).unref();
    }
    if (this.#signalled) this.#stop(describe(this.#signalled.signal, channel));
  }

  /** Ends the watch for the deadline, and makes a first signal have no effect. Call this after the channel was closed. */
  disconnect(): void {
    clearInterval(this.#deadlineTimer);
    this.#channel = undefined;
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    const at = clockTime();
    const before = this.#signalled;
    if (!before || before.signal === 'SIGHUP') {
      this.#signalled = { signal, at };
      if (this.#channel) this.#stop(describe(signal, this.#channel));
    } else if (signal !== 'SIGHUP' && at - before.at > sameSignalMilliseconds) {
      this.#signalled = { signal, at };
      this.#actByDefault();
    }
  };

  #stop(reason: string): void {
    if (this.signal.aborted) return;
    this.#controller.abort(reason);
    const channel = this.#channel;
    if (channel) announce(channel, reason);
  }
}

function describe(signal: NodeJS.Signals, { rank }: ControlChannel): string {
  return `${signal} on rank ${rank}`;
}

function announce(channel: ControlChannel, reason: string): void {
  const message = { type: 'stop', reason } as const;
  if (channel.rank !== 0) channel.send(message, 0);
  else for (let other = 1; other < channel.size; other += 1) channel.send(message, other);
}
