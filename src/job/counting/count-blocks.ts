import type { Arrival } from '../../scan/kernel.ts';
import type { AssignedBlock, Schedule } from '../schedule/schedule.ts';
import type { WrongStart } from './chain.ts';
import type { SkipList } from './skip-list.ts';
import { BlockCounter, type BlockCounts, type CountContext } from './block-counter.ts';
import { openSum } from './stream-sums.ts';

/** A block and its counts. */
export interface BlockResult extends BlockCounts, AssignedBlock {}

/**
 * Counts the blocks of a chain again, one after the other, and yields each.
 * @param start Where, for certain, the first unit begins in the file within which the first block begins.
 * @throws InputError if a file that is not skipped cannot be read or decoded, or has changed since it was checked.
 */
export async function* recountBlocks(
  blocks: Iterable<AssignedBlock>,
  { from, sum }: WrongStart,
  context: CountContext,
): AsyncGenerator<BlockResult> {
  const counter = new BlockCounter(context, 1);
  let arrival: Arrival = { start: from, isSure: true, sum };
  try {
    for (const assigned of blocks) {
      const counted = await counter.count(assigned, skipsIn(assigned, context), arrival);
      yield { ...assigned, ...counted };
      // The next block begins where this one ended.
      arrival = arrivalAfter(counted, arrival);
    }
  } finally {
    counter.close();
  }
}

function skipsIn({ files, layout }: AssignedBlock, { skips }: CountContext): SkipList | undefined {
  return skips?.among(files, layout);
}

/** Returns the arrival at the block after another one. @param before The arrival at that one, beyond which its unit may go on. */
function arrivalAfter({ link }: BlockCounts, before: Arrival): Arrival {
  if (typeof link !== 'object' || link.end === undefined) return before;
  return { start: link.end, isSure: true, sum: openSum(link.sums, before.sum) };
}

/**
 * Counts up to `concurrency` blocks concurrently and yields each as it finishes; with a `concurrency` of 1, in the order of the schedule.
 * @throws InputError if a file that is not skipped cannot be read, ends before its size, or has changed since it was checked.
 */
export async function* countBlocks(
  schedule: Pick<Schedule, 'next'>,
  context: CountContext,
  concurrency = 1,
): AsyncGenerator<BlockResult> {
  const busy = new Map<BlockCounter, Promise<{ counter: BlockCounter; counted: BlockResult | undefined }>>();
  const counters = Array.from({ length: concurrency }, () => new BlockCounter(context, concurrency));
  const count = async (counter: BlockCounter, assigned: AssignedBlock | undefined) => {
    const counted = assigned && {
      ...assigned,
      ...(await counter.count(assigned, skipsIn(assigned, context))),
    };
    return { counter, counted };
  };
  const startNext = (counter: BlockCounter): void => {
    const next = schedule.next();
    if (next === undefined) return;
    // A block that is there already is begun at once.
    const counts = next instanceof Promise ? next.then((assigned) => count(counter, assigned)) : count(counter, next);
    counts.catch(() => undefined); // Promise.race() reports it, unless the job has ended by then
    busy.set(counter, counts);
  };
  try {
    counters.forEach(startNext);
    while (busy.size > 0) {
      const { counter, counted } = await Promise.race(busy.values());
      busy.delete(counter);
      if (!counted) continue;
      startNext(counter);
      yield counted;
    }
  } finally {
    // Blocks in progress are not awaited: the job ends here, and a read from a dead file server may never return.
    for (const counter of counters) {
      const close = () => {
        counter.close();
      };
      const counts = busy.get(counter);
      if (counts) void counts.then(close, close);
      else close();
    }
  }
}
