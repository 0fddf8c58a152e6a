/** Adds `counts` to `totals`, element by element. */
export function addTo(totals: BigUint64Array, counts: BigUint64Array): void {
  counts.forEach((count, index) => {
    if (count !== 0n) totals[index] = (totals[index] ?? 0n) + count;
  });
}
