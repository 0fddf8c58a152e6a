import type { StreamSums } from './kernel.ts';

// StreamSums as four numbers in a row, as the addon returns them and as ranks and the journal keep them.

/** How many numbers they are. */
export const sumsWidth = 4;

const absent = -1;

/** Encodes sums. */
export function numbersOfSums({
  rotation = absent,
  part = absent,
  total = absent,
  open = absent,
}: StreamSums = {}): number[] {
  return [rotation, part, total, open];
}

/** Decodes sums; undefined if all of them are absent. */
export function sumsOfNumbers(numbers: Iterable<number>): StreamSums | undefined {
  const [rotation, part, total, open] = Array.from(numbers, (number) => (number === absent ? undefined : number));
  return someSums({ rotation, part, total, open });
}

/** Returns sums unless all of them are absent. */
export function someSums(sums: StreamSums): StreamSums | undefined {
  return Object.values(sums).some((number) => number !== undefined) ? sums : undefined;
}
