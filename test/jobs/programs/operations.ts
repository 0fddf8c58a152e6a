import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Communicator } from '../../../src/mpi/communicator.ts';
import type { MpiArray, MpiOp } from '../../../src/mpi/native.ts';
import { runRank, type Rank } from './rank.ts';

// Every operation of a communicator once, and what this rank got from it.

const operators: readonly MpiOp[] = ['sum', 'min', 'max'];

runRank(async (rank) => {
  const { world } = rank.session;
  return {
    library: rank.session.library,
    build: rank.session.build,
    host: rank.session.host,
    rank: world.rank,
    size: world.size,
    seenAfterBarrier: await barrier(rank),
    broadcast: [await broadcast(world, 0), await broadcast(world, world.size - 1)],
    gather: [await gather(world, 0), await gather(world, world.size - 1)],
    gatherEqual: await gatherEqual(rank),
    gatherNothing: await world.gather(new Uint8Array(), 0),
    scatter: [await scatter(world, 0), await scatter(world, world.size - 1)],
    scatterNothing: await world.scatter(Array<Uint8Array>(world.size).fill(new Uint8Array()), 0),
    reduce: [await reduce(world, 0), await reduce(world, world.size - 1)],
    allReduce: await allReduce(world),
    cutUp: await cutUp(rank),
    duplicate: await duplicate(world),
    interleaved: await interleaved(world),
    dropped: await dropped(rank),
    messages: await messages(world),
    allGather: await world.allGather(new Float64Array(world.rank).fill(world.rank / 2)),
    allToAll: await allToAll(world),
    scan: await scan(world),
    split: await split(world),
    kinds: await kinds(world),
    anySource: await anySource(world),
  };
});

/** How many ranks had come to the barrier when this one had left it; the last rank comes late. */
async function barrier({ session: { world }, folder }: Rank): Promise<number> {
  if (world.rank === world.size - 1) await sleep(100);
  writeFileSync(join(folder, `came-${world.rank}`), '');
  await world.barrier();
  return readdirSync(folder).filter((name) => name.startsWith('came-')).length;
}

async function broadcast(world: Communicator, root: number): Promise<unknown> {
  const own = world.rank === root;
  const arrays = [
    own ? Uint8Array.of(0, 127, 255) : new Uint8Array(3),
    own ? Int32Array.of(-(2 ** 31), 2 ** 31 - 1) : new Int32Array(2),
    own ? Float64Array.of(0.1, -1e300) : new Float64Array(2),
    own ? BigUint64Array.of(2n ** 53n + 1n, 2n ** 64n - 1n) : new BigUint64Array(2),
    new Uint8Array(),
  ];
  for (const array of arrays) await world.broadcast(array, root);
  return arrays;
}

/** Rank r gives r bytes, each of value r: rank 0 gives none. */
async function gather(world: Communicator, root: number): Promise<unknown> {
  const all = await world.gather(new Uint8Array(world.rank).fill(world.rank), root);
  return all ?? 'elsewhere';
}

/** Rank r gets r bytes, each of value r: rank 0 gets none. */
async function scatter(world: Communicator, root: number): Promise<unknown> {
  const parts = Array.from({ length: world.size }, (_, rank) => new Uint8Array(rank).fill(rank));
  return world.scatter(world.rank === root ? parts : undefined, root);
}

async function reduce(world: Communicator, root: number): Promise<unknown> {
  const results: unknown[] = [];
  for (const operator of operators) {
    for (const array of contributions(world.rank)) results.push((await world.reduce(array, operator, root)) ?? null);
  }
  return results;
}

async function allReduce(world: Communicator): Promise<unknown> {
  const results: unknown[] = [];
  const arrays = contributions(world.rank);
  for (const operator of operators) {
    for (const array of arrays) results.push(await world.allReduce(array, operator));
  }
  return { results, sent: arrays };
}

// None is 2^63 or more: MPICH 4.0.2 compares such ones as negative numbers. Sums may be.
function contributions(rank: number) {
  return [
    BigUint64Array.of(2n ** 53n + BigInt(rank), 2n ** 60n + 1n, BigInt(rank) * 2n ** 60n),
    Float64Array.of(rank + 0.5, -rank),
    Int32Array.of(-rank, 1000 * rank, 7),
    Uint8Array.of(rank, 30 - rank),
    new BigUint64Array(),
  ];
}

/** Vectors of one element more and less than fits, and of several times as much, three elements at a time. */
async function cutUp({ native }: Rank): Promise<unknown> {
  const world = new Communicator(native, native.commWorld(), 3);
  const results: unknown[] = [];
  for (const length of [1, 2, 3, 4, 6, 10]) {
    const own = BigUint64Array.from({ length }, (_, index) => BigInt(100 * index + world.rank));
    const copy = world.rank === 0 ? own.slice() : new BigUint64Array(length);
    await world.broadcast(copy, 0);
    const parts = Array.from({ length: world.size }, (_, rank) => new Uint8Array(length * rank).fill(rank + length));
    const part = await world.scatter(parts, world.size - 1);
    const unequal = new Uint8Array(length * world.rank).fill(world.rank + length);
    const toEach = Array.from({ length: world.size }, (_, to) =>
      new Uint8Array(length * ((world.rank + to) % 2)).fill(world.rank + length),
    );
    results.push([
      copy,
      (await world.reduce(own, 'sum', 0)) ?? null,
      await world.allReduce(own, 'max'),
      part,
      (await world.gather(unequal, world.size - 1)) ?? null,
      await world.allGather(unequal),
      await world.allToAll(toEach),
    ]);
  }
  return results;
}

async function duplicate(world: Communicator): Promise<unknown> {
  const first = await world.duplicate();
  const second = await first.duplicate();
  first.free();
  const sum = await second.allReduce(Int32Array.of(second.rank), 'sum');
  second.free();
  return { rank: second.rank, size: second.size, sum };
}

/** Operations on two communicators at once, which half of the ranks start in the other order. */
async function interleaved(world: Communicator): Promise<unknown> {
  const other = await world.duplicate();
  const rounds: unknown[] = [];
  for (let round = 0; round < 10; round += 1) {
    const onWorld = () => world.allReduce(Int32Array.of(world.rank + round), 'sum');
    const onOther = () => other.allReduce(Int32Array.of(world.rank - round), 'max');
    if (world.rank % 2 === 0) rounds.push(await Promise.all([onWorld(), onOther()]));
    else rounds.push((await Promise.all([onOther(), onWorld()])).reverse());
  }
  other.free();
  return rounds;
}

/** Operations that nothing in JavaScript refers to while memory is collected, and then one that comes after them. */
async function dropped({ session: { world }, native }: Rank): Promise<unknown> {
  const comm = native.commWorld();
  const receive = new Float64Array(50_000);
  if (world.rank === 0) await sleep(50);
  for (let turn = 0; turn < 20; turn += 1) native.iallreduce(comm, new Float64Array(50_000).fill(turn), receive, 'sum');
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc!();
    await sleep(1);
  }
  const own = new Float64Array(50_000).fill(world.rank);
  const after = Array.from(new Set(await world.allReduce(own, 'sum')));
  // They have to be done before MPI_Finalize, and can be: every rank has begun them.
  while (native.countPending() > 0) await sleep(1);
  return after;
}

/** Around a ring, with two tags that do not mix. */
async function messages(world: Communicator): Promise<unknown> {
  const { rank, size } = world;
  const [next, before] = [(rank + 1) % size, (rank + size - 1) % size];
  const early = world.probe('any', 7);
  await world.barrier();
  const sent = Promise.all([
    world.send(new Uint8Array(rank + 1).fill(rank), next, 7),
    world.send(Uint8Array.of(100 + rank), next),
    world.send(new Uint8Array(), next, 8),
  ]);
  let there: number | undefined;
  while ((there = world.probe('any', 7)?.source) === undefined) await sleep(1);
  const second = new Uint8Array(1);
  const first = new Uint8Array(size + 3);
  const received = [
    await world.receive(second, before),
    await world.receive(first, before, 7),
    await world.receive(new Uint8Array(), before, 8),
  ];
  await sent;
  return { early: early ?? 'none', there, first, second, received, late: world.probe('any', 7) ?? 'none' };
}

/** Rank r sends to rank t the number 100 r + t, (r + t) % 3 times. */
async function allToAll(world: Communicator): Promise<unknown> {
  const { rank, size } = world;
  const parts = Array.from({ length: size }, (_, to) => new Int32Array((rank + to) % 3).fill(100 * rank + to));
  return world.allToAll(parts);
}

async function scan(world: Communicator): Promise<unknown> {
  const before = await world.exclusiveScan(Int32Array.of(world.rank, -world.rank), 'sum');
  const own = Int32Array.of(world.rank, -world.rank);
  const withThis = Int32Array.of((await world.scan(own, 'sum'))[0]!, (await world.scan(own, 'min'))[1]!);
  // The negative ranks before this one: their smallest is that of the rank before.
  const smallest = await world.exclusiveScan(own, 'min');
  return [withThis, before && smallest ? [before[0], smallest[1]] : 'nothing'];
}

async function split(world: Communicator): Promise<unknown> {
  const color = world.rank === world.size - 1 ? undefined : world.rank % 2;
  const part = await world.split(color, -world.rank);
  const members = await part?.allGather(Int32Array.of(world.rank));
  const shared = await world.splitShared(world.rank);
  const answer = {
    part: part && members ? { rank: part.rank, members: members.map(([rank]) => rank) } : 'none',
    shared: { rank: shared.rank, size: shared.size },
  };
  part?.free();
  shared.free();
  return answer;
}

async function kinds(world: Communicator): Promise<unknown> {
  const arrays = [
    new Int8Array(3).fill(-128),
    new Uint8Array(3).fill(255),
    new Uint8ClampedArray(3).fill(255),
    new Int16Array(3).fill(-32768),
    new Uint16Array(3).fill(65535),
    new Int32Array(3).fill(-(2 ** 31)),
    new Uint32Array(3).fill(2 ** 32 - 1),
    new Float32Array(3).fill(0.5),
    new Float64Array(3).fill(0.1),
    new BigInt64Array(3).fill(-(2n ** 63n)),
    new BigUint64Array(3).fill(2n ** 64n - 1n),
  ];
  for (const array of arrays) {
    if (world.rank !== 0) (array as Uint8Array).fill(as0(array) as number);
    // What is before and after these bytes must not be touched.
    await world.broadcast(array.subarray(1, 2), 0);
  }
  return arrays;
}

/** What rank 0 gets when each rank sends as many numbers; Communicator has no such operation. */
async function gatherEqual({ session: { world }, native }: Rank): Promise<unknown> {
  const room = world.rank === 0 ? new Int32Array(2 * world.size) : null;
  const request = native.igather(native.commWorld(), Int32Array.of(world.rank, -world.rank), room, 0);
  while (!request.test()) await sleep(1);
  return room;
}

/** The zero of an array's elements. */
function as0(array: MpiArray): number | bigint {
  return array instanceof BigInt64Array || array instanceof BigUint64Array ? 0n : 0;
}

/** Every other rank sends rank 0 as many numbers as its rank, with a tag of its own; rank 0 learns of each by a probe. */
async function anySource(world: Communicator): Promise<unknown> {
  const { rank, size } = world;
  if (rank !== 0) {
    await world.send(new Float64Array(rank).fill(rank), 0, 10 + rank);
    return 'sent';
  }
  const received: { source: number; tag: number; bytes: number; sum: number }[] = [];
  while (received.length < size - 1) {
    const message = world.probe('any', 'any');
    if (!message) {
      await sleep(1);
      continue;
    }
    const numbers = new Float64Array(message.bytes / Float64Array.BYTES_PER_ELEMENT);
    const status = await world.receive(numbers, message.source, message.tag);
    received.push({ ...status, sum: numbers.reduce((a, b) => a + b, 0) });
  }
  return received.sort((a, b) => a.source - b.source);
}
