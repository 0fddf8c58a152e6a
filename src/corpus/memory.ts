import { totalmem } from 'node:os';

/**
 * Tells whether `bytes` exceed the memory of this host, or the job's limit if that is lower. Then data should be dropped from the page
 * cache after it was read, since it would only evict the data of others.
 */
export function exceedsMemory(bytes: number): boolean {
  // Without a limit, this is 0 or more than the memory of the host.
  const limit = process.constrainedMemory();
  return bytes > (limit > 0 ? Math.min(limit, totalmem()) : totalmem());
}
