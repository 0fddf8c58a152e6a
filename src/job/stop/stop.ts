import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

import type { Communicator } from '../../mpi/communicator.ts';

// The signals with which schedulers announce the end of a job. SIGUSR1 is missing because it starts Node's debugger.
export const stopSignals = ['SIGTERM', 'SIGINT', 'SIGUSR2'] as const;

// The same signal can arrive twice, from launcher and scheduler.
const sameSignalMilliseconds = 500;
const pollMilliseconds = 50;
const messageBytes = 64;

/**
 * Requests a stop on all ranks when any rank gets a signal or the time limit is reached. A rank with a signal sends a message to
 * rank 0, which sends one to every other rank: at most two messages per rank, even if all ranks are signalled simultaneously.
 * A second signal ends this process immediately, and with it the job, unless it arrives so soon that it is a copy of the first.
 */
export class StopCoordinator {
  readonly #controller = new AbortController();
  #signalled: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;
  #link: Link | undefined;
  #pollTimer: NodeJS.Timeout | undefined;

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
   * Connects this rank with the others. Every rank must call this.
   * @param channel A communicator that is used for nothing else; disconnect() frees it.
   * @param stopAt When to stop, in milliseconds since 1970; only rank 0 uses it.
   */
  connect(channel: Communicator, stopAt: number | undefined): void {
    const link = new Link(channel, (reason) => {
      this.#stop(reason);
    });
    this.#link = link;
    this.#pollTimer = setInterval(() => {
      link.poll();
      if (channel.rank === 0 && stopAt !== undefined && Date.now() >= stopAt) this.#stop('its time is nearly up');
    }, pollMilliseconds).unref();
    if (this.#signalled) this.#stop(describe(this.#signalled.signal, channel));
  }

  /**
   * Disconnects from the other ranks after all messages are received. Every rank must call this. Until all have called it, this
   * rank still forwards stop requests.
   */
  async disconnect(): Promise<void> {
    await this.#link?.channel.barrier();
    clearInterval(this.#pollTimer);
    const link = this.#link;
    this.#link = undefined;
    await link?.close();
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    const at = performance.now();
    if (!this.#signalled) {
      this.#signalled = { signal, at };
      if (this.#link) this.#stop(describe(signal, this.#link.channel));
    } else if (at - this.#signalled.at > sameSignalMilliseconds) {
      this.#signalled = { signal, at };
      this.#actByDefault();
    }
  };

  #stop(reason: string): void {
    if (this.signal.aborted) return;
    this.#controller.abort(reason);
    // There is no link while disconnecting: every rank is done, and only the reason is still needed.
    this.#link?.announce(reason);
  }
}

function describe(signal: NodeJS.Signals, { rank }: Communicator): string {
  return `${signal} on rank ${rank}`;
}

/** Sends short texts from each rank to rank 0, and from rank 0 to all other ranks. */
class Link {
  readonly channel: Communicator;
  readonly #onMessage: (text: string) => void;
  #announced = 0;
  readonly #sending: Promise<void>[] = [];
  #receiving: Promise<void> | undefined;
  #received = 0;

  constructor(channel: Communicator, onMessage: (text: string) => void) {
    this.channel = channel;
    this.#onMessage = onMessage;
  }

  /** Sends a text: from rank 0 to every other rank, from any other rank to rank 0. */
  announce(text: string): void {
    const { rank, size } = this.channel;
    this.#announced += 1;
    if (rank !== 0) this.#send(text, 0);
    else for (let other = 1; other < size; other += 1) this.#send(text, other);
  }

  #send(text: string, rank: number): void {
    const message = Buffer.alloc(messageBytes);
    message.write(text);
    this.#sending.push(this.channel.send(message, rank));
  }

  /** Begins to receive a message if one has arrived. */
  poll(): void {
    if (this.#receiving) return;
    const message = this.channel.probe();
    if (!message) return;
    this.#receiving = this.#receive(message.source).finally(() => {
      this.#receiving = undefined;
    });
  }

  async #receive(from: number): Promise<void> {
    const message = Buffer.alloc(messageBytes);
    await this.channel.receive(message, from);
    this.#received += 1;
    this.#onMessage(message.toString().replace(/\0+$/, ''));
  }

  /** Receives all outstanding messages, then frees the channel. Every rank must call this. */
  async close(): Promise<void> {
    const isFirst = this.channel.rank === 0;
    const sent = Float64Array.of(isFirst ? 0 : this.#announced, isFirst ? this.#announced : 0);
    const [toFirst = 0, toEachOther = 0] = await this.channel.allReduce(sent, 'sum');
    const owed = isFirst ? toFirst : toEachOther;
    while (this.#received < owed) {
      this.poll();
      await (this.#receiving ?? sleep(1));
    }
    await Promise.all(this.#sending);
    this.channel.free();
  }
}
