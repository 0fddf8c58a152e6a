import type { Block } from '../../corpus/grid.ts';
import type { BlockCounts } from '../../scan/scanner.ts';
import { BlockCounter, type CountContext } from './block-counter.ts';

/** A block and what was found in it. */
export interface BlockResult extends BlockCounts {
  readonly block: Block;
}

/**
 * Counts blocks, so many at a time, and passes each on as soon as it is done: with one at a time, in the order given. A block whose
 * file has changed since it was found is not passed on.
 * @throws InputError when a file cannot be read, or ends before its size.
 */
export async function* countBlocks(
  blocks: Iterable<Block>,
  counting: CountContext,
  atOnce = 1,
): AsyncGenerator<BlockResult> {
  const left = blocks[Symbol.iterator]();
  const busy = new Map<BlockCounter, Promise<{ counter: BlockCounter; counted: BlockResult }>>();
  const counters = Array.from({ length: atOnce }, () => new BlockCounter(counting, atOnce));
  const startNext = (counter: BlockCounter): void => {
    const next = left.next();
    if (next.done === true) return;
    const block = next.value;
    const counts = counter.count(block.pieces).then((found) => ({ counter, counted: { block, ...found } }));
    counts.catch(() => undefined); // told when it is waited for, if the job still goes on then
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
    // Blocks that are still being counted are not waited for: the job has failed, and a read may take for ever.
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
