import { loadAddon, scanAddon } from '../base/addon.ts';

/** The exports of the scan addon (native/block/addon.cc) that are about files and folders; src/scan/native.ts has those about counting. */
export interface NativeFiles {
  /**
   * Lists a folder on a worker thread: for each entry a letter for its kind (see native/files/folder.h), its name and a zero byte, in byte
   * order of the paths. Rejects with an Error that has a negative `errno`.
   */
  listFolder(path: Uint8Array): Promise<Buffer>;
  /**
   * Looks at files on a worker thread. Never rejects.
   * @param paths Paths, concatenated.
   * @param ends The offset in `paths` at which each path ends.
   * @param begin The index of the first path to look at.
   * @param end The index after that of the last one.
   * @param toRead Whether to check that this process may read them, too.
   */
  fileStates(paths: Uint8Array, ends: Float64Array, begin: number, end: number, toRead: boolean): Promise<NativeStates>;
  /** Returns the name of the format of a file that begins with these bytes; empty for plain text. 16 bytes are enough. */
  formatName(start: Uint8Array): string;
}

/** The states of files, as columns. */
export interface NativeStates {
  readonly sizes: Float64Array;
  /** In nanoseconds since 1970. */
  readonly modified: BigInt64Array;
  readonly inodes: BigUint64Array;
  /** 1 for a regular file that is not empty and may be read; 0 for all else, of which the other columns say nothing. */
  readonly isCountable: Uint8Array;
}

/** @throws AddonError when the addon cannot be loaded. */
export function nativeFiles(): NativeFiles {
  return loadAddon(scanAddon) as NativeFiles;
}
