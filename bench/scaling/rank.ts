import { runRank } from '../../test/jobs/programs/rank.ts';
import { collectives } from './rank-collectives.ts';
import { memory } from './rank-memory.ts';
import { operations } from './rank-operations.ts';
import { planAndJournal } from './rank-plan.ts';

// What runs as a rank: one of these, on what the arguments after its name say.
const parts = { operations, collectives, memory, planAndJournal } as const;
export type Part = keyof typeof parts;

runRank((rank) => {
  const [, name = '', ...args] = process.argv.slice(2);
  return parts[name as Part](rank, args);
});
