import { median, type Timing } from './measure.ts';

export interface RowResult {
  readonly name: string;
  readonly what: string;
  /** When it was measured, and with which version of mpicount. */
  readonly measured: string;
  readonly timings: readonly Timing[];
  /** Why there are no timings. */
  readonly error?: string;
}

/** What goals are made of; NaN is what was not measured. */
export interface Measured {
  /** Bytes a second. */
  readonly speed: (row: string, contestant: string) => number;
  readonly seconds: (row: string, contestant: string) => number;
  readonly filesOpened: number;
}

export function measuredIn(rows: readonly RowResult[], filesOpened: number): Measured {
  const find = (row: string, contestant: string) =>
    rows.find(({ name }) => name === row)?.timings.find(({ name }) => name === contestant);
  const seconds = (row: string, contestant: string) => median(find(row, contestant)?.seconds ?? []);
  const speed = (row: string, contestant: string) => (find(row, contestant)?.bytes ?? NaN) / seconds(row, contestant);
  return { speed, seconds, filesOpened };
}
