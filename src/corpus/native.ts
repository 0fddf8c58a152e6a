import { loadAddon, scanAddon } from '../base/addon.ts';

/** What the scan addon (native/block/addon.cc) tells of files and folders. Its face for counting is src/scan/native.ts. */
export interface NativeFiles {
  /**
   * Lists a folder on a worker thread: for each entry a letter for its kind (see native/files/folder.h), its name and a zero byte, in byte
   * order of the paths. Rejects with an Error that has a negative `errno`.
   */
  listFolder(path: Uint8Array): Promise<Buffer>;
}

/** @throws AddonError when the addon cannot be loaded. */
export function nativeFiles(): NativeFiles {
  return loadAddon(scanAddon) as NativeFiles;
}
