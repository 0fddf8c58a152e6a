import type { FileCheck } from './file-checks.ts';

const syncBatch = 8;
const asyncBatch = 256;
// In milliseconds per file: a check on a local disk takes some 0.01, a round trip to libuv's thread pool 0.05.
const slow = 0.3;

/**
 * Checks files in order. Starts synchronously; once a batch averages more than `slowFrom` ms per file (a network file system),
 * continues asynchronously on libuv's thread pool.
 * @param take Called with each result, in the order of the files.
 * @throws The error of the first file whose check fails.
 */
export async function checkFiles<T, R>(
  files: Iterable<T>,
  check: FileCheck<T, R>,
  take: (found: R) => void,
  slowFrom: number = slow,
): Promise<void> {
  const left = files[Symbol.iterator]();
  for (;;) {
    const start = performance.now();
    const few = nextOf(left, syncBatch);
    for (const file of few) take(check.sync(file));
    if (few.length < syncBatch) return;
    if (performance.now() - start < slowFrom * few.length) continue;
    for (const outcome of await Promise.allSettled(nextOf(left, asyncBatch).map((file) => check.async(file)))) {
      if (outcome.status === 'rejected') throw outcome.reason;
      take(outcome.value);
    }
  }
}

function nextOf<T>(left: Iterator<T>, max: number): T[] {
  const files: T[] = [];
  while (files.length < max) {
    const next = left.next();
    if (next.done === true) break;
    files.push(next.value);
  }
  return files;
}
