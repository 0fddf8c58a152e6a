import { join } from 'node:path';

import { loadAddon } from '../base/addon.ts';
import { packageRoot } from '../base/package.ts';

/** The surface of the scan addon (native/block/addon.cc). This is the only file that loads it. */
export interface NativeScan {
  /** @param patterns Each as exactPattern() or foldedPattern() makes it. */
  compile(patterns: readonly Uint8Array[], options: NativeOptions): NativePatterns;
  /**
   * The blocks' counts, added up. Rejects with an Error that has `errno` (0: the file ended early), `offset` and `stretch`, the
   * index of the block, when reading failed.
   */
  count(patterns: NativePatterns, blocks: readonly NativeRange[]): Promise<NativeCounts>;
  /** Has counts that are under way fail soon, and all to come. */
  cancel(patterns: NativePatterns): void;
  /** Starts so many threads, which do nothing until they are released. */
  holdThreads(count: number): NativeHeldThreads;
  /** `AVX2`, or `portable`. */
  vectors(): string;
  /** Ends this process without waiting for counts that are under way. */
  exit(status: number): never;
}

export interface NativeHeldThreads {
  readonly started: number;
  /** Why not all could be started, in words; empty when all could. */
  readonly reason: string;
  release(): void;
}

export interface NativeOptions {
  /** Units of an ASCII letter have both cases. */
  readonly caseless: boolean;
  readonly overlapping: boolean;
  /** Word characters as sorted pairs [first, last]; null without the word rule. */
  readonly wordRanges: Uint32Array | null;
}

/**
 * The bytes [begin, end) of a file, not empty; `window` bytes are scanned and `chunk` bytes read at a time, or the file is
 * mapped when that is 0; with `drop` nothing of it is left in the page cache.
 */
export interface NativeRange {
  readonly fd: number;
  readonly fileSize: number;
  readonly begin: number;
  readonly end: number;
  readonly window: number;
  readonly chunk: number;
  readonly drop: boolean;
  /** Read what the descriptor has left instead, to its end; `begin` is 0, and `end` more than there can be. */
  readonly stream: boolean;
}

export interface NativeCounts {
  /** One for each pattern, in their order. */
  readonly counts: BigUint64Array;
  readonly readSeconds: number;
  readonly scanSeconds: number;
  /** The sizes of all files and streams of the blocks, added up. */
  readonly textSize: number;
  /** Three numbers each, if there is any: the index of the block, the finding's place in scan/findings.ts, and how often. */
  readonly findings?: Float64Array;
}

declare const patternsBrand: unique symbol;
export interface NativePatterns {
  readonly [patternsBrand]: never;
}

const path = join(packageRoot, 'build', 'Release', 'scan.node');

/** @throws AddonError when the addon cannot be loaded. */
export function nativeScan(): NativeScan {
  return loadAddon(path) as NativeScan;
}
