import type { KernelGroups } from './kernel.ts';
import type { NativeGroups } from './native.ts';

/** Turns rows of the addon, which have a counter for each different pattern, into rows with one for each pattern. */
export class AddonRows {
  readonly #width: number;
  readonly #nativeWidth: number;
  readonly #indices: Uint32Array | undefined;
  /** For each counter of the addon's row, its indices in a row; made when it is needed. */
  #columns: readonly (readonly number[])[] | undefined;

  /**
   * @param width The number of counters in a row.
   * @param nativeWidth The number of counters in a row of the addon.
   * @param indices For each counter of a row, its index in the addon's row; undefined if the rows are the same.
   */
  constructor(width: number, nativeWidth: number, indices: Uint32Array | undefined) {
    this.#width = width;
    this.#nativeWidth = nativeWidth;
    this.#indices = indices;
  }

  /** Returns the rows for rows of the addon. */
  rowsOf(counts: BigUint64Array): BigUint64Array {
    const indices = this.#indices;
    if (!indices) return counts;
    const rows = new BigUint64Array((counts.length / this.#nativeWidth) * indices.length);
    let at = 0;
    for (let row = 0; row < counts.length; row += this.#nativeWidth) {
      for (const index of indices) {
        rows[at] = counts[row + index] ?? 0n;
        at += 1;
      }
    }
    return rows;
  }

  /** Returns the groups for groups of the addon. */
  groupsOf({ names, ends, indices, counts }: NativeGroups): KernelGroups {
    const bytes = Buffer.from(names.buffer, names.byteOffset, names.length);
    const inOrder = Array.from(ends, (end, group) => bytes.toString('latin1', ends[group - 1] ?? 0, end));
    const rows = this.#indices ? this.#sparseRowsOf(indices, counts) : { indices: [...indices], counts: [...counts] };
    return { names: inOrder, rows: { length: inOrder.length * this.#width, ...rows } };
  }

  /** Returns the counters that are not zero for those of the addon. */
  #sparseRowsOf(indices: Float64Array, counts: Float64Array): { indices: number[]; counts: number[] } {
    const columns = (this.#columns ??= this.#columnsOfAddon());
    const ofGroups: { indices: number[]; counts: number[] } = { indices: [], counts: [] };
    for (let begin = 0, end = 0; begin < indices.length; begin = end) {
      const group = Math.floor((indices[begin] ?? 0) / this.#nativeWidth);
      const row: [number, number][] = [];
      for (; end < indices.length; end += 1) {
        const column = (indices[end] ?? 0) - group * this.#nativeWidth;
        if (column >= this.#nativeWidth) break;
        for (const own of columns[column] ?? []) row.push([own, counts[end] ?? 0]);
      }
      for (const [column, count] of row.sort(([one], [other]) => one - other)) {
        ofGroups.indices.push(group * this.#width + column);
        ofGroups.counts.push(count);
      }
    }
    return ofGroups;
  }

  #columnsOfAddon(): number[][] {
    const columns: number[][] = Array.from({ length: this.#nativeWidth }, () => []);
    for (const [own, index] of (this.#indices ?? []).entries()) columns[index]?.push(own);
    return columns;
  }
}
