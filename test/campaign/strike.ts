import { setTimeout as sleep } from 'node:timers/promises';

import type { Mpi } from '../support/job.ts';
import type { Blow } from './deaths.ts';
import type { Dice } from './dice.ts';
import { readJournals, type Journals } from './journals.ts';
import { processesOf, send } from './processes.ts';

/** A job that is running. */
export interface Running {
  readonly mpi: Mpi;
  readonly logDir: string;
  readonly tag: string;
  readonly ranks: number;
  /** The process id of mpirun. */
  readonly launcher: number;
  ended(): boolean;
  /** What stood in the log folder when it began. */
  readonly before: Journals;
  /** How many blocks were missing then. */
  readonly missing: number;
}

/**
 * Waits for a random moment in the life of a job, and strikes.
 * @returns When that was; undefined when the job ended before.
 */
export async function strike({ signal, target }: Blow, job: Running, dice: Dice): Promise<number | undefined> {
  const rank = dice.integer(0, job.ranks - 1);
  const all = ranksOf(job);
  // While it starts ranks, whatever they are, Open MPI's mpirun (4.1.4) may wait for ever after SIGUSR2, and MPICH's (4.0.2)
  // after SIGTERM.
  const started = signal === 'SIGKILL' ? [] : all;
  const needed = { 'one rank': [rank], 'all ranks': all, mpirun: started, everything: [] }[target];
  const pids = dice.chance(0.25) ? await onceStarted(needed, job, dice) : await onceCounting(needed, job, dice);
  if (!pids || job.ended()) return undefined;
  const victims = target === 'mpirun' ? [job.launcher] : target === 'everything' ? processesOf(job.tag) : pids;
  const now = performance.now();
  return victims.filter((pid) => send(pid, signal)).length > 0 ? now : undefined;
}

function ranksOf({ ranks }: Running): number[] {
  return Array.from({ length: ranks }, (_, rank) => rank);
}

/** Perhaps before there is a plan, or while it is made. */
async function onceStarted(needed: readonly number[], job: Running, dice: Dice): Promise<number[] | undefined> {
  await sleep(dice.integer(0, 400));
  return waitForPids(needed, 0, job);
}

/** Once a random share of the blocks is counted; perhaps all of them, when the job is about to end. */
async function onceCounting(needed: readonly number[], job: Running, dice: Dice): Promise<number[] | undefined> {
  const share = Math.min(1, 1.15 * dice.fraction());
  const pids = await waitForPids(needed, Math.floor(share * job.missing), job);
  await sleep(dice.integer(0, 30));
  return pids;
}

/** The process ids of ranks, once they are known and so many blocks are counted; undefined when the job ended before. */
async function waitForPids(needed: readonly number[], blocks: number, job: Running): Promise<number[] | undefined> {
  while (!job.ended()) {
    const now = readJournals(job.logDir);
    const pids = needed.flatMap((rank) => (now.pids.get(rank) ?? []).slice(job.before.pids.get(rank)?.length ?? 0));
    if (pids.length >= needed.length && now.blockLines - job.before.blockLines >= blocks) return pids;
    await sleep(10);
  }
  return undefined;
}
