import type { FileCheck } from './file-checks.ts';

const syncBatch = 8;
const asyncBatch = 256;
// In milliseconds for a file: a disk of this host's takes some 0.01, the way to Node's threads and back 0.05.
const slow = 0.3;

/**
 * Looks at many files, in order: at one after the other as long as that is quick, else at many at once, as many as Node has threads.
 * Where a file server has to be asked, that is as many times as fast.
 * @param take Given what was found, in order.
 * @param slowFrom In milliseconds for a file.
 * @throws What the lookup does, of the first file for which it does.
 */
export async function checkFiles<T, R>(
  files: Iterable<T>,
  { now, soon }: FileCheck<T, R>,
  take: (found: R) => void,
  slowFrom: number = slow,
): Promise<void> {
  const left = files[Symbol.iterator]();
  for (;;) {
    const start = performance.now();
    const few = nextOf(left, syncBatch);
    for (const file of few) take(now(file));
    if (few.length < syncBatch) return;
    if (performance.now() - start < slowFrom * few.length) continue;
    for (const outcome of await Promise.allSettled(nextOf(left, asyncBatch).map(soon))) {
      if (outcome.status === 'rejected') throw outcome.reason;
      take(outcome.value);
    }
  }
}

function nextOf<T>(left: Iterator<T>, most: number): T[] {
  const files: T[] = [];
  while (files.length < most) {
    const next = left.next();
    if (next.done === true) break;
    files.push(next.value);
  }
  return files;
}
