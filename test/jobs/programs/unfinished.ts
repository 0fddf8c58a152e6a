import { runRank } from './rank.ts';

// What finalize() says while an operation is not done, and that it works once it is.

runRank(async ({ session, native }) => {
  const { world } = session;
  const comm = native.commWorld();
  const received = Uint8Array.of(0);
  native.irecv(comm, received, world.rank, 0); // nothing keeps its request
  const refused = told(() => {
    session.finalize();
  });
  const pending = native.countPending();
  await world.send(Uint8Array.of(7), world.rank);
  while (native.countPending() > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  return { refused, pending, received };
});

function told(attempt: () => void): string {
  try {
    attempt();
    return 'taken';
  } catch (error) {
    return String(error);
  }
}
