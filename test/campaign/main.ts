import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { packageRoot } from '../../src/base/package.ts';
import { temporaryFolder } from '../support/job.ts';
import { killAll } from './processes.ts';
import { runScenario, type Campaign, type Scenario } from './scenario.ts';
import { report, row } from './report.ts';

const usage = 'usage: npm run test:campaign -- [--runs N] [--first N] [--seed N] [--jobs N]';

function readNumbers(): { runs: number; first: number; seed: number; jobs: number } {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({ options: { runs: string, first: string, seed: string, jobs: string } });
  const number = (text: string | undefined, otherwise: number) => {
    const value = text === undefined ? otherwise : Number(text);
    if (Number.isSafeInteger(value) && value >= 0) return value;
    throw new Error(`'${String(text)}' is not a number`);
  };
  const seed = number(values.seed, Math.floor(Math.random() * 1e6));
  return { runs: number(values.runs, 208), first: number(values.first, 0), seed, jobs: number(values.jobs, 2) || 1 };
}

function numbersOrEnd(): ReturnType<typeof readNumbers> {
  try {
    return readNumbers();
  } catch (error) {
    console.error(`campaign: ${(error as Error).message}; ${usage}`);
    process.exit(2);
  }
}

const { runs, first, seed, jobs } = numbersOrEnd();
const { folder, remove } = temporaryFolder();
const tag = `${process.pid}-${Date.now()}`;
process.on('exit', () => {
  killAll(tag);
  remove();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

const preload = join(folder, 'slow.so');
const source = join(packageRoot, 'test', 'campaign', 'slow.c');
execFileSync('cc', ['-O1', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-o', preload, source]);
console.log(
  `${runs} runs from number ${first}, seed ${seed}; one of them again: --seed ${seed} --first NUMBER --runs 1`,
);

const campaign: Campaign = { folder, tag, preload, seed };
const results: Scenario[] = [];
const numbers = Array.from({ length: runs }, (_, index) => first + index).values();
await Promise.all(
  Array.from({ length: jobs }, async () => {
    for (const number of numbers) {
      const result = await runScenario(number, campaign);
      results.push(result);
      console.log(row(result));
    }
  }),
);
console.log(report(results));
process.exitCode = results.some(({ problems }) => problems.length > 0) ? 1 : 0;
