import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { checkFiles } from '../../src/corpus/check-files.ts';
import { inspectFile } from '../../src/corpus/file-checks.ts';
import { readJournal } from '../../src/job/journal/journal.ts';
import { identityOf, readPlan } from '../../src/job/plan/plan-file.ts';
import { encodePlan } from '../../src/job/plan/plan-json.ts';
import type { Rank } from '../../test/jobs/programs/rank.ts';
import { makePlan, planSizes } from './plans.ts';

/** What rank 0 does alone, of which only plan.json needs the first two, and the memory that a plan takes there. */
export interface PlanCost {
  readonly name: string;
  readonly bytes: number;
  readonly encodeSeconds: number;
  readonly identitySeconds: number;
  readonly memoryBytes: number;
}

export interface JournalCost {
  readonly lines: number;
  readonly bytes: number;
  /** To read it all, as a resumed count does first. */
  readonly seconds: number;
}

export interface PlanAndJournal {
  readonly plans: readonly PlanCost[];
  /** Looking at a file of the input. */
  readonly inspectSeconds: number;
  readonly journals: readonly JournalCost[];
}

/** @param args A folder of files, and log folders of counts that are done. */
export async function planAndJournal(_rank: Rank, [folder = '', ...logDirs]: string[]): Promise<PlanAndJournal> {
  const journals: JournalCost[] = [];
  for (const logDir of logDirs) journals.push(await journalCost(logDir));
  const plans: PlanCost[] = [];
  for (const size of planSizes) plans.push(await planCost(size));
  return { plans, inspectSeconds: await inspect(folder), journals };
}

async function planCost({ files, patterns, name }: (typeof planSizes)[number]): Promise<PlanCost> {
  const before = await usedMemory();
  const plan = makePlan(files, patterns);
  const memoryBytes = (await usedMemory()) - before;
  const { value: json, seconds: encodeSeconds } = stopped(() => [...encodePlan(plan)].join(''));
  const { seconds: identitySeconds } = stopped(() => identityOf(plan));
  return { name, bytes: json.length, encodeSeconds, identitySeconds, memoryBytes };
}

async function inspect(folder: string): Promise<number> {
  const paths = readdirSync(folder).map((name) => Buffer.from(join(folder, name)));
  const start = performance.now();
  await checkFiles(paths, inspectFile, () => undefined);
  return (performance.now() - start) / 1000 / paths.length;
}

async function journalCost(logDir: string): Promise<JournalCost> {
  const folder = Buffer.from(logDir);
  const found = readPlan(folder);
  if (!found) throw new Error(`${logDir}: no plan`);
  const start = performance.now();
  const { blocksDone } = await readJournal(folder, found.plan);
  const seconds = (performance.now() - start) / 1000;
  const log = join(logDir, 'ranks', '000', 'rank-000000.jsonl');
  const lines = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"event":"block"')).length;
  if (lines !== blocksDone) throw new Error(`${log}: ${lines} blocks, of which ${blocksDone} count`);
  return { lines, bytes: statSync(log).size, seconds };
}

function stopped<T>(work: () => T): { value: T; seconds: number } {
  const start = performance.now();
  const value = work();
  return { value, seconds: (performance.now() - start) / 1000 };
}

/** Of what is still in use: needs --expose-gc. */
async function usedMemory(): Promise<number> {
  // What a first collection finds, buffers among it, is given back a little later.
  for (let turn = 0; turn < 3; turn += 1) {
    if (!globalThis.gc) throw new Error('run with --expose-gc');
    globalThis.gc();
    await sleep(10);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
