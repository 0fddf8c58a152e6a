import type { RankOfRun, Run } from '../runs.ts';

// How fast each rank counted at each time of a run, as a picture of bounded size.

export const maxColumns = 400;
export const maxRows = 200;

/** The ranks in one row of the picture; several if there are more ranks than rows. */
export interface HeatRow {
  readonly ranks: readonly RankOfRun[];
}

export interface HeatMap {
  readonly rows: readonly HeatRow[];
  readonly columns: number;
  /** When the run began, in milliseconds since 1970. */
  readonly begun: number;
  /** The time from then to its last event, in seconds. */
  readonly seconds: number;
  /** The mean rate of the ranks of a row that count at a time, in bytes a second, row by row; NaN if none of them does. */
  readonly rates: Float64Array;
  /** The rate to which the strongest colour belongs. */
  readonly most: number;
}

/** Makes the heat map of a run. Its ranks are in order of hosts. */
export function heatMapOf({ begun, last, ranks }: Run): HeatMap {
  const ordered = [...ranks].sort((one, other) => compare(one.host, other.host) || one.rank - other.rank);
  const height = Math.min(maxRows, ordered.length);
  const bound = (row: number) => Math.round((row * ordered.length) / height);
  const rows = Array.from({ length: height }, (_, row) => ({ ranks: ordered.slice(bound(row), bound(row + 1)) }));
  const seconds = Math.max((last - begun) / 1000, 1e-3);
  const rates = Float64Array.from(rows.flatMap((row) => rowRates(row, begun, seconds)));
  const sorted = rates.filter((rate) => !Number.isNaN(rate)).sort();
  // A few short blocks that were in memory do not make all others pale.
  const most = sorted[Math.floor(0.98 * (sorted.length - 1))] ?? 0;
  return { rows, columns: maxColumns, begun, seconds, rates, most };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function rowRates({ ranks }: HeatRow, begun: number, seconds: number): number[] {
  const width = seconds / maxColumns;
  const bytes = new Float64Array(maxColumns);
  const counting = new Float64Array(maxColumns);
  for (const rank of ranks) {
    const offset = (rank.begun - begun) / 1000;
    spread(counting, width, offset, offset + rank.counting, rank.counting);
    const { pace } = rank;
    pace.bytes.forEach((each, index) => {
      const begin = offset + index * pace.seconds;
      // The last interval is longer than the rank counted.
      const end = Math.min(begin + pace.seconds, offset + rank.counting);
      if (each > 0) spread(bytes, width, begin, Math.max(begin, end), each);
    });
  }
  return Array.from(counting, (time, column) => (time > 1e-9 ? (bytes[column] ?? 0) / time : NaN));
}

/** Adds an amount to columns of a width, evenly from a begin to an end. */
function spread(columns: Float64Array, width: number, begin: number, end: number, amount: number): void {
  const last = Math.min(columns.length - 1, Math.max(0, Math.ceil(end / width) - 1));
  const first = Math.min(last, Math.max(0, Math.floor(begin / width)));
  for (let column = first; column <= last; column += 1) {
    const [from, to] = [Math.max(begin, column * width), Math.min(end, (column + 1) * width)];
    const share = end > begin ? Math.max(0, to - from) / (end - begin) : 1 / (last - first + 1);
    columns[column] = (columns[column] ?? 0) + amount * share;
  }
}
