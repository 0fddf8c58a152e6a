import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { rankLogName } from '../../src/job/journal/rank-log.ts';
import type { Input } from '../inputs/inputs.ts';
import type { Contestant, Question } from './contestant.ts';
import { mpicount, mpicountName } from './mpicount.ts';

const how = 'counting';

/** mpicount from when the first rank begins to count until the last one is done, as rank logs tell. */
export function counting(question: Question, input: Input, ranks: number, scratch: string): Contestant {
  const folder = join(scratch, 'counting-logs');
  return {
    ...mpicount(question, input, { ranks, args: ['--log-dir', folder], how }),
    before: () => {
      rmSync(folder, { recursive: true, force: true });
    },
    seconds: () => {
      const logs = Array.from({ length: ranks }, (_, rank) => readFileSync(join(folder, rankLogName(rank)), 'utf8'));
      return (Math.max(...logs.map(timeOf('waiting'))) - Math.min(...logs.map(timeOf('start')))) / 1000;
    },
  };
}

/** In milliseconds. */
const timeOf = (event: string) => (log: string) => {
  const records = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; time: string });
  return Date.parse(records.find((record) => record.event === event)?.time ?? '');
};

export function countingName(ranks: number): string {
  return mpicountName({ ranks, how });
}
