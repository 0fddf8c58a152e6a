import { runRank } from './rank.ts';

// The last rank ends the job while all others wait for it.

runRank(async ({ session: { world } }) => {
  if (world.rank === world.size - 1) world.abort(3);
  await world.barrier();
});
