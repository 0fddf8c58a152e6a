/** Rows of counters, one after the other, in sparse form: the indices and the counts of those that are not zero, in order. */
export interface SparseCounters {
  /** The number of all counters. */
  readonly length: number;
  readonly indices: readonly number[];
  readonly counts: readonly number[];
}

/** Rows of counters, one after the other. */
export type Counters = ArrayLike<number | bigint> | SparseCounters;

export function isSparse(counters: Counters): counters is SparseCounters {
  return 'indices' in counters;
}

/** Calls `take` with the index and the count of each counter that is not zero, in order. */
export function eachNonZero(counters: Counters, take: (index: number, count: number | bigint) => void): void {
  if (isSparse(counters)) {
    for (const [at, index] of counters.indices.entries()) take(index, counters.counts[at] ?? 0);
    return;
  }
  for (let index = 0; index < counters.length; index += 1) {
    const count = counters[index] ?? 0;
    if (count !== 0 && count !== 0n) take(index, count);
  }
}

/** Returns counters in sparse form. */
export function toSparse(counters: Counters): SparseCounters {
  if (isSparse(counters)) return counters;
  const indices: number[] = [];
  const counts: number[] = [];
  eachNonZero(counters, (index, count) => {
    indices.push(index);
    counts.push(Number(count));
  });
  return { length: counters.length, indices, counts };
}

/** Returns all counters, zeros included. */
export function toDense(counters: Counters): number[] {
  const dense = new Array<number>(counters.length).fill(0);
  eachNonZero(counters, (index, count) => {
    dense[index] = Number(count);
  });
  return dense;
}

/** Collects rows one after the other, in sparse form. */
export class GrowingCounters implements SparseCounters {
  length = 0;
  readonly indices: number[] = [];
  readonly counts: number[] = [];

  append(counters: Counters): void {
    const before = this.length;
    eachNonZero(counters, (index, count) => {
      this.indices.push(before + index);
      this.counts.push(Number(count));
    });
    this.length = before + counters.length;
  }
}
