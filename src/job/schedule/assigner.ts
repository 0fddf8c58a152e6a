import { assignmentFor } from '../../corpus/assignment.ts';
import { formatNumber } from '../../corpus/file-format.ts';
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

/**
 * Returns the blocks to count in which a file begins that is larger than a block and may be counted there as a whole: any file if all
 * are, otherwise a decoded file, which is not divided or may turn out to be one decoding unit.
 */
function largeBlocks({ plan: { files, grid }, missing }: PreparedJob, layout: Layout): LargeBlock[] {
  const { blockSize, wholeFiles = false } = grid;
  if (!files.isDecoded && !wholeFiles) return [];
  const { formats } = files.parts;
  const bytes = new Map<number, number>();
  for (const { file, begin } of layout.fileRanges(missing)) {
    const size = files.size(file);
    if (begin > 0 || (formats[file] === 0 && !wholeFiles) || size <= blockSize) continue;
    if (formats[file] === formatNumber('encoding') && layout.isCut(file)) continue; // at any byte
    bytes.set(Math.floor(layout.beginOf(file) / blockSize), size);
  }
  return Array.from(bytes, ([index, bytes]) => ({ index, bytes }));
}
