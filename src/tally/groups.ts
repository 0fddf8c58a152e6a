import { partitionPoint } from '../base/partition-point.ts';
import type { RowKey } from './rows.ts';

/** The counters of one group that are not zero, by ascending column. */
export interface GroupRow {
  readonly key: RowKey;
  readonly columns: Uint32Array;
  readonly counts: BigUint64Array;
}

/** Consecutive rows of groups as columns, which can be sent and stored. */
export interface GroupBatch {
  readonly keys: readonly RowKey[];
  /** Where the counters of each row end. */
  readonly ends: Uint32Array;
  readonly columns: Uint32Array;
  readonly counts: BigUint64Array;
}

/** Collects rows in batches of at least so many counters, but for the last one; a batch ends with a row. */
export class GroupBatcher {
  readonly #minCounters: number;
  #rows: GroupRow[] = [];
  #counters = 0;

  constructor(minCounters: number) {
    this.#minCounters = minCounters;
  }

  /** Adds a row. Returns a batch when there is enough for one. */
  add(row: GroupRow): GroupBatch | undefined {
    this.#rows.push(row);
    this.#counters += row.columns.length;
    return this.#counters < this.#minCounters ? undefined : this.rest();
  }

  /** Returns the batch of the rows that are left; undefined if there are none. */
  rest(): GroupBatch | undefined {
    if (this.#rows.length === 0) return undefined;
    const batch = batchOf(this.#rows, this.#counters);
    this.#rows = [];
    this.#counters = 0;
    return batch;
  }
}

/** Yields rows in batches; see GroupBatcher. */
export function* batchesOf(rows: Iterable<GroupRow>, minCounters: number): Generator<GroupBatch> {
  const batcher = new GroupBatcher(minCounters);
  for (const row of rows) {
    const batch = batcher.add(row);
    if (batch) yield batch;
  }
  const last = batcher.rest();
  if (last) yield last;
}

function batchOf(rows: readonly GroupRow[], counters: number): GroupBatch {
  const columns = new Uint32Array(counters);
  const counts = new BigUint64Array(counters);
  let end = 0;
  const ends = Uint32Array.from(rows, (row) => {
    columns.set(row.columns, end);
    counts.set(row.counts, end);
    return (end += row.columns.length);
  });
  return { keys: rows.map(({ key }) => key), ends, columns, counts };
}

/** Yields the rows of a batch. */
export function* rowsOf({ keys, ends, columns, counts }: GroupBatch): Generator<GroupRow> {
  for (const [index, key] of keys.entries()) {
    const [begin, end] = [ends[index - 1] ?? 0, ends[index]];
    yield { key, columns: columns.subarray(begin, end), counts: counts.subarray(begin, end) };
  }
}

/**
 * Cuts rows into parts, which follow each other, wherever a segment of so many columns ends. So a batch of parts is small, however many
 * columns there are, and the parts of several ranks that belong together have the same key and segment.
 */
export function* partsOf(rows: Iterable<GroupRow>, segment: number): Generator<GroupRow> {
  for (const { key, columns, counts } of rows) {
    for (let begin = 0, end = 0; begin < columns.length; begin = end) {
      end = columnsBefore(columns, (Math.floor((columns[begin] ?? 0) / segment) + 1) * segment);
      yield { key, columns: columns.subarray(begin, end), counts: counts.subarray(begin, end) };
    }
  }
}

/** Returns the number of columns, which ascend, that stand before a column. */
export function columnsBefore(columns: Uint32Array, column: number): number {
  return partitionPoint(columns.length, (index) => (columns[index] ?? 0) < column);
}

/** Reads rows, or parts of them, in the order of their keys, batch by batch. */
export class GroupReader {
  readonly #next: () => Promise<GroupBatch | undefined>;
  #rows: Iterator<GroupRow> | undefined;

  /** @param next Returns the next batch; undefined after the last one. */
  constructor(next: () => Promise<GroupBatch | undefined>) {
    this.#next = next;
  }

  /** Returns the next row; undefined after the last one. It waits only where a batch begins. */
  read(): GroupRow | undefined | Promise<GroupRow | undefined> {
    const next = this.#rows?.next();
    return next?.done === false ? next.value : this.#nextBatch();
  }

  async #nextBatch(): Promise<GroupRow | undefined> {
    for (;;) {
      const batch = await this.#next();
      if (!batch) return undefined;
      this.#rows = rowsOf(batch);
      const next = this.#rows.next();
      if (next.done !== true) return next.value;
    }
  }
}

interface Head {
  readonly row: GroupRow;
  /** The index of the segment of its columns. */
  readonly segment: number;
  readonly reader: GroupReader;
}

/**
 * Merges rows that several readers read, each in the order of its keys, and passes on one row for each key. It holds one batch of each
 * reader, and one row, at a time.
 * @param segment Rows come in parts of so many columns; see partsOf().
 */
export async function mergeGroups(
  readers: readonly GroupReader[],
  segment: number,
  take: (row: GroupRow) => void,
): Promise<void> {
  let parts: GroupRow[] = [];
  const takeRow = () => {
    if (parts.length > 0) take(joined(parts));
    parts = [];
  };
  await mergeParts(readers, segment, (part) => {
    if (part.key !== parts[0]?.key) takeRow();
    parts.push(part);
  });
  takeRow();
}

/** Does the same, but passes on the parts of rows. */
async function mergeParts(
  readers: readonly GroupReader[],
  segment: number,
  take: (part: GroupRow) => void,
): Promise<void> {
  const headOf = (row: GroupRow, reader: GroupReader): Head => {
    return { row, segment: Math.floor((row.columns[0] ?? 0) / segment), reader };
  };
  const heap: Head[] = [];
  for (const reader of readers) {
    const row = await reader.read();
    if (row) heap.push(headOf(row, reader));
  }
  for (let root = (heap.length >> 1) - 1; root >= 0; root -= 1) siftDown(heap, root);
  for (let top = heap[0]; top;) {
    const first: Head = top;
    const same: GroupRow[] = [];
    while (top?.row.key === first.row.key && top.segment === first.segment) {
      same.push(top.row);
      const next: ReturnType<GroupReader['read']> = top.reader.read();
      const row = next instanceof Promise ? await next : next;
      if (row) heap[0] = headOf(row, top.reader);
      else removeFirst(heap);
      siftDown(heap, 0);
      top = heap[0];
    }
    take(sumOf(same));
  }
}

/** Returns the row whose parts these are, of which there is at least one. */
function joined(parts: readonly GroupRow[]): GroupRow {
  const [first, ...others] = parts;
  if (!first) throw new RangeError('there is no part to join');
  if (others.length === 0) return first;
  const columns = new Uint32Array(parts.reduce((sum, part) => sum + part.columns.length, 0));
  const counts = new BigUint64Array(columns.length);
  let end = 0;
  for (const part of parts) {
    columns.set(part.columns, end);
    counts.set(part.counts, end);
    end += part.columns.length;
  }
  return { key: first.key, columns, counts };
}

/** Moves the head at an index of a binary heap down to its place. */
function siftDown(heap: Head[], from: number): void {
  for (let at = from; ;) {
    let least = at;
    for (const child of [2 * at + 1, 2 * at + 2]) if (isBefore(heap[child], heap[least])) least = child;
    const [one, other] = [heap[at], heap[least]];
    if (least === at || !one || !other) return;
    heap[at] = other;
    heap[least] = one;
    at = least;
  }
}

function isBefore(one: Head | undefined, other: Head | undefined): boolean {
  if (!one || !other) return false;
  return one.row.key < other.row.key || (one.row.key === other.row.key && one.segment < other.segment);
}

function removeFirst(heap: Head[]): void {
  const last = heap.pop();
  if (last && heap.length > 0) heap[0] = last;
}

/** Adds up rows with the same key. */
function sumOf(rows: readonly GroupRow[]): GroupRow {
  const [first, ...others] = rows;
  if (!first) throw new RangeError('there is no row to add up');
  return others.reduce(sumOfTwo, first);
}

function sumOfTwo(one: GroupRow, other: GroupRow): GroupRow {
  const columns = new Uint32Array(one.columns.length + other.columns.length);
  const counts = new BigUint64Array(columns.length);
  let [length, i, j] = [0, 0, 0];
  while (i < one.columns.length || j < other.columns.length) {
    const [left = Infinity, right = Infinity] = [one.columns[i], other.columns[j]];
    columns[length] = Math.min(left, right);
    counts[length] = (left <= right ? (one.counts[i] ?? 0n) : 0n) + (right <= left ? (other.counts[j] ?? 0n) : 0n);
    length += 1;
    if (left <= right) i += 1;
    if (right <= left) j += 1;
  }
  return { key: one.key, columns: columns.subarray(0, length), counts: counts.subarray(0, length) };
}
