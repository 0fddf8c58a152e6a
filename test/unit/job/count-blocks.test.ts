import { setImmediate as nextTurn } from 'node:timers/promises';
import { appendFileSync, readdirSync, rmSync, truncateSync, writeFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { assignmentFor, layoutOf } from '../../../src/corpus/assignment.ts';
import { InputError } from '../../../src/corpus/input-error.ts';
import { FileTable } from '../../../src/corpus/file-table.ts';
import { Layout, makeGrid } from '../../../src/corpus/grid.ts';
import { IoTuner } from '../../../src/corpus/io-method.ts';
import { countBlocks, type BlockResult } from '../../../src/job/counting/count-blocks.ts';
import type { CountContext } from '../../../src/job/counting/block-counter.ts';
import type { SkipList } from '../../../src/job/counting/skip-list.ts';
import type { Plan } from '../../../src/job/plan/plan.ts';
import { blocksOf } from '../../../src/job/schedule/checked-assignment.ts';
import type { CheckedAssignment } from '../../../src/job/schedule/schedule.ts';
import type { AssignedBlock, Schedule } from '../../../src/job/schedule/schedule.ts';
import { StaticSchedule } from '../../../src/job/schedule/static-schedule.ts';
import { afterGracePeriod, drainUntilOverdue, onAbort } from '../../../src/job/stop/until-stopped.ts';
import type { CompiledKernel, KernelResult } from '../../../src/scan/kernel.ts';
import { temporaryFolder } from '../../support/job.ts';
import { toDense, type Counters } from '../../../src/tally/counters.ts';
import { tallyOf } from '../../../src/tally/tallies.ts';
import { countSpec } from '../../support/spec.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const at = (name: string) => join(folder, name);

function planOf(blockSize: number, files: Record<string, string>): Plan {
  const entries = Object.entries(files);
  for (const [name, content] of entries) writeFileSync(at(name), content);
  const corpus = entries.map(([name, { length }]) => ({ path: Buffer.from(at(name)), size: length, modified: 0n }));
  const bytes = corpus.reduce((sum, { size }) => sum + size, 0);
  return {
    spec: countSpec(['love', 'o']),
    logDir: undefined,
    decompress: true,
    files: FileTable.from(corpus),
    grid: makeGrid(bytes, 1, blockSize),
  };
}

async function* count(plan: Plan, skips?: SkipList): AsyncGenerator<BlockResult> {
  const files = seenNow(plan.files);
  const kernel = tallyOf(plan.spec).compile();
  const tuner = new IoTuner('auto', false);
  const schedule = new StaticSchedule(wholeOf({ ...plan, files }), new AbortController().signal);
  const among = skips && { among: () => skips };
  yield* countBlocks(schedule, { kernel, byFile: false, tuner, allowGrowth: false, decompress: true, skips: among });
}

/** Returns files with their present times, as a rank finds them when it begins. */
function seenNow(files: FileTable): FileTable {
  return FileTable.from(files, ({ path, size }) => ({
    path,
    size,
    modified: statSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? 0n,
  }));
}

/** Returns the assignment of all blocks. */
function wholeOf({ files, grid }: Pick<Plan, 'files' | 'grid'>): CheckedAssignment {
  return { slice: [{ first: 0, end: grid.blocks }], files, layout: new Layout(files.parts, grid) };
}

const numbersOf = (counts: Counters) => toDense(counts).map(BigInt);

const openFiles = () => readdirSync('/proc/self/fd').length;

test('blocks of several files are counted in order, and no occurrence spans two files', async () => {
  const plan = planOf(6, { a: 'love lo', b: 've', c: '', d: 'o love love' });
  const before = openFiles();
  const counted = [];
  for await (const { block, counts } of count(plan)) counted.push([block.index, ...numbersOf(counts)]);
  expect(counted).toEqual([
    [0, 1n, 1n],
    [1, 1n, 2n],
    [2, 1n, 2n],
    [3, 0n, 0n],
  ]);
  expect(openFiles()).toBe(before);
});

test.each([1, 2])('blocks are counted as they arrive, %d at once, in files of their own', async (atOnce) => {
  const before = openFiles();
  const { files, grid } = planOf(3, { one: 'love lo  ', two: 've love  ', three: 'lo' });
  const layout = new Layout(files.parts, grid);
  const arriving = [0, 3, 6].map((first) => {
    const slice = [{ first, end: Math.min(first + 3, grid.blocks) }];
    const assignment = assignmentFor(slice, seenNow(files), layout);
    return [...blocksOf({ slice, files: assignment.files, layout: layoutOf(assignment, grid) })];
  });
  const inHand: AssignedBlock[] = [];
  const schedule = {
    next: () =>
      inHand.shift() ??
      Promise.resolve().then(() => {
        if (inHand.length === 0) inHand.push(...(arriving.shift() ?? []));
        return inHand.shift();
      }),
  };
  const kernel = tallyOf(countSpec(['love', 'o'])).compile();
  const tuner = new IoTuner('auto', false);
  const context = { kernel, byFile: false, tuner, allowGrowth: false, decompress: true };
  const totals = new Map<Layout, readonly [blocks: number, love: bigint, o: bigint]>();
  for await (const { layout, counts } of countBlocks(schedule, context, atOnce)) {
    const [blocks, love, o] = totals.get(layout) ?? [0, 0n, 0n];
    const [loveHere = 0n, oHere = 0n] = numbersOf(counts);
    totals.set(layout, [blocks + 1, love + loveHere, o + oHere]);
  }
  expect([...totals.values()].sort()).toEqual([
    [1, 0n, 1n],
    [3, 1n, 1n],
    [3, 1n, 2n],
  ]);
  expect(openFiles()).toBe(before);
});

/** A list that skips all files that fail. */
function skipList(known: readonly number[] = []): SkipList & { readonly reasons: Map<number, string> } {
  const reasons = new Map(known.map((file) => [file, 'known']));
  return { reasons, has: (file) => reasons.has(file), add: (file, { what }) => reasons.set(file, what) };
}

test('files that cannot be read are left out of their blocks, and are not tried again', async () => {
  const plan = planOf(8, {
    a: 'love',
    gone: 'love',
    b: 'lo',
    cut: 'love love love',
    c: 'love',
    known: 'o',
    last: 'love',
  });
  rmSync(at('gone'));
  truncateSync(at('cut'), 6);
  const before = openFiles();
  const skips = skipList([5]);
  const counted = [];
  for await (const { counts, without } of count(plan, skips)) counted.push([...numbersOf(counts), without]);
  expect(counted).toEqual([
    [1n, 1n, [1]],
    [0n, 1n, [3]],
    [0n, 0n, [3]],
    [2n, 2n, [5]],
    [0n, 0n, []],
  ]);
  expect([...skips.reasons]).toEqual([
    [5, 'known'],
    [1, 'no such file'],
    [3, 'changed while it was counted: of 14 bytes, there is none at offset 6 any more'],
  ]);
  expect(openFiles()).toBe(before);
});

test('one of many small files is left out of its block, whatever is wrong with it, and its neighbours are counted', async () => {
  const names = Array.from({ length: 1500 }, (_, index) => `many ${index}`);
  const plan = planOf(100_000, Object.fromEntries(names.map((name) => [name, 'love lo'])));
  const before = openFiles();
  const totals = async (skips?: SkipList) => {
    const blocks = [];
    for await (const { counts, without } of count(plan, skips)) blocks.push([...numbersOf(counts), without]);
    return blocks;
  };
  expect(await totals()).toEqual([[1500n, 3000n, []]]);
  rmSync(at('many 200'));
  truncateSync(at('many 1400'), 6);
  const skips = skipList([3]);
  expect(await totals(skips)).toEqual([[1497n, 2994n, [3, 200, 1400]]]);
  expect([...skips.reasons]).toEqual([
    [3, 'known'],
    [200, 'no such file'],
    [1400, 'changed while it was counted: of 7 bytes, there is none at offset 6 any more'],
  ]);
  await expect(totals()).rejects.toThrow(`${at('many 200')}: no such file`);
  expect(openFiles()).toBe(before);
});

test('a block of which all files are skipped has zeros', async () => {
  const plan = planOf(100, { a: 'love', b: 'love' });
  const [block] = [await count(plan, skipList([0, 1])).next()];
  expect(block.value).toMatchObject({ counts: BigUint64Array.of(0n, 0n), without: [0, 1], findings: [] });
});

test('a truncated file is an InputError', async () => {
  const plan = planOf(100, { whole: 'love', cut: 'love love' });
  truncateSync(at('cut'), 5);
  const before = openFiles();
  const counting = count(plan).next();
  await expect(counting).rejects.toThrow(InputError);
  await expect(counting).rejects.toThrow(
    `${at('cut')}: changed while it was counted: of 9 bytes, there is none at offset 5 any more`,
  );
  expect(openFiles()).toBe(before);
});

test('a file that was removed is an InputError', async () => {
  const plan = planOf(100, { here: 'love' });
  const gone = { ...plan, files: FileTable.from([{ ...plan.files.at(0), path: Buffer.from(at('gone')) }]) };
  const counting = count(gone).next();
  await expect(counting).rejects.toThrow(InputError);
  await expect(counting).rejects.toThrow(`${at('gone')}: no such file`);
});

test('a file that a folder replaced is an InputError', async () => {
  const plan = planOf(100, { here: 'love' });
  const folderNow = { ...plan, files: FileTable.from([{ ...plan.files.at(0), path: Buffer.from(folder) }]) };
  const counting = count(folderNow).next();
  await expect(counting).rejects.toThrow(InputError);
  await expect(counting).rejects.toThrow(`${folder}: cannot be read at byte 0: it is a folder`);
});

describe('concurrent blocks', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  async function all(source: AsyncIterable<BlockResult>): Promise<BlockResult[]> {
    const counted: BlockResult[] = [];
    for await (const block of source) counted.push(block);
    return counted;
  }

  /** Counts a block as one occurrence, after some milliseconds; from `bad` on it cannot. */
  class SlowScanner {
    most = 0;
    readonly #milliseconds: number;
    readonly #bad: number;
    #busy = 0;
    #calls = 0;
    #cancelled = false;

    constructor(milliseconds: number, bad = Infinity) {
      this.#milliseconds = milliseconds;
      this.#bad = bad;
    }

    readonly width = 1;

    readonly cancel = () => {
      this.#cancelled = true;
    };

    async countFileRanges(): Promise<KernelResult> {
      const call = (this.#calls += 1);
      this.most = Math.max(this.most, (this.#busy += 1));
      for (let waited = 0; waited < this.#milliseconds && !this.#cancelled; waited += 20) await sleep(20);
      this.#busy -= 1;
      if (this.#cancelled) throw new Error('cancelled');
      if (call >= this.#bad) throw new Error(`bad ${call}`);
      return {
        counts: BigUint64Array.of(1n),
        readSeconds: 0,
        decodeSeconds: 0,
        scanSeconds: 0,
        storedSize: 0,
        textSize: 0,
        findings: [],
        links: new Map(),
      };
    }
  }

  const blocks = 9;

  /** Returns the schedule of a rank that counts a file in blocks of one byte. */
  function schedule(stop = new AbortController()): Schedule {
    const { files, grid } = planOf(1, { several: 'x'.repeat(blocks) });
    return new StaticSchedule(wholeOf({ files: seenNow(files), grid }), stop.signal);
  }

  function counting(scanner: SlowScanner): CountContext {
    return {
      kernel: scanner as unknown as CompiledKernel,
      byFile: false,
      decompress: true,
      tuner: new IoTuner('auto', false),
      allowGrowth: false,
    };
  }

  test.each([1, 3, 20])('are counted up to the limit of %d', async (atOnce) => {
    const before = openFiles();
    const scanner = new SlowScanner(20);
    const counted = all(countBlocks(schedule(), counting(scanner), atOnce));
    await vi.advanceTimersByTimeAsync(20 * Math.ceil(blocks / atOnce));
    const done = (await counted).map(({ block, counts }) => {
      expect(numbersOf(counts)).toEqual([1n]);
      return block.index;
    });
    expect(done.sort((one, other) => one - other)).toEqual(Array.from({ length: blocks }, (_, index) => index));
    expect(scanner.most).toBe(Math.min(atOnce, blocks));
    expect(openFiles()).toBe(before);
  });

  test('report the first of several failures and leave no file open', async () => {
    const before = openFiles();
    const source = countBlocks(schedule(), counting(new SlowScanner(20, 2)), 3);
    const first = source.next();
    await vi.advanceTimersByTimeAsync(20);
    expect((await first).done).toBe(false);
    await expect(source.next()).rejects.toThrow('bad 2');
    await vi.advanceTimersByTimeAsync(20);
    expect(openFiles()).toBe(before);
  });

  test.each([
    ['', 'is damaged at byte 3'],
    [
      'more',
      'changed while it was counted, from 9 to 13 bytes; if it only grows, --allow-growth counts it up to its size at the start',
    ],
  ])('that cannot be decoded report a change of the file first: %j', async (more, message) => {
    const kernel: Partial<CompiledKernel> = {
      width: 1,
      countFileRanges: () => {
        appendFileSync(at('several'), more);
        const failure = { undecodable: true, errno: 0, offset: 3, range: 0 };
        return Promise.reject(Object.assign(new Error('is damaged at byte 3'), failure));
      },
    };
    const context = { ...counting(new SlowScanner(20)), kernel: kernel as CompiledKernel };
    await expect(all(countBlocks(schedule(), context))).rejects.toThrow(`${at('several')}: ${message}`);
  });

  // A job that is stopped may live on for a while, as others are not done: nothing may go wrong in it meanwhile.
  test.each([1, 3])('up to %d are yielded when done soon after a stop, and cancelled otherwise', async (atOnce) => {
    const unhandled: unknown[] = [];
    const listener = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listener);
    for (const [milliseconds, done] of [
      [300, 2 * atOnce],
      [700, 0],
    ] as const) {
      const scanner = new SlowScanner(milliseconds);
      const stop = new AbortController();
      setTimeout(
        () => {
          stop.abort('enough');
        },
        milliseconds === 300 ? 450 : 50,
      );
      const source = countBlocks(schedule(stop), counting(scanner), atOnce);
      const overdue = afterGracePeriod(stop.signal);
      onAbort(overdue, scanner.cancel);
      const counted = all(drainUntilOverdue(source, overdue));
      await vi.advanceTimersByTimeAsync(milliseconds === 300 ? 600 : 450);
      expect((await counted).length).toBe(done);
      await vi.advanceTimersByTimeAsync(1000);
      await nextTurn();
    }
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });
});
