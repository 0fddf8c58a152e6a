import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { program } from '../test/support/job.ts';
import type { Contestant } from './contestants/contestant.ts';
import { median } from './measure.ts';
import type { RowResult } from './measured.ts';
import { table } from './report.ts';

const suffix = ', before';

/** Returns the program of another checkout. @throws Error if the checkout is not built. */
export function programIn(checkout: string): string {
  const path = join(checkout, 'dist', 'mpicount.cjs');
  if (existsSync(path)) return path;
  throw new Error(`${path} is missing; build that checkout: npm ci && npm run build`);
}

/** Returns those contestants that run this project's program, each followed by one that runs the program of another checkout. */
export function besideBefore(contestants: readonly Contestant[], before: string): Contestant[] {
  return contestants
    .filter(({ command }) => command.includes(program))
    .flatMap((after) => {
      const command = after.command.map((word) => (word === program ? before : word));
      return [after, { ...after, name: `${after.name}${suffix}`, command }];
    });
}

/** Shows the times before and after for each row and contestant, in Markdown. */
export function beforeAndAfter(rows: readonly RowResult[]): string {
  const lines = rows.flatMap(({ name: row, timings }) =>
    timings.flatMap(({ name, seconds }) => {
      const before = timings.find((timing) => timing.name === `${name}${suffix}`)?.seconds;
      if (!before) return [];
      // Each round runs both, one right after the other, so that what slows the machine for a while slows both.
      const ratios = seconds.slice(0, before.length).map((after, round) => after / (before[round] ?? NaN));
      const least = Math.min(...seconds) / Math.min(...before);
      return [
        [row, name, ...[median(before), median(seconds), median(ratios), least].map((value) => value.toFixed(3))],
      ];
    }),
  );
  const columns = ['row', 'contestant', 'before, s', 'after, s', 'after / before', 'of the shortest'];
  return `## Before and after\n\n${table(columns, lines)}`;
}
