import { setImmediate as nextTurn } from 'node:timers/promises';

import type { NativeComm, NativeMpi } from '../../../src/mpi/native.ts';
import { runRank } from './rank.ts';

// How many of the objects of operations that are done remain in memory.

runRank(async ({ native }) => {
  const comm = native.commWorld();
  const objects: WeakRef<object>[] = [];
  for (let turn = 0; turn < 50; turn += 1) objects.push(...(await broadcast(native, comm)));
  // An object is kept for the turn in which it was last looked at.
  await nextTurn();
  globalThis.gc?.();
  return { made: objects.length, left: objects.filter((object) => object.deref() !== undefined).length };
});

/** Broadcasts an array. @returns Its request and the array itself. */
async function broadcast(native: NativeMpi, comm: NativeComm): Promise<WeakRef<object>[]> {
  const array = new Uint8Array(1000);
  const request = native.ibcast(comm, array, 0);
  while (!request.test()) await nextTurn();
  return [new WeakRef(request), new WeakRef(array)];
}
