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
    await checkBatch(left, check, take);
  }
}

/** Does the same on libuv's thread pool from the start, for checks that may wait for a file server. */
export async function checkFilesOnPool<T, R>(
  files: Iterable<T>,
  check: Pick<FileCheck<T, R>, 'async'>,
  take: (found: R) => void,
): Promise<void> {
  const left = files[Symbol.iterator]();
  while ((await checkBatch(left, check, take)) > 0);
}

/** Checks the next batch on the thread pool and returns the number of its files. */
async function checkBatch<T, R>(
  left: Iterator<T>,
  check: Pick<FileCheck<T, R>, 'async'>,
  take: (found: R) => void,
): Promise<number> {
  const outcomes = await Promise.allSettled(nextOf(left, asyncBatch).map((file) => check.async(file)));
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') throw outcome.reason;
    take(outcome.value);
  }
  return outcomes.length;
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
