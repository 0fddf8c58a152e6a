import { endianness } from 'node:os';

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
  if (counters instanceof BigUint64Array) {
    eachNonZeroOf(counters, take);
    return;
  }
  for (let index = 0; index < counters.length; index += 1) {
    const count = counters[index] ?? 0;
    if (count !== 0 && count !== 0n) take(index, count);
  }
}

/** Looks at the halves of each count: to read a BigInt takes an object, and of a million counts most may be zero. */
function eachNonZeroOf(counters: BigUint64Array, take: (index: number, count: bigint) => void): void {
  const halves = halvesOf(counters);
  for (let at = 0; at < halves.length; at += 2) {
    if (halves[at] !== 0 || halves[at + 1] !== 0) take(at / 2, counters[at / 2] ?? 0n);
  }
}

function halvesOf({ buffer, byteOffset, length }: BigUint64Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, 2 * length);
}

/** Returns a function that returns a counter: as a number, which takes no object, if it is below 2^32. */
export function smallCounters(counters: BigUint64Array): (index: number) => number | bigint {
  const halves = halvesOf(counters);
  const low = endianness() === 'LE' ? 0 : 1;
  return (index) => (halves[2 * index + 1 - low] === 0 ? (halves[2 * index + low] ?? 0) : (counters[index] ?? 0n));
}

/** Returns counters in sparse form if they are many and most are zero, otherwise as they are. None of them is above 2^53. */
export function compacted(counters: BigUint64Array): BigUint64Array | SparseCounters {
  if (counters.length < minLength) return counters;
  const halves = halvesOf(counters);
  const maxNonZero = counters.length / minZeros;
  let nonZero = 0;
  for (let at = 0; at < halves.length && nonZero <= maxNonZero; at += 2) {
    if (halves[at] !== 0 || halves[at + 1] !== 0) nonZero += 1;
  }
  return nonZero <= maxNonZero ? toSparse(counters) : counters;
}

// For each counter that is not zero. The sparse form has two numbers for it, and is read more slowly.
const minZeros = 8;
const minLength = 1000;

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
