import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { RowResult } from './measured.ts';
import { rows as all } from './rows.ts';

/** Returns the rows of the results in a folder. */
export function earlierRows(folder: string): readonly RowResult[] {
  return (JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as { rows: readonly RowResult[] }).rows;
}

/** Returns earlier rows, and those that were measured now in their place, in the order of the bench. Rows that it no longer has are left out. */
export function updated(earlier: readonly RowResult[], measured: readonly RowResult[]): RowResult[] {
  return all.flatMap(({ name }) => [...measured, ...earlier].find((row) => row.name === name) ?? []);
}
