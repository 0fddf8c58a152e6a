import { totalmem } from 'node:os';

/**
 * Whether so many bytes are more than this host, or this job's share of it, can keep in its page cache: then what was read is
 * better dropped than left to push out what others need.
 */
export function exceedsMemory(bytes: number): boolean {
  // 0, or more than there is, without a limit.
  const limit = process.constrainedMemory();
  return bytes > (limit > 0 ? Math.min(limit, totalmem()) : totalmem());
}
