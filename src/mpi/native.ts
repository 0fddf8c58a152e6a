import { loadAddon } from '../addon.ts';
import type { Build } from './builds.ts';
import { MpiError } from './errors.ts';

/** The surface of native/mpi/: one function per MPI call. This is the only file that loads it. */
export interface NativeMpi {
  setErrorClass(errorClass: typeof MpiError): void;
  /** False when MPI refuses MPI_THREAD_FUNNELED. */
  init(): boolean;
  finalize(): void;
  abort(comm: NativeComm, status: number): void;
  commWorld(): NativeComm;
  commRank(comm: NativeComm): number;
  commSize(comm: NativeComm): number;
  commIdup(comm: NativeComm): { comm: NativeComm; request: NativeRequest };
  commFree(comm: NativeComm): void;
  getProcessorName(): string;
  getLibraryVersion(): string;
  ibarrier(comm: NativeComm): NativeRequest;
  ibcast(comm: NativeComm, buffer: MpiArray, root: number): NativeRequest;
  isend(comm: NativeComm, buffer: MpiArray, rank: number, tag: number): NativeRequest;
  irecv(comm: NativeComm, buffer: MpiArray, rank: number, tag: number): NativeRequest;
  /** The rank of which a message with this tag is there to be received, or -1. */
  iprobe(comm: NativeComm, tag: number): number;
  igather(comm: NativeComm, send: MpiArray, receive: MpiArray | null, root: number): NativeRequest;
  /** The root sends `counts[r]` elements from `places[r]` of `send` on to rank r; elsewhere those three are null. */
  iscatterv(
    comm: NativeComm,
    send: MpiArray | null,
    counts: Int32Array | null,
    places: Int32Array | null,
    receive: MpiArray,
    root: number,
  ): NativeRequest;
  ireduce(comm: NativeComm, send: MpiArray, receive: MpiArray | null, op: MpiOp, root: number): NativeRequest;
  iallreduce(comm: NativeComm, send: MpiArray, receive: MpiArray, op: MpiOp): NativeRequest;
}

declare const commBrand: unique symbol;
export interface NativeComm {
  readonly [commBrand]: never;
}

export interface NativeRequest {
  /** Whether the operation is done; MPI makes progress during this call. */
  test(): boolean;
}

export type MpiArray = Uint8Array | Int32Array | Float64Array | BigUint64Array;
export type MpiOp = 'sum' | 'min' | 'max';

/** @throws AddonError when the addon or the MPI library behind it cannot be loaded. */
export function loadNativeMpi(build: Build): NativeMpi {
  const native = loadAddon(build.path, 'load the module of the MPI that it was built with, or rebuild it') as NativeMpi;
  native.setErrorClass(MpiError);
  return native;
}
