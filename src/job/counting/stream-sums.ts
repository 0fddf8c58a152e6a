import type { StreamSums } from '../../scan/kernel.ts';
import { someSums } from '../../scan/stream-sums.ts';

/** Returns the sum of the stream that goes on behind units. @param before The same for those before them. Undefined if it is not known. */
export function openSum(
  { rotation, part, total, open }: StreamSums = {},
  before: number | undefined,
): number | undefined {
  if (rotation === undefined || part === undefined || total !== undefined) return open;
  return before === undefined ? undefined : added(before, rotation, part);
}

/**
 * Returns whether a stream that began before units, and ends in them, has the checksum of its blocks.
 * @param before The sum of those before them. If it is not known, nothing can be said against the checksum.
 */
export function isRightSum({ rotation, part, total }: StreamSums = {}, before: number | undefined): boolean {
  if (rotation === undefined || part === undefined || total === undefined || before === undefined) return true;
  return added(before, rotation, part) === total;
}

/** Returns the sums of units and those that follow them. What is missing in one is missing in the result. */
export function joinedSums(before: StreamSums = {}, after: StreamSums = {}): StreamSums | undefined {
  const { rotation, part, total } = before;
  const goesOn = rotation !== undefined && part !== undefined && total === undefined;
  if (!goesOn) return someSums({ rotation, part, total, open: openSum(after, before.open) });
  if (after.rotation === undefined || after.part === undefined) return someSums({ open: after.open });
  return { ...after, rotation: (rotation + after.rotation) % 32, part: added(part, after.rotation, after.part) };
}

function added(sum: number, rotation: number, part: number): number {
  const rotated = (sum << rotation) | (rotation === 0 ? 0 : sum >>> (32 - rotation));
  return (rotated ^ part) >>> 0;
}
