import { runRank } from './rank.ts';

// More communicators than there can be at a time (about 2000 with MPICH): each must be given back by free().

runRank(async ({ session: { world } }) => {
  let made = 0;
  for (; made < 3000; made += 1) (await world.duplicate()).free();
  return made;
});
