import type { Communicator } from '../mpi/communicator.ts';

// Schedulers announce the end of a job with one of these. Not SIGUSR1, which starts Node's debugger.
const signals = ['SIGTERM', 'SIGINT', 'SIGUSR2'] as const;

// Launchers and schedulers may pass the same signal on along two ways.
const sameSignalMilliseconds = 500;
const pollMilliseconds = 50;
const longestTimer = 2 ** 31 - 1;

/** Tells a rank that the job is to stop: because of a signal to any rank, or of the time. */
export interface StopNotice {
  /** Why, for a person; undefined as long as the job goes on. */
  readonly reason: string | undefined;
  /** Resolves when the job is to stop. */
  readonly requested: Promise<void>;
  /** From now on signals do what they do by default. */
  close(): void;
}

/** Never. */
export const noStop: StopNotice = {
  reason: undefined,
  requested: new Promise(() => undefined),
  close: () => undefined,
};

/**
 * Listens for the end on this rank, and has all ranks know of it. A rank that learns of it tells rank 0, which tells all others:
 * one message for each rank, also when all are signalled at once. Every rank must call this.
 * A second signal ends this process at once, and with it the job.
 * @param channel Used for nothing else.
 * @param seconds Until when to stop by the clock; looked at on rank 0 only.
 */
export function listenForStop(channel: Communicator, seconds: number | undefined): StopNotice {
  return new SharedStop(channel, seconds);
}

class SharedStop implements StopNotice {
  reason: string | undefined;
  readonly requested: Promise<void>;
  readonly #channel: Communicator;
  readonly #poll: NodeJS.Timeout;
  readonly #clock: NodeJS.Timeout | undefined;
  #resolve: () => void = () => undefined;
  #signalled: number | undefined;

  constructor(channel: Communicator, seconds: number | undefined) {
    this.#channel = channel;
    this.requested = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    for (const signal of signals) process.on(signal, this.#onSignal);
    this.#poll = setInterval(this.#onPoll, pollMilliseconds).unref();
    if (channel.rank === 0 && seconds !== undefined) {
      const wait = Math.min(seconds * 1000, longestTimer);
      this.#clock = setTimeout(() => this.#stop('its time is nearly up', undefined), wait).unref();
    }
  }

  close(): void {
    for (const signal of signals) process.off(signal, this.#onSignal);
    clearInterval(this.#poll);
    clearTimeout(this.#clock);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (this.#signalled === undefined) {
      this.#signalled = now;
      this.#stop(`${signal} on rank ${this.#channel.rank}`, undefined);
    } else if (now - this.#signalled > sameSignalMilliseconds) {
      this.close();
      process.kill(process.pid, signal);
    }
  };

  readonly #onPoll = (): void => {
    const from = this.#channel.probe();
    if (from === undefined) return;
    const message = Buffer.alloc(messageBytes);
    void this.#channel.receive(message, from).then(() => {
      this.#stop(message.toString().replace(/\0+$/, ''), from);
    });
  };

  #stop(reason: string, from: number | undefined): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    this.#resolve();
    const { rank, size } = this.#channel;
    const message = Buffer.alloc(messageBytes);
    message.write(reason);
    const others =
      rank === 0 ? Array.from({ length: size - 1 }, (_, index) => index + 1) : from === undefined ? [0] : [];
    for (const other of others) if (other !== from) void this.#channel.send(message, other);
  }
}

const messageBytes = 64;
