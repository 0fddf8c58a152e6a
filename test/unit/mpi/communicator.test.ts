import { expect, test } from 'vitest';
import { Communicator } from '../../../src/mpi/communicator.ts';
import type { NativeMpi, NativeRequest } from '../../../src/mpi/native.ts';

/** An MPI of one rank that notes which operations begin. An operation is done after so many tests. */
function fakeMpi(tests: number): { native: NativeMpi; begun: string[] } {
  const begun: string[] = [];
  const begin = (name: string) => (): NativeRequest => {
    begun.push(name);
    let left = name === 'ibarrier' ? 0 : tests;
    return { test: () => (left -= 1) < 0, status: () => ({ source: 0, tag: 0, bytes: 0 }) };
  };
  const names = ['ibarrier', 'ibcast', 'igatherv', 'iallgather', 'iallgatherv', 'iscatterv', 'ialltoall', 'ialltoallv'];
  const operations = [...names, 'ireduce', 'iallreduce', 'iscan', 'iexscan'].map(
    (name) => [name, begin(name)] as const,
  );
  const native = { commRank: () => 0, commSize: () => 1, ...Object.fromEntries(operations) };
  return { native: native as unknown as NativeMpi, begun };
}

const small = new Uint8Array(32 * 1024);
const large = new Uint8Array(small.length + 1);
const operations: Record<string, (world: Communicator, array: Uint8Array) => Promise<unknown>> = {
  broadcast: (world, array) => world.broadcast(array, 0),
  gather: (world, array) => world.gather(array, 0),
  allGather: (world, array) => world.allGather(array),
  reduce: (world, array) => world.reduce(array, 'sum', 0),
  allReduce: (world, array) => world.allReduce(array, 'sum'),
  scan: (world, array) => world.scan(array, 'sum'),
  exclusiveScan: (world, array) => world.exclusiveScan(array, 'sum'),
};

test.each(Object.entries(operations))('%s has all ranks come to it before it moves much data', async (_, run) => {
  const { native, begun } = fakeMpi(1);
  const world = new Communicator(native, {} as never);
  await run(world, small);
  expect(begun).not.toContain('ibarrier');
  begun.length = 0;
  await run(world, large);
  expect(begun.indexOf('ibarrier')).toBe(begun.length - 2);
});

// With a pause of up to 4 ms after each test, this would take 80 s: a reduction of a million counters took 8.
test('data is moved without pauses', { timeout: 20_000 }, async () => {
  const world = new Communicator(fakeMpi(20_000).native, {} as never);
  await world.broadcast(large, 0);
});
