import type { Block } from '../../corpus/grid.ts';
import type { KernelResult } from '../../scan/kernel.ts';
import { BlockCounter, type CountContext } from './block-counter.ts';

/** A block and its counts. */
export interface BlockResult extends KernelResult {
  readonly block: Block;
}

/**
 * Counts up to `concurrency` blocks concurrently and yields each as it finishes; with a `concurrency` of 1, in the given order.
 * @throws InputError if a file cannot be read, ends before its size, or has changed since it was checked.
 */
export async function* countBlocks(
  blocks: Iterable<Block>,
  context: CountContext,
  concurrency = 1,
): AsyncGenerator<BlockResult> {
  const left = blocks[Symbol.iterator]();
  const busy = new Map<BlockCounter, Promise<{ counter: BlockCounter; counted: BlockResult }>>();
  const counters = Array.from({ length: concurrency }, () => new BlockCounter(context, concurrency));
  const startNext = (counter: BlockCounter): void => {
    const next = left.next();
    if (next.done === true) return;
    const block = next.value;
    const counts = counter.count(block.fileRanges).then((found) => ({ counter, counted: { block, ...found } }));
    counts.catch(() => undefined); // Promise.race() reports it, unless the job has ended by then
    busy.set(counter, counts);
  };
  try {
    counters.forEach(startNext);
    while (busy.size > 0) {
      const { counter, counted } = await Promise.race(busy.values());
      busy.delete(counter);
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
