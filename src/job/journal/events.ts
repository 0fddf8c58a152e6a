import type { JsonBytes } from '../../base/bytes.ts';
import type { BlockLink } from '../counting/chain.ts';
import type { Libraries } from '../libraries.ts';
import type { FindingsJson } from '../../scan/findings.ts';
import type { SparseCounters } from '../../tally/counters.ts';

// Everything that a rank tells of a run. The rank log is the first consumer; resuming, `mpicount status` and reports read it from there.
// Sizes and offsets are in bytes, times in seconds.

/** The rank begins: its place in the job, its software, and its slice. */
export interface StartEvent {
  readonly event: 'start';
  readonly rank: number;
  readonly size: number;
  readonly host: string;
  readonly pid: number;
  readonly versions: Readonly<Record<'mpicount' | 'node' | 'mpi' | 'kernel', string>>;
  /** The fields of the tally; see Tally.startFields(). */
  readonly tally: object;
  readonly threads: number;
  /** The number of cores that this process may use: fewer than the host has if the launcher binds ranks to cores. */
  readonly cores: number;
  /** The SIMD instructions in use. */
  readonly vectors: string;
  /** The libraries that decode the files that the rank may be assigned, by format; absent if none is needed. */
  readonly libraries?: Libraries | undefined;
  /** The encoding of text without a byte order mark; absent if text is not decoded. */
  readonly encoding?: string | undefined;
  readonly io: string;
  /** Whether the slice is all that the rank counts (`static`), or it is assigned more while it counts (`dynamic`). */
  readonly schedule: string;
  readonly blockSize: number;
  /** The size of the slice in blocks and in bytes. */
  readonly blocks: number;
  readonly bytes: number;
  /** The first file ranges of the slice. */
  readonly slice: readonly { readonly file: JsonBytes; readonly begin: number; readonly end: number }[];
}

/** A block is counted. */
export interface BlockEvent {
  readonly event: 'block';
  /** The index of the block in the grid. */
  readonly block: number;
  /** The range [begin, end) of the block in the corpus, and its size. */
  readonly begin: number;
  readonly end: number;
  readonly bytes: number;
  /** The rows of the tally, one after the other: the row of the corpus, or one for each file range of the block. */
  readonly counts: readonly number[] | SparseCounters;
  /** The names of the groups whose rows these are, in their order; absent unless the text names its groups. */
  readonly groups?: readonly JsonBytes[] | undefined;
  readonly readSeconds: number;
  /** Absent if nothing was decoded. */
  readonly decodeSeconds?: number | undefined;
  readonly scanSeconds: number;
  /** The size of the text that was counted; absent if it is that of the block. */
  readonly textSize?: number | undefined;
  readonly findings?: FindingsJson | undefined;
  /** Absent if the block neither begins nor ends within a divided file. */
  readonly link?: BlockLink | undefined;
  /** The skipped files of the block, of which nothing is in the counts, by the offsets in the corpus at which they begin. */
  readonly without?: readonly number[] | undefined;
}

/** A file is skipped: it cannot be read, and none of its blocks is to be counted in. */
export interface SkipEvent {
  readonly event: 'skip';
  readonly file: JsonBytes;
  /** The offset in the corpus at which the file begins. */
  readonly begin: number;
  readonly reason: string;
}

/** The rank has counted its slice, or stops. */
export interface WaitingEvent {
  readonly event: 'waiting';
  /** The time since the start. */
  readonly seconds: number;
  readonly blocksLeft: number;
}

/** The reduction is done. */
export interface EndEvent {
  readonly event: 'end';
  readonly seconds: number;
}

export type RankEvent = StartEvent | BlockEvent | SkipEvent | WaitingEvent | EndEvent;

/** A consumer of a rank's events. */
export interface EventSink {
  write(event: RankEvent): void;
}

/** Rounds seconds to microseconds, the resolution of the clocks. */
export function rounded(seconds: number): number {
  return Number(seconds.toFixed(6));
}
