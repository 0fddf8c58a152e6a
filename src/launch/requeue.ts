import { objectOf, parseJson, wholeNumber, type Fields } from '../base/untrusted-json.ts';
import type { Access } from '../job/durable/access.ts';
import { readRegularFile, writeFileAtomic } from '../job/durable/atomic-files.ts';
import { joinPath } from '../job/durable/output-error.ts';
import { LaunchError } from '../mpi/errors.ts';

/** The restarts of a job so far. They are kept in the log folder, because schedulers count other events or none. */
export interface Starts {
  /** The series of jobs that these restarts belong to. Another series starts at 0. */
  readonly series: string;
  readonly again: number;
  /** The number of consecutive starts, up to the last one, that counted no block. */
  readonly fruitless: number;
}

/** The maximum number of consecutive starts that count no block. */
const maxFruitless = 2;
const fileName = 'starts.json';

/** The decision on a restart: the starts to record, or the reason for refusing it. */
export type Decision = { readonly starts: Starts } | { readonly refused: string };

/** Decides whether a job restarts. @param limit The maximum number of restarts. */
export function decideStart(before: Starts, hasProgressed: boolean, limit: number): Decision {
  const fruitless = hasProgressed ? 0 : before.fruitless + 1;
  if (before.again >= limit) return { refused: `it may start again ${limit} times at most (MPICOUNT_REQUEUES)` };
  if (fruitless > maxFruitless) return { refused: `${fruitless} starts in a row have counted no block` };
  return { starts: { series: before.series, again: before.again + 1, fruitless } };
}

/** Parses MPICOUNT_REQUEUES, the maximum number of restarts. @throws LaunchError */
export function requeueLimit(text = ''): number {
  if (text === '') return 100;
  if (/^(0|[1-9][0-9]{0,8})$/.test(text)) return Number(text);
  throw new LaunchError(`MPICOUNT_REQUEUES=${text} is no number; for example: MPICOUNT_REQUEUES=10`);
}

/** Reads the restarts of a job so far. @param restarts The number of restarts that the scheduler reports. */
export function readStarts(logDir: Buffer, series: string, restarts: number): Starts {
  const none = { series, again: restarts, fruitless: 0 };
  try {
    const text = readRegularFile(joinPath(logDir, fileName));
    const starts = objectOf(parseJson(text, { depth: 1, values: 4 })) as Fields<Starts>;
    if (starts.series !== series) return none;
    return {
      series,
      again: Math.max(wholeNumber(starts.again), restarts),
      fruitless: wholeNumber(starts.fruitless),
    };
  } catch {
    return none;
  }
}

/** @throws OutputError */
export function writeStarts(logDir: Buffer, starts: Starts, access: Access = {}): void {
  writeFileAtomic(logDir, fileName, `${JSON.stringify(starts)}\n`, access);
}
