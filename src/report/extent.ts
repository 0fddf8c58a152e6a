import type { Layout } from '../corpus/grid.ts';
import type { BlockEvent } from '../job/journal/events.ts';

/** A range of the corpus, in stored bytes. */
export interface Extent {
  readonly begin: number;
  readonly end: number;
}

/**
 * Returns the range of the corpus whose text a block has counted, beyond its end if a file or a decoding unit that begins in it does not end in it.
 * @param layout The layout of the files that are counted.
 * @returns Undefined if no bytes of these files belong to the block.
 */
export function extentOf({ block, link }: BlockEvent, layout: Layout): Extent | undefined {
  let [begin, end] = [Infinity, -Infinity];
  for (const range of layout.block(block).fileRanges) {
    const fileBegin = layout.beginOf(range.file);
    begin = Math.min(begin, fileBegin + range.begin);
    end = Math.max(end, fileBegin + range.end);
  }
  if (begin === Infinity) return undefined;
  if (link?.at !== undefined) begin = layout.beginOf(layout.fileAt(begin)) + link.at;
  if (link?.end !== undefined) end = Math.max(end, layout.beginOf(layout.fileAt(end - 1)) + link.end);
  return { begin, end };
}
