import type { RowKey, RowSums } from '../tally/rows.ts';
import type { Evenness } from './dispersion.ts';

// How evenly the counters of a tally are spread over the groups by which they are broken down.

/** The sizes of groups, of which the shares of the corpus are made. */
export interface GroupSizes {
  /** What a size is the number of: stored bytes of files, or records. */
  readonly unit: 'bytes' | 'records';
  /** The size of each group, in what is counted; never 0. */
  readonly sizes: ReadonlyMap<RowKey, number>;
}

/** The evenness of each counter over all groups. It takes 16 bytes for each counter, and 8 while it is made. */
export class GroupEvenness {
  readonly unit: GroupSizes['unit'];
  /** The number of groups with a size, whether anything occurs in them or not. */
  readonly groups: number;
  readonly #ranges: Float64Array;
  readonly #deviations: Float64Array;

  /**
   * @param rows The rows of the groups.
   * @param counters The number of counters that are looked at, the first ones of a row.
   */
  constructor(rows: RowSums, counters: number, { unit, sizes }: GroupSizes) {
    this.unit = unit;
    this.groups = sizes.size;
    this.#ranges = new Float64Array(counters);
    this.#deviations = new Float64Array(counters);
    const totals = Float64Array.from(rows.sum().subarray(0, counters), Number);
    let size = 0;
    for (const each of sizes.values()) size += each;
    rows.each((key, column, count) => {
      if (column >= counters) return;
      const share = Number(count) / (totals[column] ?? 0);
      // The differences of shares add up to 0 over all groups, so half the sum of their amounts is the sum of those above 0; and where nothing
      // occurs, there is none above 0.
      const difference = share - (sizes.get(key) ?? 0) / size;
      this.#ranges[column] = (this.#ranges[column] ?? 0) + 1;
      if (difference > 0) this.#deviations[column] = (this.#deviations[column] ?? 0) + difference;
    });
  }

  /** Returns the evenness of a counter. */
  of(counter: number): Evenness {
    const range = this.#ranges[counter] ?? 0;
    return { range, parts: this.groups, deviation: range === 0 ? undefined : this.#deviations[counter] };
  }
}
