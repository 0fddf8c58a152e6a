import { join } from 'node:path';

import { parseCount } from '../../src/cli/count-options.ts';
import { runCount } from '../../src/job/run.ts';
import { StopCoordinator } from '../../src/job/stop/stop.ts';
import type { Rank } from '../../test/jobs/programs/rank.ts';

/** How often a count called what of MPI. */
export type Calls = Readonly<Record<string, number>>;

const counted = [
  'ibarrier',
  'ibcast',
  'iscatterv',
  'igather',
  'ireduce',
  'iallreduce',
  'commIdup',
  'isend',
  'irecv',
] as const;

/** How many collectives and messages there are in a count: without logs, and with. @param args The file in which to count. */
export async function collectives(rank: Rank, [file = '']: readonly string[]): Promise<readonly [Calls, Calls]> {
  const calls = countCalls(rank);
  const logDir = join(rank.folder, 'logs');
  const run = async (...options: string[]) => {
    for (const name of counted) calls[name] = 0;
    await runCount(rank.session, () => parseCount([...options, '-i', 'love', file]).request, new StopCoordinator());
    // The totals were added up, at least: else other functions are called than those that are counted here.
    if (!calls['ireduce']) throw new Error('no call was counted');
    return { ...calls };
  };
  return [await run(), await run('--log-dir', logDir)];
}

function countCalls({ native }: Rank): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const name of counted) {
    const call = (native as unknown as Record<string, (...args: unknown[]) => unknown>)[name];
    const andCount = (...args: unknown[]) => {
      calls[name] = (calls[name] ?? 0) + 1;
      return call?.(...args);
    };
    Object.assign(native, { [name]: andCount });
  }
  return calls;
}
