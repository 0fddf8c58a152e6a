import { loadAddon } from '../base/addon.ts';
import type { Build } from './builds.ts';
import { MpiError } from './errors.ts';

/** The interface of the addon in native/mpi/: one function per MPI call. Only this file loads the addon. */
export interface NativeMpi {
  setErrorClass(errorClass: typeof MpiError): void;
  /** Returns false when MPI does not provide MPI_THREAD_FUNNELED. */
  init(): boolean;
  /** Returns the number of pending operations, including those whose NativeRequest was garbage-collected. */
  countPending(): number;
  finalize(): void;
  abort(comm: NativeComm, status: number): void;
  /** Ends this process after finalize(), without waiting for threads that may hang in a read. */
  exit(status: number): never;
  commWorld(): NativeComm;
  commRank(comm: NativeComm): number;
  commSize(comm: NativeComm): number;
  commIdup(comm: NativeComm): { comm: NativeComm; request: NativeRequest };
  /** Blocks. Returns null for a rank whose color is null. */
  commSplit(comm: NativeComm, color: number | null, key: number): NativeComm | null;
  /** Blocks. Splits by ranks that can share memory, which are those of one host. */
  commSplitShared(comm: NativeComm, key: number): NativeComm;
  commFree(comm: NativeComm): void;
  getProcessorName(): string;
  getLibraryVersion(): string;
  isend(comm: NativeComm, buffer: MpiArray, rank: number, tag: number): NativeRequest;
  irecv(comm: NativeComm, buffer: MpiArray, rank: AnyOr<number>, tag: AnyOr<number>): NativeRequest;
  /** Returns the message that a receive with these arguments would get; null when none has arrived. */
  iprobe(comm: NativeComm, rank: AnyOr<number>, tag: AnyOr<number>): Status | null;
  ibarrier(comm: NativeComm): NativeRequest;
  ibcast(comm: NativeComm, buffer: MpiArray, root: number): NativeRequest;
  igather(comm: NativeComm, send: MpiArray, receive: MpiArray | null, root: number): NativeRequest;
  /** The root receives `counts[r]` elements from rank r, at `displacements[r]`. Its three arrays are null on other ranks. */
  igatherv(
    comm: NativeComm,
    send: MpiArray,
    receive: MpiArray | null,
    counts: Int32Array | null,
    displacements: Int32Array | null,
    root: number,
  ): NativeRequest;
  /** The root sends rank r the `counts[r]` elements at `displacements[r]`. Its three arrays are null on other ranks. */
  iscatterv(
    comm: NativeComm,
    send: MpiArray | null,
    counts: Int32Array | null,
    displacements: Int32Array | null,
    receive: MpiArray,
    root: number,
  ): NativeRequest;
  iallgather(comm: NativeComm, send: MpiArray, receive: MpiArray): NativeRequest;
  iallgatherv(
    comm: NativeComm,
    send: MpiArray,
    receive: MpiArray,
    counts: Int32Array,
    displacements: Int32Array,
  ): NativeRequest;
  ialltoall(comm: NativeComm, send: MpiArray, receive: MpiArray): NativeRequest;
  ialltoallv(
    comm: NativeComm,
    send: MpiArray,
    sendCounts: Int32Array,
    sendDisplacements: Int32Array,
    receive: MpiArray,
    receiveCounts: Int32Array,
    receiveDisplacements: Int32Array,
  ): NativeRequest;
  ireduce(comm: NativeComm, send: MpiArray, receive: MpiArray | null, op: MpiOp, root: number): NativeRequest;
  iallreduce(comm: NativeComm, send: MpiArray, receive: MpiArray, op: MpiOp): NativeRequest;
  iscan(comm: NativeComm, send: MpiArray, receive: MpiArray, op: MpiOp): NativeRequest;
  /** On rank 0, MPI does not modify `receive`. */
  iexscan(comm: NativeComm, send: MpiArray, receive: MpiArray, op: MpiOp): NativeRequest;
}

declare const commBrand: unique symbol;
export interface NativeComm {
  readonly [commBrand]: never;
}

export interface NativeRequest {
  /** Returns whether the operation is done. MPI makes progress during this call. */
  test(): boolean;
  /** Returns the received message, once a receive is done. */
  status(): Status;
}

/** A message that was received or is ready to be received. */
export interface Status {
  readonly source: number;
  readonly tag: number;
  readonly bytes: number;
}

/** `'any'` stands for MPI_ANY_SOURCE and MPI_ANY_TAG. */
export type AnyOr<T> = T | 'any';

/** An array that MPI can send: a view of memory that is not shared with another thread. A Buffer is a Uint8Array. */
export type MpiArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;
export type MpiOp = 'sum' | 'min' | 'max';

/** @throws AddonError when the addon or the MPI library behind it cannot be loaded. */
export function loadNativeMpi(build: Build): NativeMpi {
  const native = loadAddon(build.path, 'load the module of the MPI that it was built with') as NativeMpi;
  native.setErrorClass(MpiError);
  return native;
}
