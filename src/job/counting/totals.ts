/** Adds element by element. */
export function addTo(sums: BigUint64Array, counts: BigUint64Array): void {
  counts.forEach((count, index) => {
    if (count !== 0n) sums[index] = (sums[index] ?? 0n) + count;
  });
}
