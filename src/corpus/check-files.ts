import { clockTime } from '../base/clock.ts';
import type { FileState } from './changes.ts';
import type { FileCheck, StateCheck } from './file-checks.ts';
import { nativeFiles, type NativeStates } from './native.ts';
import type { PathList } from './path-list.ts';

/** The number of files that are checked synchronously. */
export const syncBatch = 8;
const asyncBatch = 256;
// In milliseconds per file: a check on a local disk takes some 0.01, a round trip to libuv's thread pool 0.05.
const slow = 0.3;

/**
 * Checks files in order. Starts synchronously, since most inputs are few files. If the state of a file is all that a check needs, worker threads
 * stat the other files; otherwise, once a batch averages more than `slowFrom` ms per file (a network file system), it continues asynchronously on
 * libuv's thread pool.
 * @param take Called with each result and its file, in the order of the files.
 * @throws The error of the first file whose check fails.
 */
export async function checkFiles<T, R>(
  files: Iterable<T>,
  check: FileCheck<T, R>,
  take: (found: R, file: T) => void,
  slowFrom: number = slow,
): Promise<void> {
  const left = files[Symbol.iterator]();
  for (;;) {
    const start = clockTime();
    const few = nextOf(left, syncBatch);
    for (const file of few) take(check.sync(file), file);
    if (few.length < syncBatch) return;
    if (check.ofState) {
      await checkStates(left, check, check.ofState, take);
      return;
    }
    if (clockTime() - start < slowFrom * few.length) continue;
    await checkBatch(left, check, take);
  }
}

// Enough that a round trip to a thread costs little for each file; few enough that a slow file server is asked by many threads.
const statesBatch = 256;
const batchesUnderWay = 16;

/** Checks files whose states worker threads find out, several batches at once. */
async function checkStates<T, R>(
  left: Iterator<T>,
  check: FileCheck<T, R>,
  ofState: StateCheck<T, R>,
  take: (found: R, file: T) => void,
): Promise<void> {
  const startNext = () => {
    const batch = nextOf(left, statesBatch);
    return batch.length > 0 ? statesOf(batch, ofState) : undefined;
  };
  for await (const { batch, states } of severalAtOnce(startNext)) {
    for (const [index, file] of batch.entries()) {
      const state = stateAt(states, index);
      if (state && ofState.passes(file, state)) take(ofState.result(file, state), file);
      else take(await check.async(file), file);
    }
  }
}

interface StatesOfBatch<T> {
  readonly batch: readonly T[];
  readonly states: NativeStates;
}

async function statesOf<T>(batch: readonly T[], { pathOf, toRead }: StateCheck<T, unknown>): Promise<StatesOfBatch<T>> {
  const paths = batch.map(pathOf);
  let end = 0;
  const ends = Float64Array.from(paths, ({ length }) => (end += length));
  const states = await nativeFiles().fileStates(Buffer.concat(paths, end), ends, 0, ends.length, toRead);
  return { batch, states };
}

/**
 * Yields the results of batches in their order, while the next ones are under way.
 * @param startNext Starts the next batch. Returns undefined when there is none.
 */
async function* severalAtOnce<T>(startNext: () => Promise<T> | undefined): AsyncGenerator<T> {
  const underWay: Promise<T>[] = [];
  const fill = () => {
    while (underWay.length < batchesUnderWay) {
      const started = startNext();
      if (!started) return;
      underWay.push(started);
    }
  };
  fill();
  for (let next = underWay.shift(); next; next = underWay.shift()) {
    const result = await next;
    fill();
    yield result;
  }
}

// In files: as above, where there is no object for each.
const [leastPart, largestPart] = [64, 1024];

/** Some files of a list, and their states in the same order. */
export interface ListedStates {
  readonly paths: PathList;
  readonly states: NativeStates;
}

/**
 * Yields the states of files in order and in parts. Worker threads find them out, several parts at once. Files that are not countable
 * are to be checked anew, which tells what is wrong.
 * @param toRead Whether they must be files that this process may read.
 */
export function statesInOrder(paths: PathList, toRead: boolean): AsyncGenerator<ListedStates> {
  let begun = 0;
  const begin = async (part: PathList): Promise<ListedStates> => {
    const { columns } = part;
    const states = nativeFiles().fileStates(columns.paths, columns.ends, part.begin, part.end, toRead);
    return { paths: part, states: await states };
  };
  const size = Math.min(Math.max(Math.ceil(paths.length / batchesUnderWay), leastPart), largestPart);
  return severalAtOnce(() => {
    if (begun >= paths.length) return undefined;
    const part = paths.slice(begun, begun + size);
    begun += size;
    return begin(part);
  });
}

/** Returns the state of a file; undefined if it is not countable. */
export function stateAt({ sizes, modified, inodes, isCountable }: NativeStates, index: number): FileState | undefined {
  if (isCountable[index] !== 1) return undefined;
  return { size: sizes[index] ?? 0, modified: modified[index] ?? 0n, inode: inodes[index] ?? 0n };
}

/** Does what checkFiles() does, on libuv's thread pool from the start, for checks that may wait for a file server. */
export async function checkFilesOnPool<T, R>(
  files: Iterable<T>,
  check: Pick<FileCheck<T, R>, 'async'>,
  take: (found: R, file: T) => void,
): Promise<void> {
  const left = files[Symbol.iterator]();
  while ((await checkBatch(left, check, take)) > 0);
}

/** Checks the next batch on the thread pool and returns the number of its files. */
async function checkBatch<T, R>(
  left: Iterator<T>,
  check: Pick<FileCheck<T, R>, 'async'>,
  take: (found: R, file: T) => void,
): Promise<number> {
  const batch = nextOf(left, asyncBatch);
  const outcomes = await Promise.allSettled(batch.map((file) => check.async(file)));
  for (const [index, file] of batch.entries()) {
    const outcome = outcomes[index];
    if (outcome?.status === 'fulfilled') take(outcome.value, file);
    else throw outcome?.reason;
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
