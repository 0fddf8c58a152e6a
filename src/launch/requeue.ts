import type { Access } from '../job/durable/access.ts';
import { readRegularFile, writeFileAtomic } from '../job/durable/atomic-files.ts';
import { joinPath } from '../job/durable/output-error.ts';
import { LaunchError } from '../mpi/errors.ts';

/** How often a job has started again so far. Kept in the log folder, because schedulers count other things, or nothing. */
export interface Starts {
  /** Those of another series of jobs begin anew. */
  readonly series: string;
  readonly again: number;
  /** How many starts in a row, up to the last, counted no block. */
  readonly fruitless: number;
}

/** How many starts in a row may count no block. */
const maxFruitless = 2;
const fileName = 'starts.json';

/** What becomes of a job that is to start again: the starts to write down, or why it does not. */
export type Decision = { readonly starts: Starts } | { readonly refused: string };

/** @param limit How often the job may start again in all. */
export function decideStart(before: Starts, hasProgressed: boolean, limit: number): Decision {
  const fruitless = hasProgressed ? 0 : before.fruitless + 1;
  if (before.again >= limit) return { refused: `it may start again ${limit} times at most (MPICOUNT_REQUEUES)` };
  if (fruitless > maxFruitless) return { refused: `${fruitless} starts in a row have counted no block` };
  return { starts: { series: before.series, again: before.again + 1, fruitless } };
}

/** How often a job may start again, as MPICOUNT_REQUEUES says. @throws LaunchError */
export function requeueLimit(text = ''): number {
  if (text === '') return 100;
  if (/^(0|[1-9][0-9]{0,8})$/.test(text)) return Number(text);
  throw new LaunchError(`MPICOUNT_REQUEUES=${text} is no number; for example: MPICOUNT_REQUEUES=10`);
}

/** @param restarts How often the scheduler itself says that the job has started again. */
export function readStarts(logDir: Buffer, series: string, restarts: number): Starts {
  const none = { series, again: restarts, fruitless: 0 };
  try {
    const starts = JSON.parse(readRegularFile(joinPath(logDir, fileName))) as Starts;
    const isOurs = starts.series === series && isCount(starts.again) && isCount(starts.fruitless);
    return isOurs ? { series, again: Math.max(starts.again, restarts), fruitless: starts.fruitless } : none;
  } catch {
    return none;
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** @throws OutputError */
export function writeStarts(logDir: Buffer, starts: Starts, access: Access = {}): void {
  writeFileAtomic(logDir, fileName, `${JSON.stringify(starts)}\n`, access);
}
