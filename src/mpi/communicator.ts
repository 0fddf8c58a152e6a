import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

import type { MpiArray, MpiOp, NativeComm, NativeMpi, NativeRequest } from './native.ts';

// MPI counts elements in a C int.
const mostElements = 2 ** 31 - 1;

/** Waits for an operation without keeping the core busy: MPI gives no file descriptor to wait on, so it is asked. */
async function completed(request: NativeRequest): Promise<void> {
  for (let turns = 0; !request.test(); turns += 1) {
    // At once for what is nearly there, then ever more rarely, up to every 4 ms.
    if (turns < 20) await nextTurn();
    else await sleep(Math.min(4, turns / 20));
  }
}

/**
 * A group of ranks that act together. Every rank must call the same operations in the same order, each after the one before
 * is done: those that consist of several steps would mix otherwise. Use duplicate() for what is to go on side by side.
 */
export class Communicator {
  readonly rank: number;
  readonly size: number;
  readonly #native: NativeMpi;
  readonly #comm: NativeComm;
  readonly #mostElements: number;

  /** @param most How many elements to give MPI at a time; less than what MPI can take only in tests. */
  constructor(native: NativeMpi, comm: NativeComm, most: number = mostElements) {
    this.#native = native;
    this.#comm = comm;
    this.#mostElements = most;
    this.rank = native.commRank(comm);
    this.size = native.commSize(comm);
  }

  /** Ends all processes of the job, with `status` as the job's; does not return. */
  abort(status: number): void {
    this.#native.abort(this.#comm, status);
  }

  /** Resolves when every rank has called this. */
  async barrier(): Promise<void> {
    await completed(this.#native.ibarrier(this.#comm));
  }

  /** A communicator of the same ranks whose messages never mix with this one's. */
  async duplicate(): Promise<Communicator> {
    const { comm, request } = this.#native.commIdup(this.#comm);
    await completed(request);
    return new Communicator(this.#native, comm, this.#mostElements);
  }

  /** Gives back what duplicate() made; every rank must call it. */
  free(): void {
    this.#native.commFree(this.#comm);
  }

  /** Sends to one rank; resolves when `bytes` may be changed again, which need not mean that they have arrived. */
  async send(bytes: Uint8Array, rank: number, tag = 0): Promise<void> {
    await completed(this.#native.isend(this.#comm, bytes, rank, tag));
  }

  /** Receives what a rank sends, at most as much as `buffer` holds. */
  async receive(buffer: Uint8Array, rank: number, tag = 0): Promise<void> {
    await completed(this.#native.irecv(this.#comm, buffer, rank, tag));
  }

  /** A rank whose message is there to be received; undefined when there is none. Never waits. */
  probe(tag = 0): number | undefined {
    const rank = this.#native.iprobe(this.#comm, tag);
    return rank < 0 ? undefined : rank;
  }

  /** Copies the root's elements into every other rank's `buffer`, which must be as long. */
  async broadcast(buffer: MpiArray, root: number): Promise<void> {
    for (const piece of this.#pieces(buffer.length)) {
      await completed(this.#native.ibcast(this.#comm, piece.of(buffer), root));
    }
  }

  /** Every rank's bytes, by rank, at the root; undefined elsewhere. The lengths may differ. */
  async gather(bytes: Uint8Array, root: number): Promise<Uint8Array[] | undefined> {
    const lengths = this.rank === root ? new Float64Array(this.size) : null;
    await completed(this.#native.igather(this.#comm, Float64Array.of(bytes.length), lengths, root));
    const [longest = 0] = await this.allReduce(Float64Array.of(bytes.length), 'max');
    const padded = new Uint8Array(longest);
    padded.set(bytes);
    const all = this.rank === root ? new Uint8Array(longest * this.size) : null;
    await completed(this.#native.igather(this.#comm, padded, all, root));
    if (!all || !lengths) return undefined;
    return Array.from(lengths, (length, rank) => all.subarray(rank * longest, rank * longest + length));
  }

  /** Of as many byte arrays as there are ranks, which the root has, each rank gets its own. The lengths may differ. */
  async scatter(parts: readonly Uint8Array[] | undefined, root: number): Promise<Uint8Array> {
    const sent = this.rank === root ? parts : undefined;
    const all = sent?.reduce((sum, { length }) => sum + length, 0) ?? 0;
    const longest = sent?.reduce((most, { length }) => Math.max(most, length), 0) ?? 0;
    // MPI counts what goes to all ranks together, too.
    const most = all <= this.#mostElements ? longest : Math.max(1, Math.floor(this.#mostElements / this.size));
    const rounds = Math.ceil(longest / most) || 0;
    const header = new Float64Array(3);
    const headers = sent?.flatMap(({ length }) => [length, most, rounds]);
    await this.#scatterOnce(
      headers && Float64Array.from(headers),
      sent?.map(() => header.length),
      header,
      root,
    );
    const [length = 0, step = 0, times = 0] = header;
    const received = new Uint8Array(length);
    for (let round = 0; round < times; round += 1) {
      const pieceOf = (bytes: Uint8Array) => bytes.subarray(round * step, (round + 1) * step);
      const pieces = sent?.map(pieceOf);
      const lengths = pieces?.map(({ length }) => length);
      await this.#scatterOnce(pieces && Buffer.concat(pieces), lengths, pieceOf(received), root);
    }
    return received;
  }

  /** @param lengths Of the parts that `send` consists of, one for each rank. */
  async #scatterOnce(
    send: MpiArray | undefined,
    lengths: readonly number[] | undefined,
    receive: MpiArray,
    root: number,
  ): Promise<void> {
    const counts = lengths && Int32Array.from(lengths);
    let end = 0;
    const places = counts?.map((count) => (end += count) - count);
    const request = this.#native.iscatterv(this.#comm, send ?? null, counts ?? null, places ?? null, receive, root);
    await completed(request);
  }

  /**
   * The ranks' arrays combined element by element, at the root; undefined elsewhere. MPICH 4.0.2 takes numbers from 2^63 on for
   * negative in 'min' and 'max'.
   */
  async reduce<T extends MpiArray>(send: T, op: MpiOp, root: number): Promise<T | undefined> {
    const receive = this.rank === root ? (send.slice() as T) : null;
    for (const piece of this.#pieces(send.length)) {
      const into = receive && piece.of(receive);
      await completed(this.#native.ireduce(this.#comm, piece.of(send), into, op, root));
    }
    return receive ?? undefined;
  }

  /** As reduce(), with the result on every rank. */
  async allReduce<T extends MpiArray>(send: T, op: MpiOp): Promise<T> {
    const receive = send.slice() as T;
    for (const piece of this.#pieces(send.length)) {
      await completed(this.#native.iallreduce(this.#comm, piece.of(send), piece.of(receive), op));
    }
    return receive;
  }

  *#pieces(length: number): Generator<{ of: <T extends MpiArray>(array: T) => T }> {
    for (let begin = 0; begin < length; begin += this.#mostElements) {
      const end = Math.min(length, begin + this.#mostElements);
      yield { of: <T extends MpiArray>(array: T) => array.subarray(begin, end) as T };
    }
  }
}
