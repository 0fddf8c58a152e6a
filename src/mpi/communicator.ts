import type { AnyOr, MpiArray, MpiOp, NativeComm, NativeMpi, Status } from './native.ts';
import { concatenate, copyOf, displacementsOf, viewOf, zerosLike } from './typed-arrays.ts';
import { wait, waitForData } from './wait.ts';

// In bytes. Larger arrays are moved in parts, as by btl_vader_max_send_size of Open MPI and in the segments of its collectives.
const maxPart = 32 * 1024;

// MPI counts elements in a C int.
const mpiMaxElements = 2 ** 31 - 1;

/**
 * A group of ranks with its own message space. Every rank of the group must call the same collective operations in the same order,
 * each after the previous one is done, because an operation may consist of several MPI calls. Use duplicate() for operations that
 * overlap in time.
 *
 * Every operation that may wait returns a promise and leaves the event loop free. MPI reads and writes the arrays in place, so
 * none of them may be modified before the promise is settled.
 *
 * All methods throw, or reject with, an MpiError where MPI reports one, and a TypeError for an argument that MPI cannot take.
 */
export class Communicator {
  /** This process's rank in the group, from 0. */
  readonly rank: number;
  /** The number of ranks in the group. */
  readonly size: number;
  readonly #native: NativeMpi;
  readonly #comm: NativeComm;
  readonly #maxElements: number;

  /** @param maxElements The maximum number of elements per MPI call. Only tests set it below MPI's own limit. */
  constructor(native: NativeMpi, comm: NativeComm, maxElements: number = mpiMaxElements) {
    this.#native = native;
    this.#comm = comm;
    this.#maxElements = maxElements;
    this.rank = native.commRank(comm);
    this.size = native.commSize(comm);
  }

  /** Ends all processes of the job with `status` as the job's exit status (MPI_Abort). Does not return. */
  abort(status: number): void {
    this.#native.abort(this.#comm, status);
  }

  // --- Groups

  /** Creates a communicator of the same ranks whose messages never mix with this one's. Collective. */
  async duplicate(): Promise<Communicator> {
    const { comm, request } = this.#native.commIdup(this.#comm);
    await wait(request);
    return this.#with(comm);
  }

  /**
   * Creates a communicator of the ranks that pass the same color, ordered by key and then by rank; undefined for a rank that passes
   * no color. Collective. MPI_Comm_split blocks, so a barrier precedes it.
   * @param color 0 or more.
   */
  async split(color: number | undefined, key = 0): Promise<Communicator | undefined> {
    await this.barrier();
    const comm = this.#native.commSplit(this.#comm, color ?? null, key);
    return comm ? this.#with(comm) : undefined;
  }

  /** Creates a communicator of the ranks that can share memory, those of one host. Collective; a barrier precedes it, as in split(). */
  async splitShared(key = 0): Promise<Communicator> {
    await this.barrier();
    return this.#with(this.#native.commSplitShared(this.#comm, key));
  }

  /** Frees a communicator that duplicate() or split() created. Collective. */
  free(): void {
    this.#native.commFree(this.#comm);
  }

  // --- Point-to-point messages

  /**
   * Sends to one rank. Resolves when `array` may be modified again, which does not mean that the message has arrived.
   * @param expectation `isExpected`: whether the other rank is receiving this message. Much data is then moved without pauses.
   */
  async send(array: MpiArray, to: number, tag = 0, { isExpected = false } = {}): Promise<void> {
    const request = this.#native.isend(this.#comm, array, to, tag);
    await (isExpected ? waitForData : wait)(request);
  }

  /**
   * Receives one message into `array`.
   * @param expectation `isExpected`: whether the other rank is sending this message. Much data is then moved without pauses.
   * @returns The sender, the tag and the number of bytes.
   * @throws MpiError with MPI_ERR_TRUNCATE when `array` is too short for it; probe() returns the length in advance.
   */
  async receive(
    array: MpiArray,
    from: AnyOr<number> = 'any',
    tag: AnyOr<number> = 0,
    { isExpected = false } = {},
  ): Promise<Status> {
    const request = this.#native.irecv(this.#comm, array, from, tag);
    await (isExpected ? waitForData : wait)(request);
    return request.status();
  }

  /** Returns the message that receive() with the same arguments would get; undefined when none has arrived. Never waits. */
  probe(from: AnyOr<number> = 'any', tag: AnyOr<number> = 0): Status | undefined {
    return this.#native.iprobe(this.#comm, from, tag) ?? undefined;
  }

  // --- Collective operations

  /** Resolves when every rank has called this. */
  async barrier(): Promise<void> {
    await wait(this.#native.ibarrier(this.#comm));
  }

  /** Copies the root's elements into every other rank's `array`, which must have the same length. */
  async broadcast(array: MpiArray, root: number): Promise<void> {
    const waitForPart = await this.#waitFor(array.byteLength);
    for (const view of this.#views(array.length)) {
      await waitForPart(this.#native.ibcast(this.#comm, view(array), root));
    }
  }

  /** Gathers every rank's array, by rank, at the root; undefined elsewhere. The lengths may differ. */
  async gather<T extends MpiArray>(array: T, root: number): Promise<T[] | undefined> {
    const isRoot = this.rank === root;
    const lengths = await this.#lengthsOfAll(array.length);
    const parts = isRoot ? lengths.map((length) => zerosLike(array, length)) : undefined;
    const waitForPart = await this.#waitForLongest(lengths, array);
    for (const view of this.#roundsOf(lengths)) {
      const targets = parts?.map(view);
      const { all = null, counts = null, displacements = null } = targets ? receiving(targets, array) : {};
      await waitForPart(this.#native.igatherv(this.#comm, view(array), all, counts, displacements, root));
      if (targets && all) copyParts(all, targets);
    }
    return parts;
  }

  /** Gathers every rank's array, by rank, on every rank. The lengths may differ. */
  async allGather<T extends MpiArray>(array: T): Promise<T[]> {
    const lengths = await this.#lengthsOfAll(array.length);
    const parts = lengths.map((length) => zerosLike(array, length));
    const waitForPart = await this.#waitForLongest(lengths, array);
    for (const view of this.#roundsOf(lengths)) {
      const targets = parts.map(view);
      const { all, counts, displacements } = receiving(targets, array);
      await waitForPart(this.#native.iallgatherv(this.#comm, view(array), all, counts, displacements));
      copyParts(all, targets);
    }
    return parts;
  }

  /**
   * Scatters one byte array per rank from the root (MPI_Scatterv). The lengths may differ.
   * @param parts Used at the root only.
   * @returns This rank's array.
   */
  async scatter(parts: readonly Uint8Array[] | undefined, root: number): Promise<Uint8Array> {
    const sent = this.rank === root ? parts : undefined;
    const total = sent?.reduce((sum, { length }) => sum + length, 0) ?? 0;
    const longest = sent?.reduce((max, { length }) => Math.max(max, length), 0) ?? 0;
    const step = this.#stepFor(longest, total);
    // Only the root knows the lengths, so it first sends each rank the length of its part and the number of rounds.
    const header = new Float64Array(3);
    const headers = sent?.map(({ length }) => Float64Array.of(length, step, rounds(longest, step)));
    await this.#scatterOnce(headers, header, root);
    const [length = 0, elements = 0, times = 0] = header;
    const received = new Uint8Array(length);
    const waitForPart = await this.#waitFor(elements);
    for (const view of viewsOf(elements, times))
      await this.#scatterOnce(sent?.map(view), view(received), root, waitForPart);
    return received;
  }

  async #scatterOnce<T extends MpiArray>(
    parts: readonly T[] | undefined,
    receive: T,
    root: number,
    waitForPart = wait,
  ): Promise<void> {
    const counts = parts && countsOf(parts);
    const displacements = counts && displacementsOf(counts);
    const all = parts && concatenate(parts, receive);
    await waitForPart(
      this.#native.iscatterv(this.#comm, all ?? null, counts ?? null, displacements ?? null, receive, root),
    );
  }

  /**
   * Sends one array to each rank and receives one from each. The lengths may differ.
   * @param parts One array for each rank, all of one type.
   * @returns The received arrays, by sending rank.
   */
  async allToAll<T extends MpiArray>(parts: readonly T[]): Promise<T[]> {
    const [first] = parts;
    if (!first || parts.length !== this.size) {
      throw new TypeError(`allToAll() takes one array for each of ${this.size} ranks, not ${parts.length}`);
    }
    const sentLengths = Float64Array.from(parts, ({ length }) => length);
    const receivedLengths = new Float64Array(this.size);
    await wait(this.#native.ialltoall(this.#comm, sentLengths, receivedLengths));
    const received = Array.from(receivedLengths, (length) => zerosLike(first, length));
    const sum = (lengths: Float64Array) => lengths.reduce((total, length) => total + length, 0);
    const own = Float64Array.of(Math.max(...sentLengths), Math.max(sum(sentLengths), sum(receivedLengths)));
    const [longest = 0, total = 0] = await this.allReduce(own, 'max');
    const step = this.#stepFor(longest, total);
    const waitForPart = await this.#waitFor(longest * first.BYTES_PER_ELEMENT);
    for (const view of viewsOf(step, rounds(longest, step))) {
      const sources = parts.map(view);
      const counts = countsOf(sources);
      const targets = received.map(view);
      const into = receiving(targets, first);
      await waitForPart(
        this.#native.ialltoallv(
          this.#comm,
          concatenate(sources, first),
          counts,
          displacementsOf(counts),
          into.all,
          into.counts,
          into.displacements,
        ),
      );
      copyParts(into.all, targets);
    }
    return received;
  }

  /**
   * Combines the ranks' arrays element by element, with the result at the root; undefined elsewhere. The arrays must have the same
   * length. In 'min' and 'max', MPICH 4.0.2 treats unsigned numbers from 2^63 on as negative.
   */
  async reduce<T extends MpiArray>(array: T, op: MpiOp, root: number): Promise<T | undefined> {
    const result = this.rank === root ? copyOf(array) : undefined;
    const waitForPart = await this.#waitFor(array.byteLength);
    for (const view of this.#views(array.length)) {
      await waitForPart(this.#native.ireduce(this.#comm, view(array), result ? view(result) : null, op, root));
    }
    return result;
  }

  /** Does what reduce() does, with the result on every rank. */
  async allReduce<T extends MpiArray>(array: T, op: MpiOp): Promise<T> {
    const result = copyOf(array);
    const waitForPart = await this.#waitFor(array.byteLength);
    for (const view of this.#views(array.length)) {
      await waitForPart(this.#native.iallreduce(this.#comm, view(array), view(result), op));
    }
    return result;
  }

  /** Combines the arrays of the ranks up to and including this one. */
  async scan<T extends MpiArray>(array: T, op: MpiOp): Promise<T> {
    const result = copyOf(array);
    const waitForPart = await this.#waitFor(array.byteLength);
    for (const view of this.#views(array.length)) {
      await waitForPart(this.#native.iscan(this.#comm, view(array), view(result), op));
    }
    return result;
  }

  /** Combines the arrays of the ranks before this one; undefined on rank 0. */
  async exclusiveScan<T extends MpiArray>(array: T, op: MpiOp): Promise<T | undefined> {
    const result = copyOf(array);
    const waitForPart = await this.#waitFor(array.byteLength);
    for (const view of this.#views(array.length)) {
      await waitForPart(this.#native.iexscan(this.#comm, view(array), view(result), op));
    }
    return this.rank === 0 ? undefined : result;
  }

  /**
   * Returns how to wait for a collective operation with arrays of a size, the same on all ranks. All ranks have come to it before much data
   * is moved, so that none of them is kept busy by waiting for another. Collective.
   */
  async #waitFor(bytes: number): Promise<typeof wait> {
    if (bytes <= maxPart) return wait;
    await this.barrier();
    return waitForData;
  }

  async #waitForLongest(lengths: readonly number[], { BYTES_PER_ELEMENT }: MpiArray): Promise<typeof wait> {
    return this.#waitFor(longestOf(lengths) * BYTES_PER_ELEMENT);
  }

  // --- Arrays longer than MPI's limit

  #with(comm: NativeComm): Communicator {
    return new Communicator(this.#native, comm, this.#maxElements);
  }

  /** Gathers the length of every rank's array, by rank. */
  async #lengthsOfAll(length: number): Promise<number[]> {
    const all = new Float64Array(this.size);
    await wait(this.#native.iallgather(this.#comm, Float64Array.of(length), all));
    return [...all];
  }

  /** Returns the number of elements of each rank's part per MPI call. Displacements limit the sum over all ranks, too. */
  #stepFor(longest: number, total: number): number {
    return total <= this.#maxElements ? longest : Math.max(1, Math.floor(this.#maxElements / this.size));
  }

  #roundsOf(lengths: readonly number[]): Generator<View> {
    const longest = longestOf(lengths);
    const step = this.#stepFor(
      longest,
      lengths.reduce((sum, length) => sum + length, 0),
    );
    return viewsOf(step, rounds(longest, step));
  }

  #views(length: number): Generator<View> {
    return viewsOf(this.#maxElements, rounds(length, this.#maxElements));
  }
}

/** The elements of an array that are sent in one round. */
type View = <T extends MpiArray>(array: T) => T;

function longestOf(lengths: readonly number[]): number {
  return lengths.reduce((longest, length) => Math.max(longest, length), 0);
}

function rounds(length: number, step: number): number {
  return step === 0 ? 0 : Math.ceil(length / step);
}

function* viewsOf(step: number, times: number): Generator<View> {
  for (let round = 0; round < times; round += 1) {
    yield (array) => viewOf(array, round * step, (round + 1) * step);
  }
}

function countsOf(parts: readonly MpiArray[]): Int32Array {
  return Int32Array.from(parts, ({ length }) => length);
}

/** Allocates an array into which MPI receives the parts of all ranks, one after the other. */
function receiving<T extends MpiArray>(targets: readonly T[], like: T) {
  const counts = countsOf(targets);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return { all: zerosLike(like, total), counts, displacements: displacementsOf(counts) };
}

/** Copies consecutive parts to their targets. */
function copyParts<T extends MpiArray>(all: T, targets: readonly T[]): void {
  let begin = 0;
  for (const target of targets) {
    (target as Uint8Array).set(viewOf(all, begin, begin + target.length) as Uint8Array);
    begin += target.length;
  }
}
