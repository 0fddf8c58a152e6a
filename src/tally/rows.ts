import { eachNonZero, type Counters } from './counters.ts';

/**
 * The key of a row. Rows are in the order of their keys, which are all numbers, or all texts of one character for each byte, so that their
 * order is that of the bytes.
 */
export type RowKey = number | string;

/** Sums of rows of counters, each row under a key. A row that was never added to is zero. */
export interface RowSums {
  /** The number of counters in a row. */
  readonly width: number;
  /** Adds one row for each key. @param numbers The rows, one after the other. */
  add(keys: Iterable<RowKey>, numbers: Counters): void;
  /** Adds all rows of other sums. */
  addAll(other: RowSums): void;
  /** Calls `take` with each counter that is not zero. */
  each(take: (key: RowKey, column: number, count: bigint) => void): void;
  /** Returns the row of a key. */
  row(key: RowKey): BigUint64Array;
  /** Returns the sum of all rows. */
  sum(): BigUint64Array;
  /** Returns sums of this kind without a row. */
  none(): RowSums;
}

/** Sums that hold every counter of every row: for few rows, or rows without many zeros. */
export class Rows implements RowSums {
  readonly width: number;
  /** The index of each key's row. */
  readonly indices = new Map<RowKey, number>();
  /** The counters, row by row; the array is longer than its rows need. */
  numbers: BigUint64Array;

  constructor(width: number) {
    this.width = width;
    this.numbers = new BigUint64Array(width);
  }

  none(): Rows {
    return new Rows(this.width);
  }

  add(keys: Iterable<RowKey>, numbers: Counters): void {
    const offsets = Array.from(keys, (key) => this.#offsetOf(key));
    eachNonZero(numbers, (index, count) => {
      this.#addTo(atRow(offsets, index, this.width) + (index % this.width), BigInt(count));
    });
  }

  addAll(other: RowSums): void {
    other.each((key, column, count) => {
      this.#addTo(this.#offsetOf(key) + column, count);
    });
  }

  each(take: (key: RowKey, column: number, count: bigint) => void): void {
    const keys = [...this.indices.keys()];
    eachNonZero(this.counters, (index, count) => {
      take(atRow(keys, index, this.width), index % this.width, BigInt(count));
    });
  }

  #addTo(at: number, count: bigint): void {
    this.numbers[at] = (this.numbers[at] ?? 0n) + count;
  }

  /** All rows, one after the other, in the order in which they were first added to. */
  get counters(): BigUint64Array {
    return this.numbers.subarray(0, this.indices.size * this.width);
  }

  row(key: RowKey): BigUint64Array {
    const index = this.indices.get(key);
    return index === undefined
      ? new BigUint64Array(this.width)
      : this.numbers.slice(index * this.width, (index + 1) * this.width);
  }

  sum(): BigUint64Array {
    if (this.indices.size <= 1) return this.numbers.slice(0, this.width);
    const sum = new Rows(this.width);
    sum.add(
      Array.from(this.indices, () => 0),
      this.numbers,
    );
    return sum.row(0);
  }

  /** Returns the offset in `numbers` of the row of a key, which is made if there is none. */
  #offsetOf(key: RowKey): number {
    const known = this.indices.get(key);
    if (known !== undefined) return known * this.width;
    const offset = this.indices.size * this.width;
    this.indices.set(key, this.indices.size);
    if (offset + this.width > this.numbers.length) {
      const larger = new BigUint64Array(2 * this.numbers.length);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    return offset;
  }
}

/** Returns what belongs to the row in which a counter is. @param rows An element for each row. @throws RangeError if it is in none. */
export function atRow<T>(rows: readonly T[], index: number, width: number): T {
  const row = rows[Math.floor(index / width)];
  if (row === undefined) throw new RangeError('a counter is in no row');
  return row;
}
