import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

import type { Communicator } from '../../mpi/communicator.ts';

// Schedulers announce the end of a job with one of these. Not SIGUSR1, which starts Node's debugger.
export const stopSignals = ['SIGTERM', 'SIGINT', 'SIGUSR2'] as const;

// Launchers and schedulers may pass the same signal on along two ways.
const sameSignalMilliseconds = 500;
const pollMilliseconds = 50;
const messageBytes = 64;

/** Tells a rank that the job is to stop. */
export interface StopNotice {
  /** Why, for a person; undefined as long as the job goes on. */
  readonly reason: string | undefined;
  /** Resolves when the job is to stop. */
  readonly requested: Promise<void>;
}

/**
 * Listens for the end of the job: a signal to any rank, or the time. A rank that learns of it tells rank 0, which tells all
 * others: at most two messages for each rank, also when all are signalled at once.
 * A second signal, if it comes later than copies of the first do, ends this process at once, and with it the job.
 */
export class StopCoordinator implements StopNotice {
  reason: string | undefined;
  readonly requested: Promise<void>;
  #resolve: () => void = () => undefined;
  #signalled: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;
  #link: Link | undefined;
  #poll: NodeJS.Timeout | undefined;

  constructor() {
    this.requested = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /**
   * From now on a signal does not end this process; other ranks learn of it once connected. Call this before MPI_Init, which takes
   * up to seconds: until then a signal kills the rank, and with it a job that could have stopped in an orderly way.
   */
  arm(): void {
    for (const signal of stopSignals) process.on(signal, this.#onSignal);
  }

  /** Signals do what they do by default, for a job that cannot be stopped; also one that has come already. */
  async disarm(): Promise<void> {
    // Node tells of a signal in the next turn of its event loop, and of one that came before this never, once nobody listens.
    await nextTurn();
    this.#actByDefault();
  }

  #actByDefault(): void {
    for (const signal of stopSignals) process.off(signal, this.#onSignal);
    if (this.#signalled) process.kill(process.pid, this.#signalled.signal);
  }

  /**
   * Every rank must call this.
   * @param channel Used for nothing else.
   * @param stopAt When to stop by the clock, in milliseconds since 1970; looked at on rank 0 only.
   */
  connect(channel: Communicator, stopAt: number | undefined): void {
    const link = new Link(channel, (reason) => {
      this.#stop(reason);
    });
    this.#link = link;
    this.#poll = setInterval(() => {
      link.look();
      if (channel.rank === 0 && stopAt !== undefined && Date.now() >= stopAt) this.#stop('its time is nearly up');
    }, pollMilliseconds).unref();
    if (this.#signalled) this.#stop(describe(this.#signalled.signal, channel));
  }

  /**
   * Ends the exchange with the other ranks, with no message left behind. Every rank must call this, and until all have, this
   * one still passes on what it learns to those that are not done.
   */
  async disconnect(): Promise<void> {
    await this.#link?.channel.barrier();
    clearInterval(this.#poll);
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
    if (this.reason !== undefined) return;
    this.reason = reason;
    this.#resolve();
    // None while disconnecting: then every rank is done, and only the reason is still of interest.
    this.#link?.spread(reason);
  }
}

function describe(signal: NodeJS.Signals, { rank }: Communicator): string {
  return `${signal} on rank ${rank}`;
}

/** Short texts from each rank to rank 0, and from there to all. */
class Link {
  readonly channel: Communicator;
  readonly #onMessage: (text: string) => void;
  #spread = 0;
  readonly #sending: Promise<void>[] = [];
  #receiving: Promise<void> | undefined;
  #received = 0;

  constructor(channel: Communicator, onMessage: (text: string) => void) {
    this.channel = channel;
    this.#onMessage = onMessage;
  }

  spread(text: string): void {
    const { rank, size } = this.channel;
    this.#spread += 1;
    if (rank !== 0) this.#send(text, 0);
    else for (let other = 1; other < size; other += 1) this.#send(text, other);
  }

  #send(text: string, rank: number): void {
    const message = Buffer.alloc(messageBytes);
    message.write(text);
    this.#sending.push(this.channel.send(message, rank));
  }

  /** Receives a message if one is there. */
  look(): void {
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

  async close(): Promise<void> {
    const isFirst = this.channel.rank === 0;
    const sent = Float64Array.of(isFirst ? 0 : this.#spread, isFirst ? this.#spread : 0);
    const [toFirst = 0, toEachOther = 0] = await this.channel.allReduce(sent, 'sum');
    const owed = isFirst ? toFirst : toEachOther;
    while (this.#received < owed) {
      this.look();
      await (this.#receiving ?? sleep(1));
    }
    await Promise.all(this.#sending);
    this.channel.free();
  }
}
