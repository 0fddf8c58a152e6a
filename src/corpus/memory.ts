import { totalmem } from 'node:os';

/**
 * Tells whether `bytes` exceed the memory of this host, or the job's limit if that is lower. Then data should be dropped from the page
 * cache after it was read, since it would only evict the data of others.
 */
export function exceedsMemory(bytes: number): boolean {
  return bytes > memoryLimit();
}

// In bytes; the limit of zstd's own program, which every file of its default settings keeps.
const leastForDecoder = 128 * 1024 * 1024;

/**
 * Returns the most memory that a decoder may need for its window, in bytes: a quarter of the memory for all decoders of this host.
 * @param decoders Their number.
 */
export function memoryForDecoder(decoders: number): number {
  return Math.max(leastForDecoder, Math.floor(memoryLimit() / (4 * decoders)));
}

function memoryLimit(): number {
  // Without a limit, this is 0 or more than the memory of the host.
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
