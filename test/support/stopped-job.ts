import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { rankLogName } from '../../src/job/journal/rank-log.ts';
import { runJob, type Mpi, type Outcome, type RunOptions } from './job.ts';

/** A job to disturb while it counts. */
export interface Job extends RunOptions {
  readonly mpi: Mpi;
  readonly ranks: number;
  readonly logDir: string;
  /** The arguments after `count --log-dir DIR`. */
  readonly args: readonly string[];
  /** The ranks that must have counted a block in this run before the disturbance; all when undefined. */
  readonly counting?: readonly number[];
}

/** Runs a job and calls `disturb` with its process ids, by rank, once its ranks count. */
export async function runAndDisturb(
  { mpi, ranks, logDir, args, counting, ...options }: Job,
  disturb: (pids: readonly number[]) => void | Promise<void>,
): Promise<Outcome> {
  const all = Array.from({ length: ranks }, (_, rank) => rank);
  const before = all.map((rank) => logOf(logDir, rank).length);
  const state = { ended: false };
  const job = runJob(mpi, ranks, ['count', '--log-dir', logDir, ...args], options).finally(() => (state.ended = true));
  const disturbed = (async () => {
    for (;;) {
      const logs = all.map((rank) => logOf(logDir, rank).slice(before[rank]));
      const started = logs.every(([start]) => start?.['event'] === 'start');
      const counts = (counting ?? all).every((rank) => logs[rank]?.some(({ event }) => event === 'block'));
      if (started && counts) return disturb(logs.map(([start]) => start?.['pid'] as number));
      if (state.ended) throw new Error(`the job ended too soon: ${JSON.stringify(await job)}`);
      await sleep(5);
    }
  })();
  const [outcome] = await Promise.all([job, disturbed]);
  return outcome;
}

/** Reads the complete lines of a rank's log, which may be growing. */
export function logOf(logDir: string, rank: number): Record<string, unknown>[] {
  const path = join(logDir, rankLogName(rank));
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Returns all blocks in the logs of the first `ranks` ranks in ascending order, repeated if counted repeatedly. */
export function blocksCounted(logDir: string, ranks: number): number[] {
  return Array.from({ length: ranks }, (_, rank) => logOf(logDir, rank))
    .flatMap((log) => log.filter(({ event }) => event === 'block').map(({ block }) => block as number))
    .sort((one, other) => one - other);
}
