import type { Communicator } from '../../../src/mpi/communicator.ts';
import { MpiError } from '../../../src/mpi/errors.ts';
import type { MpiArray, MpiOp, NativeComm, NativeMpi } from '../../../src/mpi/native.ts';
import { runRank } from './rank.ts';

// What this rank is told when it uses MPI wrongly; and that MPI works afterwards.

// 'all', or the name of one that MPI may end the whole job for.
const [, only = ''] = process.argv.slice(2);

runRank(async ({ session: { world }, native }) => ({
  roots: await badRoots(world),
  messages: await badMessages(world),
  freed: await freed(world),
  wrong: wrongArguments(native),
  afterwards: await world.allReduce(Int32Array.of(1), 'sum'),
}));

async function badRoots(world: Communicator): Promise<unknown> {
  const told: unknown[] = [];
  for (const root of [-5, -4, -3, -2, -1, world.size, world.size + 1, 2 ** 31 - 1]) {
    for (const call of [
      () => world.broadcast(new Uint8Array(1), root),
      () => world.gather(new Uint8Array(1), root),
      () => world.reduce(new BigUint64Array(1), 'sum', root),
      () => world.scatter(undefined, root),
    ]) {
      told.push(await call().then(() => `root ${root} was taken`, describeMpiError));
    }
  }
  return told;
}

function describeMpiError(error: unknown): unknown {
  if (!(error instanceof MpiError)) return String(error);
  const { name, code, call, message } = error;
  return { isError: error instanceof Error, name, code, call, startsWith: message.split(': ')[0] };
}

async function badMessages(world: Communicator): Promise<unknown> {
  const { rank, size } = world;
  const told: unknown[] = [];
  const tell = (call: Promise<unknown>) =>
    call.then(
      () => told.push('taken'),
      (error: unknown) => told.push(describeMpiError(error)),
    );
  await tell(world.send(new Uint8Array(1), size));
  await tell(world.receive(new Uint8Array(1), size));
  await tell(world.send(new Uint8Array(1), 0, -5));
  // More than there is room for.
  const sent = world.send(Uint8Array.of(1, 2, 3, 4), (rank + 1) % size);
  await tell(world.receive(new Uint8Array(3), (rank + size - 1) % size));
  await sent;
  return told;
}

async function freed(world: Communicator): Promise<unknown> {
  const other = await world.duplicate();
  other.free();
  const told = [await other.barrier().then(() => 'a freed communicator was taken', describeMpiError)];
  try {
    other.free();
    told.push('freed twice');
  } catch (error) {
    told.push(describeMpiError(error));
  }
  return told;
}

/** Every one of them must be refused before MPI sees it: MPI would write into memory that is not its own. */
function wrongArguments(native: NativeMpi): Record<string, string> {
  const comm = native.commWorld();
  const size = native.commSize(comm);
  const rank = native.commRank(comm);
  const two = Int32Array.of(1, 2);
  const room = new Int32Array(2);
  const shared = new Int32Array(new SharedArrayBuffer(8));
  // One for each rank.
  const parts = Int32Array.from({ length: size }, (_, index) => index);
  const [ones, displacements, one] = [new Int32Array(size).fill(1), parts.slice(), new Int32Array(1)];
  const attempts: Record<string, () => unknown> = {
    'comm: a number': () => native.commRank(as<NativeComm>(0)),
    'comm: undefined': () => native.commSize(as<NativeComm>(undefined)),
    'comm: an object': () => native.ibarrier(as<NativeComm>({})),
    'buffer: a list': () => native.ibcast(comm, as<MpiArray>([1, 2]), 0),
    'buffer: text': () => native.ibcast(comm, as<MpiArray>('ab'), 0),
    'buffer: undefined': () => native.ibcast(comm, as<MpiArray>(undefined), 0),
    'buffer: an ArrayBuffer': () => native.ibcast(comm, as<MpiArray>(new ArrayBuffer(8)), 0),
    'buffer: a DataView': () => native.ibcast(comm, as<MpiArray>(new DataView(new ArrayBuffer(8))), 0),
    // Memory of that size takes no room before it is used.
    'buffer: more than an int counts': () => native.ibcast(comm, new Uint8Array(2 ** 31), 0),
    'root: text': () => native.ibcast(comm, two, as<number>('0')),
    'root: undefined': () => native.igather(comm, two, new Int32Array(2 * size), as<number>(undefined)),
    'operation: unknown': () => native.iallreduce(comm, two, room, as<MpiOp>('product')),
    'operation: undefined': () => native.iallreduce(comm, two, room, as<MpiOp>(undefined)),
    'gather: too little room': () => native.igather(comm, two, new Int32Array(2 * size - 1), rank),
    'gather: too much room': () => native.igather(comm, two, new Int32Array(2 * size + 1), rank),
    'gather: another type': () => native.igather(comm, two, new Float64Array(2 * size), rank),
    'gather: the root has no room': () => native.igather(comm, two, null, rank),
    'scatter: too few counts': () => native.iscatterv(comm, parts, ones.subarray(1), displacements, one, rank),
    'scatter: too few displacements': () => native.iscatterv(comm, parts, ones, displacements.subarray(1), one, rank),
    'scatter: counts of another type': () =>
      native.iscatterv(comm, parts, as<Int32Array>(Float64Array.from(ones)), displacements, one, rank),
    'scatter: a part past the end': () => native.iscatterv(comm, parts.subarray(1), ones, displacements, one, rank),
    'scatter: a part before the start': () =>
      native.iscatterv(
        comm,
        parts,
        ones,
        displacements.map((displacement) => displacement - 1),
        one,
        rank,
      ),
    'scatter: less than none': () =>
      native.iscatterv(
        comm,
        parts,
        ones.map(() => -1),
        displacements,
        one,
        rank,
      ),
    'scatter: too little room': () => native.iscatterv(comm, parts, ones, displacements, new Int32Array(), rank),
    'scatter: another type': () => native.iscatterv(comm, parts, ones, displacements, new Uint8Array(1), rank),
    'scatter: the root has nothing': () => native.iscatterv(comm, null, null, null, one, rank),
    'reduce: too little room': () => native.ireduce(comm, two, new Int32Array(1), 'sum', rank),
    'reduce: another type': () => native.ireduce(comm, two, new Uint8Array(2), 'sum', rank),
    'reduce: the root has no room': () => native.ireduce(comm, two, null, 'sum', rank),
    'gather of unequal parts: too few counts': () =>
      native.igatherv(comm, one, parts, ones.subarray(1), displacements, rank),
    'gather of unequal parts: a part past the end': () =>
      native.igatherv(comm, one, parts.subarray(1), ones, displacements, rank),
    'gather of unequal parts: the root has no room': () => native.igatherv(comm, one, null, null, null, rank),
    'gather to all: too little room': () => native.iallgather(comm, two, new Int32Array(2 * size - 1)),
    'gather to all of unequal parts: another type': () =>
      native.iallgatherv(comm, one, new Float64Array(size), ones, displacements),
    'all to all: too little room': () => native.ialltoall(comm, parts, new Int32Array(size - 1)),
    'all to all of unequal parts: a part past the end': () =>
      native.ialltoallv(comm, parts.subarray(1), ones, displacements, parts.slice(), ones, displacements),
    'all to all of unequal parts: too little room': () =>
      native.ialltoallv(comm, parts, ones, displacements, parts.slice(1), ones, displacements),
    'scan: no room': () => native.iscan(comm, two, as<MpiArray>(null), 'sum'),
    'exclusive scan: another type': () => native.iexscan(comm, two, new Uint8Array(2), 'sum'),
    'split: the color is no number': () => native.commSplit(comm, as<number>('red'), 0),
    'receive: the source is no rank': () => native.irecv(comm, one, as<number>('none'), 0),
    'probe: the tag is no number': () => native.iprobe(comm, 'any', as<number>('none')),
    'reduce to all: no room': () => native.iallreduce(comm, two, as<MpiArray>(null), 'sum'),
    'no arguments': () => as<{ igather: () => unknown }>(native).igather(),
  };
  // Those that end in MPI when they get there: each for a job of its own.
  const harmful: Record<string, () => unknown> = {
    'broadcast: no buffer': () => native.ibcast(comm, as<MpiArray>(null), 0),
    'broadcast: shared memory': () => native.ibcast(comm, shared, 0),
    'reduce to all: nothing to send': () => native.iallreduce(comm, as<MpiArray>(null), room, 'sum'),
    'reduce to all: room in shared memory': () => native.iallreduce(comm, two, shared, 'sum'),
    'all to all: no part for each rank': () => native.ialltoall(comm, new Int32Array(3), new Int32Array(3)),
    'send: no buffer': () => native.isend(comm, as<MpiArray>(null), rank, 0),
    'root: not a whole number': () => native.ibcast(comm, two, 0.5),
    'root: not a number': () => native.ibcast(comm, two, NaN),
    'root: beyond 32 bits': () => native.ibcast(comm, two, 2 ** 32),
  };
  const chosen = only === 'all' ? attempts : { [only]: harmful[only]! };
  return Object.fromEntries(Object.entries(chosen).map(([name, attempt]) => [name, told(attempt)]));
}

function told(attempt: () => unknown): string {
  try {
    attempt();
    return 'taken';
  } catch (error) {
    return String(error);
  }
}

/** What the types of TypeScript would not let through. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
function as<T>(value: unknown): T {
  return value as T;
}
