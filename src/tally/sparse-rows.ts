import { eachNonZero, type Counters } from './counters.ts';
import type { GroupRow } from './groups.ts';
import { atRow, type RowKey, type RowSums } from './rows.ts';

const free = -1;
const firstCapacity = 16;
const stride = 0x9e3779b1;

/**
 * Sums that hold the counters that are not zero, for very many rows: a hash table with open addressing, of 16 bytes a slot. The cell of a
 * counter is the index of its row times the width plus the column, which is exact up to 2^53.
 */
export class SparseRows implements RowSums {
  readonly width: number;
  /** The index of each key's row. */
  readonly #indices = new Map<RowKey, number>();
  #cells = new Float64Array(firstCapacity).fill(free);
  #counts = new BigUint64Array(firstCapacity);
  #size = 0;

  constructor(width: number) {
    this.width = width;
  }

  none(): SparseRows {
    return new SparseRows(this.width);
  }

  add(keys: Iterable<RowKey>, numbers: Counters): void {
    const all = [...keys];
    eachNonZero(numbers, (index, count) => {
      this.#addTo(atRow(all, index, this.width), index % this.width, BigInt(count));
    });
  }

  addAll(other: RowSums): void {
    other.each((key, column, count) => {
      this.#addTo(key, column, count);
    });
  }

  each(take: (key: RowKey, column: number, count: bigint) => void): void {
    const keys = [...this.#indices.keys()];
    // Not in the order of the slots, which is that of the hashes: who adds these counters to a smaller table would fill a part of it, and look
    // for each through all that are there. All slots come, since the stride is odd.
    const last = this.#cells.length - 1;
    for (let index = 0; index <= last; index += 1) {
      const slot = Math.imul(index, stride) & last;
      const cell = this.#cells[slot] ?? free;
      if (cell !== free) take(atRow(keys, cell, this.width), cell % this.width, this.#counts[slot] ?? 0n);
    }
  }

  row(key: RowKey): BigUint64Array {
    const row = new BigUint64Array(this.width);
    const index = this.#indices.get(key);
    if (index === undefined) return row;
    return row.map((_, column) => this.#countOf(index * this.width + column));
  }

  sum(): BigUint64Array {
    const sum = new BigUint64Array(this.width);
    for (const [slot, cell] of this.#cells.entries()) {
      const column = cell % this.width;
      if (cell !== free) sum[column] = (sum[column] ?? 0n) + (this.#counts[slot] ?? 0n);
    }
    return sum;
  }

  /** Yields the rows in the order of their keys. It takes eight more bytes for each counter, and some for each row. */
  *inOrder(): Generator<GroupRow> {
    const keys = [...this.#indices].sort(([one], [other]) => (one < other ? -1 : 1));
    const cells = new Float64Array(this.#size);
    let length = 0;
    // Where each row stands in that order.
    const places = new Float64Array(keys.length);
    for (const [place, [, index]] of keys.entries()) places[index] = place;
    for (const cell of this.#cells) {
      if (cell === free) continue;
      cells[length] = (places[Math.floor(cell / this.width)] ?? 0) * this.width + (cell % this.width);
      length += 1;
    }
    cells.sort();
    const arrays = new RowArrays();
    for (let begin = 0, end = 0; begin < cells.length; begin = end) {
      const place = Math.floor((cells[begin] ?? 0) / this.width);
      const [key = 0, index = 0] = keys[place] ?? [];
      while (end < cells.length && (cells[end] ?? 0) < (place + 1) * this.width) end += 1;
      const { columns, counts } = arrays.take(end - begin);
      for (let at = 0; at < columns.length; at += 1) {
        const column = (cells[begin + at] ?? 0) - place * this.width;
        columns[at] = column;
        counts[at] = this.#countOf(index * this.width + column);
      }
      yield { key, columns, counts };
    }
  }

  #addTo(key: RowKey, column: number, count: bigint): void {
    let row = this.#indices.get(key);
    if (row === undefined) {
      row = this.#indices.size;
      this.#indices.set(key, row);
    }
    const cell = row * this.width + column;
    let slot = this.#slotOf(cell);
    if (this.#cells[slot] === free) {
      if (3 * this.#size >= 2 * this.#cells.length) {
        this.#grow();
        slot = this.#slotOf(cell);
      }
      this.#cells[slot] = cell;
      this.#size += 1;
    }
    this.#counts[slot] = (this.#counts[slot] ?? 0n) + count;
  }

  #countOf(cell: number): bigint {
    const slot = this.#slotOf(cell);
    return this.#cells[slot] === cell ? (this.#counts[slot] ?? 0n) : 0n;
  }

  /** Returns the slot that holds a cell, or the free one in which it belongs. */
  #slotOf(cell: number): number {
    const last = this.#cells.length - 1;
    // Neighbouring cells are added together, so that multiplicative hashing must spread the low bits.
    const hash = Math.imul(cell | 0, 0x9e3779b1) ^ Math.imul((cell / 2 ** 32) | 0, 0x85ebca6b);
    let slot = (hash ^ (hash >>> 15)) & last;
    while (this.#cells[slot] !== free && this.#cells[slot] !== cell) slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    const [cells, counts] = [this.#cells, this.#counts];
    this.#cells = new Float64Array(2 * cells.length).fill(free);
    this.#counts = new BigUint64Array(this.#cells.length);
    for (const [from, cell] of cells.entries()) {
      if (cell === free) continue;
      const slot = this.#slotOf(cell);
      this.#cells[slot] = cell;
      this.#counts[slot] = counts[from] ?? 0n;
    }
  }
}

const countersTogether = 2 ** 12;

/** Gives rows parts of larger arrays: millions of small arrays, each with memory of its own, would cost more than what is in them. */
class RowArrays {
  #columns = new Uint32Array();
  #counts = new BigUint64Array();
  #taken = 0;

  take(length: number): Pick<GroupRow, 'columns' | 'counts'> {
    if (this.#columns.length - this.#taken < length) {
      this.#columns = new Uint32Array(Math.max(length, countersTogether));
      this.#counts = new BigUint64Array(this.#columns.length);
      this.#taken = 0;
    }
    const [begin, end] = [this.#taken, this.#taken + length];
    this.#taken = end;
    return { columns: this.#columns.subarray(begin, end), counts: this.#counts.subarray(begin, end) };
  }
}
