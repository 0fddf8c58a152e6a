/** Returns the number of indices below `length` for which a predicate holds. It must hold for the first ones, and for none after these. */
export function partitionPoint(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
