import { setTimeout as sleep } from 'node:timers/promises';

import { agree } from '../../src/job/agree.ts';
import { distribute } from '../../src/job/distribute.ts';
import type { Rank } from '../../test/jobs/programs/rank.ts';
import { makePlan, planSizes, prepared } from './plans.ts';
import { timed, type Timed } from './timed.ts';

const patternCounts = [1, 11, 10_000];

/** Every operation on all ranks that a count consists of. @param args How often each is done. */
export async function operations({ session: { world } }: Rank, [times = '']: readonly string[]): Promise<Timed[]> {
  const often = Number(times);
  const isLast = world.rank === world.size - 1;
  const agreeNow = () => agree(world, () => undefined);
  const results = [
    await timed(world, 'warm-up', 5, agreeNow),
    await timed(world, 'agree', often * 4, agreeNow),
    await timed(world, 'agree, one rank 0.2 s late', often, agreeNow, async () => {
      if (isLast) await sleep(200); // far longer than it takes
    }),
    await timed(world, 'duplicate', often, async () => {
      (await world.duplicate()).free();
    }),
  ];
  for (const length of patternCounts) {
    const counts = new BigUint64Array(length).fill(BigInt(world.rank));
    results.push(await timed(world, `reduce ${length}`, often, () => world.reduce(counts, 'sum', 0)));
  }
  for (const { files, patterns, name } of planSizes) {
    const plan = world.rank === 0 ? prepared(makePlan(files, patterns)) : undefined;
    const fewer = files > 1000 ? Math.min(often, 3) : often;
    results.push(await timed(world, `hand out ${name}`, fewer, () => distribute(world, plan)));
  }
  return results.slice(1);
}
