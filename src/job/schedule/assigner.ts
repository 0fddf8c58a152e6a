import { assignmentFor } from '../../corpus/assignment.ts';
import { Layout, sliceOf } from '../../corpus/grid.ts';
import type { PreparedJob } from '../job.ts';
import { GuidedQueue, type LargeBlock } from './guided-queue.ts';
import type { Assigner } from './schedule.ts';

/** Returns the assigner of a job of `ranks` ranks. */
export function makeAssigner(prepared: PreparedJob, ranks: number): Assigner {
  const { plan, missing, settings } = prepared;
  const { files, grid } = plan;
  const layout = new Layout(files.parts, grid);
  if (settings.schedule === 'static') {
    return {
      first: (rank) => assignmentFor(sliceOf(rank, ranks, missing), files, layout),
      next: () => assignmentFor([], files, layout),
    };
  }
  const queue = new GuidedQueue(missing, largeBlocks(prepared, layout), ranks, grid.blockSize);
  const next = (blocks: number) => assignmentFor(queue.take(blocks), files, layout);
  return { first: () => next(settings.threads), next };
}

/** Returns the blocks to count that have more bytes than a block of the grid, since a decoded file begins in them. */
function largeBlocks({ plan: { files, grid }, missing }: PreparedJob, layout: Layout): LargeBlock[] {
  if (!files.isDecoded) return [];
  const { blockSize } = grid;
  const candidates = new Set<number>();
  for (const { file, begin, end } of layout.fileRanges(missing)) {
    const isDecoded = files.parts.formats[file] !== 0;
    if (isDecoded && end - begin > blockSize) candidates.add(Math.floor((layout.beginOf(file) + begin) / blockSize));
  }
  return Array.from(candidates, (index) => ({ index, bytes: layout.block(index).bytes })).filter(
    ({ bytes }) => bytes > blockSize,
  );
}
