import { setImmediate as nextTurn } from 'node:timers/promises';

import { ControlChannel } from '../../../src/job/control/control-channel.ts';
import { runRank } from './rank.ts';

// Every rank sends messages of several lengths to every rank, itself included, and closes its channel at once. Each rank
// answers with the messages that it took and the number of operations that MPI has left.

const lengths = [0, 1, 65, 100_000];
const rounds = 50;

runRank(async ({ session: { world }, native }) => {
  const channel = await ControlChannel.open(world);
  const taken: [from: number, length: number][] = [];
  channel.on('stop', ({ reason }, from) => taken.push([from, reason.length]));
  for (let round = 0; round < rounds; round += 1) {
    for (let to = 0; to < world.size; to += 1) {
      for (const length of lengths) channel.send({ type: 'stop', reason: 'x'.repeat(length) }, to);
    }
  }
  await channel.close();
  await nextTurn();
  return { taken, pending: native.countPending() };
});
