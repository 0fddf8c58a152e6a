import type { Communicator } from '../../src/mpi/communicator.ts';

/** A message between ranks of a Network. */
export interface Message {
  readonly from: number;
  readonly to: number;
  readonly tag: number;
  readonly text: string;
}

/** Ranks in one process, whose messages arrive at once and in order. */
export class Network {
  readonly sent: Message[] = [];
  /** Messages that no one has received. */
  readonly waiting: (Message & { readonly bytes: Buffer })[] = [];
  /** The number of communicators that were freed. */
  freed = 0;
  /** The promise that send() returns: it resolves when a message is delivered. */
  delivery: Promise<void> = Promise.resolve();
  readonly #sums: { parts: Float64Array[]; resolve: ((sum: Float64Array) => void)[] } = { parts: [], resolve: [] };

  send(content: string | Uint8Array, from: number, to: number, tag: number): void {
    const bytes = Buffer.from(content as Uint8Array);
    const message = { from, to, tag, text: bytes.toString() };
    this.sent.push(message);
    this.waiting.push({ ...message, bytes });
  }

  /** Returns the communicator of a rank, with what a ControlChannel needs of it. */
  communicator(rank: number, size: number): Communicator {
    const communicator: Pick<
      Communicator,
      'rank' | 'size' | 'send' | 'receive' | 'probe' | 'barrier' | 'free' | 'duplicate'
    > & {
      allReduce: (part: Float64Array) => Promise<Float64Array>;
    } = {
      rank,
      size,
      send: (bytes, to, tag) => {
        this.send(bytes as Uint8Array, rank, to, Number(tag));
        return this.delivery;
      },
      probe: () => {
        const message = this.waiting.find(({ to }) => to === rank);
        return message && { source: message.from, tag: message.tag, bytes: message.bytes.length };
      },
      receive: (buffer, from, tag) => {
        const index = this.waiting.findIndex(
          (message) => message.to === rank && message.from === from && message.tag === tag,
        );
        const { bytes } = this.waiting.splice(index, 1)[0]!;
        (buffer as Uint8Array).set(bytes); // which throws if the buffer is too short
        return Promise.resolve({ source: Number(from), tag: Number(tag), bytes: bytes.length });
      },
      barrier: async () => {
        await this.#sum(new Float64Array(), size);
      },
      allReduce: (part) => this.#sum(part, size),
      free: () => {
        this.freed += 1;
      },
      duplicate: () => Promise.resolve(this.communicator(rank, size)),
    };
    return communicator as unknown as Communicator;
  }

  #sum(part: Float64Array, size: number): Promise<Float64Array> {
    const { parts, resolve } = this.#sums;
    parts.push(part.slice());
    return new Promise((done) => {
      if (resolve.push(done) < size) return;
      const sum = part.map((_, index) => parts.reduce((total, other) => total + other[index]!, 0));
      parts.length = 0;
      for (const finish of resolve.splice(0)) finish(sum);
    });
  }
}
