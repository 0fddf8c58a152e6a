import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { mpis, type Mpi } from '../support/job.ts';
import { RankPrograms, type Answers } from '../support/rank-programs.ts';

// The binding and its typed face under the real MPIs: small programs (programs/) run as ranks, each of which leaves what it
// got in a file.

const names = ['operations', 'many-duplicates', 'released', 'mistakes', 'unfinished', 'abort'] as const;
let programs: RankPrograms<(typeof names)[number]>;

beforeAll(() => {
  programs = new RankPrograms(names);
});
afterAll(() => {
  programs.remove();
});

/** Exact integers as the programs write them. */
const big = (...values: bigint[]) => values.map((value) => `${value}n`);
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

const libraries: Record<Mpi, RegExp> = { openmpi: /^Open MPI v\d+\.\d+/, mpich: /^MPICH \d+\.\d+/ };

/** What programs/operations.ts writes. */
type Operations = Record<
  | 'library'
  | 'build'
  | 'host'
  | 'rank'
  | 'size'
  | 'seenAfterBarrier'
  | 'gatherEqual'
  | 'gatherNothing'
  | 'scatterNothing'
  | 'duplicate'
  | 'interleaved'
  | 'allGather'
  | 'allToAll'
  | 'scan'
  | 'split'
  | 'kinds'
  | 'anySource',
  unknown
> &
  Record<'broadcast' | 'gather' | 'scatter' | 'reduce', [fromFirst: unknown, fromLast: unknown]> &
  Record<'allReduce' | 'cutUp' | 'dropped' | 'messages', unknown>;

describe.each(mpis)('%s', (mpi) => {
  describe.each([1, 2, 3, 4, 7])('%d ranks', (size) => {
    const ranks = Array.from({ length: size }, (_, rank) => rank);
    const last = size - 1;
    let job: Answers<Operations>;
    beforeAll(async () => {
      job = await programs.run(mpi, size, 'operations');
    });
    const each = (name: keyof Operations) => job.answers.map((answer) => answer[name]);
    const everywhere = (value: unknown) => ranks.map(() => value);

    test('every rank starts with the right MPI and ends', () => {
      expect(job.outcome).toMatchObject({ status: 0, stderr: '' });
      expect(each('rank')).toEqual(ranks);
      expect(each('size')).toEqual(everywhere(size));
      expect(new Set(each('library')).size).toBe(1);
      expect(job.answers[0]!.library).toMatch(libraries[mpi]);
      expect(each('build')).toEqual(everywhere(expect.stringMatching(new RegExp(`^${mpi}`))));
      expect(each('host')).toEqual(everywhere(expect.stringMatching(/^\S+$/)));
    });

    test('no rank leaves a barrier before all have entered it', () => {
      expect(each('seenAfterBarrier')).toEqual(everywhere(size));
    });

    test('broadcast works from the first and the last rank', () => {
      const sent = [[0, 127, 255], [-(2 ** 31), 2 ** 31 - 1], [0.1, -1e300], big(2n ** 53n + 1n, 2n ** 64n - 1n), []];
      expect(each('broadcast')).toEqual(everywhere([sent, sent]));
    });

    test('gather takes different lengths and 0, at the first and the last rank', () => {
      const all = ranks.map((rank) => Array.from({ length: rank }, () => rank));
      const at = (root: number) => ranks.map((rank) => (rank === root ? all : 'elsewhere'));
      expect(job.answers.map(({ gather }) => gather[0])).toEqual(at(0));
      expect(job.answers.map(({ gather }) => gather[1])).toEqual(at(last));
      expect(each('gatherNothing')).toEqual(ranks.map((rank) => (rank === 0 ? ranks.map(() => []) : undefined)));
    });

    test('scatter takes different lengths and 0, from the first and the last rank', () => {
      const own = ranks.map((rank) => Array.from({ length: rank }, () => rank));
      expect(each('scatter')).toEqual(own.map((part) => [part, part]));
      expect(each('scatterNothing')).toEqual(everywhere([]));
    });

    const total = sum(ranks);
    const combined = [
      // sum
      big(
        BigInt(size) * 2n ** 53n + BigInt(total),
        BigInt(size) * (2n ** 60n + 1n),
        modulo64(BigInt(total) * 2n ** 60n),
      ),
      [total + size / 2, -total],
      [-total, 1000 * total, 7 * size],
      [total, 30 * size - total],
      [],
      // min
      big(2n ** 53n, 2n ** 60n + 1n, 0n),
      [0.5, -last],
      [-last, 0, 7],
      [0, 30 - last],
      [],
      // max
      big(2n ** 53n + BigInt(last), 2n ** 60n + 1n, BigInt(last) * 2n ** 60n),
      [last + 0.5, 0],
      [0, 1000 * last, 7],
      [last, 30],
      [],
    ];

    test('reduce takes every type, at the first and the last rank', () => {
      const nothing = combined.map(() => null);
      const at = (root: number) => ranks.map((rank) => (rank === root ? combined : nothing));
      expect(zeros(job.answers.map(({ reduce }) => reduce[0]))).toEqual(zeros(at(0)));
      expect(zeros(job.answers.map(({ reduce }) => reduce[1]))).toEqual(zeros(at(last)));
    });

    test('allReduce takes every type and does not modify its input', () => {
      const sent = (rank: number) => [
        big(2n ** 53n + BigInt(rank), 2n ** 60n + 1n, BigInt(rank) * 2n ** 60n),
        [rank + 0.5, -rank],
        [-rank, 1000 * rank, 7],
        [rank, 30 - rank],
        [],
      ];
      const expected = ranks.map((rank) => ({ results: combined, sent: sent(rank) }));
      expect(zeros(each('allReduce'))).toEqual(zeros(expected));
    });

    test("arrays beyond MPI's limit are sent in parts", () => {
      const expected = (rank: number) =>
        [1, 2, 3, 4, 6, 10].map((length) => {
          const vector = (value: (index: number) => number) => Array.from({ length }, (_, index) => `${value(index)}n`);
          const summed = vector((index) => 100 * index * size + total);
          const part = Array.from({ length: length * rank }, () => rank + length);
          const unequal = ranks.map((other) => Array.from({ length: length * other }, () => other + length));
          const fromEach = ranks.map((other) =>
            Array.from({ length: length * ((other + rank) % 2) }, () => other + length),
          );
          return [
            vector((index) => 100 * index),
            rank === 0 ? summed : null,
            vector((index) => 100 * index + last),
            part,
            rank === last ? unequal : null,
            unequal,
            fromEach,
          ];
        });
      expect(each('cutUp')).toEqual(ranks.map(expected));
    });

    test('allGather takes different lengths and 0', () => {
      const all = ranks.map((rank) => Array.from({ length: rank }, () => rank / 2));
      expect(each('allGather')).toEqual(everywhere(all));
    });

    test('allToAll takes different lengths and 0', () => {
      // Rank r sends to rank t the number 100 r + t, (r + t) % 3 times.
      const from = (sender: number, to: number) => Array.from({ length: (sender + to) % 3 }, () => 100 * sender + to);
      expect(each('allToAll')).toEqual(ranks.map((rank) => ranks.map((sender) => from(sender, rank))));
    });

    test('scan and exclusiveScan combine the preceding ranks', () => {
      const before = (rank: number) => sum(ranks.slice(0, rank));
      const expected = ranks.map((rank) => [
        [before(rank + 1), -rank],
        rank === 0 ? 'nothing' : [before(rank), 1 - rank],
      ]);
      expect(each('scan')).toEqual(zeros(expected));
    });

    test('split groups by color, orders by key, and leaves out ranks without color', () => {
      // Even ranks have color 0, odd ones 1, the last one none; the key reverses the order. All ranks are on one host.
      const members = (rank: number) => ranks.filter((other) => other % 2 === rank % 2 && other !== last).reverse();
      const expected = ranks.map((rank) => ({
        part: rank === last ? 'none' : { rank: members(rank).indexOf(rank), members: members(rank) },
        shared: { rank, size },
      }));
      expect(each('split')).toEqual(expected);
    });

    test('gather of equal lengths', () => {
      const all = ranks.flatMap((rank) => [rank, 0 - rank]);
      expect(each('gatherEqual')).toEqual(ranks.map((rank) => (rank === 0 ? all : null)));
    });

    test('every type of array is sent unchanged, and only what is to be sent', () => {
      const numbers = [-128, 255, 255, -32768, 65535, -(2 ** 31), 2 ** 32 - 1, 0.5, 0.1];
      const exact = [-(2n ** 63n), 2n ** 64n - 1n];
      const sent = [
        ...numbers.map((value) => [value, value, value]),
        ...exact.map((value) => big(value, value, value)),
      ];
      const received = [...numbers.map((value) => [0, value, 0]), ...exact.map((value) => big(0n, value, 0n))];
      expect(each('kinds')).toEqual(ranks.map((rank) => (rank === 0 ? sent : received)));
    });

    test('messages are received from any source with any tag', () => {
      const others = ranks
        .slice(1)
        .map((rank) => ({ source: rank, tag: 10 + rank, bytes: 8 * rank, sum: rank * rank }));
      expect(each('anySource')).toEqual(ranks.map((rank) => (rank === 0 ? others : 'sent')));
    });

    test('a duplicate has the same ranks and remains valid when its original is freed', () => {
      expect(each('duplicate')).toEqual(ranks.map((rank) => ({ rank, size, sum: [total] })));
    });

    test('operations on two communicators do not mix', () => {
      const rounds = Array.from({ length: 10 }, (_, round) => [[total + size * round], [last - round]]);
      expect(each('interleaved')).toEqual(everywhere(rounds));
    });

    test('operations outlive the objects that they were started with', () => {
      expect(each('dropped')).toEqual(everywhere([total]));
    });

    test('messages go from rank to rank, each with its tag', () => {
      const expected = ranks.map((rank) => {
        const there = (rank + last) % size;
        const first = Array.from({ length: size + 3 }, (_, index) => (index <= there ? there : 0));
        const received = [
          { source: there, tag: 0, bytes: 1 },
          { source: there, tag: 7, bytes: there + 1 },
          { source: there, tag: 8, bytes: 0 },
        ];
        return { early: 'none', there, first, second: [100 + there], received, late: 'none' };
      });
      expect(each('messages')).toEqual(expected);
    });
  });

  test('MPI reuses freed communicators: 1 rank', async () => {
    const { outcome, answers } = await programs.run<number>(mpi, 1, 'many-duplicates');
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(answers).toEqual([3000]);
  });

  test('what is done is released: 2 ranks', async () => {
    const { outcome, answers } = await programs.run(mpi, 2, 'released');
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    const released = { made: 100, left: 0 };
    expect(answers).toEqual([released, released]);
  });

  describe.each([1, 3])('mistakes, %d ranks', (size) => {
    let job: Answers<Record<'roots' | 'messages' | 'freed' | 'wrong' | 'afterwards', unknown>>;
    beforeAll(async () => {
      job = await programs.run(mpi, size, 'mistakes', 'all');
    });
    const everywhere = (value: unknown) => Array.from({ length: size }, () => value);
    const mpiError = (call: string, code: string) => ({
      name: 'MpiError',
      isError: true,
      call,
      code,
      startsWith: `${call} failed with ${code}`,
    });

    test('a root out of range is an MpiError with the same code under every MPI', () => {
      const told = ['MPI_Ibcast', 'MPI_Igatherv', 'MPI_Ireduce', 'MPI_Iscatterv'].map((call) =>
        mpiError(call, 'MPI_ERR_ROOT'),
      );
      const roots = Array.from({ length: 8 }, () => told).flat();
      expect(job.answers.map(({ roots }) => roots)).toEqual(everywhere(roots));
    });

    test('a message that cannot be sent or received is an MpiError', () => {
      const told = [
        mpiError('MPI_Isend', 'MPI_ERR_RANK'),
        mpiError('MPI_Irecv', 'MPI_ERR_RANK'),
        mpiError('MPI_Isend', 'MPI_ERR_TAG'),
        mpiError('MPI_Test', 'MPI_ERR_TRUNCATE'),
      ];
      expect(job.answers.map(({ messages }) => messages)).toEqual(everywhere(told));
    });

    test('a freed communicator is an MpiError', () => {
      const told = [mpiError('MPI_Ibarrier', 'MPI_ERR_COMM'), mpiError('MPI_Comm_free', 'MPI_ERR_COMM')];
      expect(job.answers.map(({ freed }) => freed)).toEqual(everywhere(told));
    });

    test('arguments of a wrong type are refused before MPI gets them', () => {
      expect(job.answers.map(({ wrong }) => wrong)).toEqual(everywhere(wrongArguments));
    });

    test('MPI still works afterwards', () => {
      expect(job.answers.map(({ afterwards }) => afterwards)).toEqual(everywhere([size]));
      expect(job.outcome).toMatchObject({ status: 0, stderr: '' });
    });
  });

  // Each in a job of its own, since MPI may end the whole job for it.
  test.each([
    'broadcast: no buffer',
    'broadcast: shared memory',
    'reduce to all: nothing to send',
    'reduce to all: room in shared memory',
    'all to all: no part for each rank',
    'send: no buffer',
    'root: not a whole number',
    'root: not a number',
    'root: beyond 32 bits',
  ])('is refused, and does no harm: %s, 2 ranks', async (attempt) => {
    const { outcome, answers } = await programs.run<{ wrong: unknown }>(mpi, 2, 'mistakes', attempt);
    const told = { [attempt]: expect.stringMatching(/^TypeError: \S/) as unknown };
    expect({ status: outcome.status, told: answers.map(({ wrong }) => wrong) }).toEqual({
      status: 0,
      told: [told, told],
    });
  });

  test.each([1, 2, 4])('finalize() refuses while an operation is pending: %d ranks', async (size) => {
    const { outcome, answers } = await programs.run(mpi, size, 'unfinished');
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    const refused = 'Error: operations that are not done at MPI_Finalize: 1; await each of them first';
    expect(answers).toEqual(Array.from({ length: size }, () => ({ refused, pending: 1, received: [7] })));
  });

  test.each([1, 2, 4])('abort(3) gives the job status 3: %d ranks', async (size) => {
    const { outcome, answers } = await programs.run(mpi, size, 'abort');
    expect(outcome.status).toBe(3);
    expect(outcome.stdout.toString()).toBe('');
    expect(answers).toEqual([]);
  });
});

const notAnArray = 'TypeError: an MPI buffer must be a typed array';
const doesNotFit = 'TypeError: the receive buffer does not fit the send buffer';

const noSuchPart = 'TypeError: the send buffer has no such part for each rank';
const noSuchPlace = 'TypeError: the receive buffer has no such part for each rank';

const wrongArguments = {
  'comm: a number': 'TypeError: not a communicator',
  'comm: undefined': 'TypeError: not a communicator',
  'comm: an object': 'TypeError: not a communicator',
  'buffer: a list': notAnArray,
  'buffer: text': notAnArray,
  'buffer: undefined': notAnArray,
  'buffer: an ArrayBuffer': notAnArray,
  'buffer: a DataView': notAnArray,
  'buffer: more than an int counts': 'TypeError: an MPI buffer must have at most 2^31-1 elements',
  'root: text': 'TypeError: not a number',
  'root: undefined': 'TypeError: not a number',
  'operation: unknown': "TypeError: an MPI operation must be 'sum', 'min' or 'max'",
  'operation: undefined': "TypeError: an MPI operation must be 'sum', 'min' or 'max'",
  'gather: too little room': doesNotFit,
  'gather: too much room': doesNotFit,
  'gather: another type': doesNotFit,
  'gather: the root has no room': 'TypeError: the root needs a receive buffer',
  'scatter: too few counts': noSuchPart,
  'scatter: too few displacements': noSuchPart,
  'scatter: counts of another type': noSuchPart,
  'scatter: a part past the end': noSuchPart,
  'scatter: a part before the start': noSuchPart,
  'scatter: less than none': noSuchPart,
  'scatter: too little room': noSuchPart,
  'scatter: another type': noSuchPart,
  'scatter: the root has nothing': noSuchPart,
  'reduce: too little room': doesNotFit,
  'reduce: another type': doesNotFit,
  'reduce: the root has no room': 'TypeError: the root needs a receive buffer',
  'gather of unequal parts: too few counts': noSuchPlace,
  'gather of unequal parts: a part past the end': noSuchPlace,
  'gather of unequal parts: the root has no room': noSuchPlace,
  'gather to all: too little room': doesNotFit,
  'gather to all of unequal parts: another type': noSuchPlace,
  'all to all: too little room': doesNotFit,
  'all to all of unequal parts: a part past the end': noSuchPart,
  'all to all of unequal parts: too little room': noSuchPlace,
  'scan: no room': 'TypeError: every rank needs a receive buffer',
  'exclusive scan: another type': doesNotFit,
  'split: the color is no number': 'TypeError: not a number',
  'receive: the source is no rank': 'TypeError: not a number',
  'probe: the tag is no number': 'TypeError: not a number',
  'reduce to all: no room': 'TypeError: every rank needs a receive buffer',
  'no arguments': 'TypeError: not a communicator',
};

/** Sums of 64 bits, which wrap around. */
function modulo64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

/** JSON knows no -0, which toEqual() tells from 0. */
function zeros(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
