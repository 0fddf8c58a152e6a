import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { openLine } from '../../src/job/journal/sealed-line.ts';

/** What stands in the rank logs of a log folder. */
export interface Journals {
  /** Whole lines that tell a block's counts, and how many different blocks they are of. */
  readonly blockLines: number;
  readonly blocks: number;
  /** Of each rank, the processes that began to count, over all runs. */
  readonly pids: ReadonlyMap<number, readonly number[]>;
}

/** The paths of all rank logs. */
export function rankLogs(logDir: string): string[] {
  const ranks = join(logDir, 'ranks');
  if (!existsSync(ranks)) return [];
  return readdirSync(ranks).flatMap((folder) =>
    readdirSync(join(ranks, folder)).map((log) => join(ranks, folder, log)),
  );
}

export function readJournals(logDir: string): Journals {
  const blocks = new Set<unknown>();
  const pids = new Map<number, number[]>();
  let blockLines = 0;
  const identity = planOf(logDir)?.identity ?? '';
  for (const line of rankLogs(logDir).flatMap((log) => readFileSync(log, 'utf8').split('\n'))) {
    const json = openLine(line, identity);
    const record = json === undefined ? undefined : (JSON.parse(json) as Record<string, unknown>);
    if (record?.['event'] === 'block') {
      blockLines += 1;
      blocks.add(record['block']);
    } else if (record?.['event'] === 'start') {
      const rank = record['rank'] as number;
      pids.set(rank, [...(pids.get(rank) ?? []), record['pid'] as number]);
    }
  }
  return { blockLines, blocks: blocks.size, pids };
}

interface PlanFile {
  identity: string;
  plan: { grid: { blocks: number } };
}

/** Undefined as long as a job has not got so far. */
export function planOf(logDir: string): PlanFile | undefined {
  const path = join(logDir, 'plan.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as PlanFile) : undefined;
}
