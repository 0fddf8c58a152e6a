import { rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { assignmentFor, type Assignment } from '../../../src/corpus/assignment.ts';
import { FileTable } from '../../../src/corpus/file-table.ts';
import { countBlocksIn, Layout, makeGrid, type BlockRange } from '../../../src/corpus/grid.ts';
import { ControlChannel } from '../../../src/job/control/control-channel.ts';
import { decodeMessage, encodeMessage } from '../../../src/job/control/control-message.ts';
import type { Job, JobSettings, PreparedJob } from '../../../src/job/job.ts';
import { makeAssigner } from '../../../src/job/schedule/assigner.ts';
import { AssignmentChecker, filesOf as assignedFiles } from '../../../src/job/schedule/checked-assignment.ts';
import { DynamicSchedule } from '../../../src/job/schedule/dynamic-schedule.ts';
import { openRequests, openSchedule, pollMillisecondsOfDynamic } from '../../../src/job/schedule/open-schedule.ts';
import type { Schedule } from '../../../src/job/schedule/schedule.ts';
import { temporaryFolder } from '../../support/job.ts';
import { Network } from '../../support/network.ts';
import { countSpec } from '../../support/spec.ts';

// Ranks in one process; see test/jobs/schedule.test.ts for whole jobs.

const { folder, remove } = temporaryFolder();
afterAll(remove);

/** Writes files of so many bytes and returns them as rank 0 finds them. */
function filesOf(sizes: Readonly<Record<string, number>>): FileTable {
  return FileTable.from(Object.entries(sizes), ([name, size]) => {
    const path = join(folder, name);
    writeFileSync(path, 'x'.repeat(size));
    const { mtimeNs, ino } = statSync(path, { bigint: true });
    return { path: Buffer.from(path), size, modified: mtimeNs, inode: ino };
  });
}

/** A job as rank 0 prepares it, of which only what schedules use is set. */
function prepare(files: FileTable, blockSize: number, settings: Partial<JobSettings>, missing?: BlockRange[]) {
  const grid = makeGrid(files.bytes, 1, blockSize);
  const plan = { spec: countSpec(['x']), logDir: undefined, decompress: true, files, grid };
  return {
    plan,
    settings: { schedule: 'dynamic', threads: 1, ...settings },
    missing: missing ?? [{ first: 0, end: grid.blocks }],
  } as unknown as PreparedJob;
}

/** Returns the paths of the files that a schedule has assigned. */
function pathsOf({ assignments }: Schedule): string[] {
  const seen = new Set<number>();
  return assignments.flatMap((each) => Array.from(assignedFiles(each, seen), ({ path }) => path.toString()));
}

const indicesOf = (ranges: readonly BlockRange[]) =>
  ranges.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, index) => first + index));
const namesOf = ({ files }: Assignment) => Array.from(files, ({ path }) => path.toString().slice(folder.length + 1));

describe('the assigner', () => {
  test.each(['static', 'dynamic'] as const)('%s: assigns each missing block once, with its files', (schedule) => {
    const files = filesOf({ a: 95, b: 10, c: 395 });
    const missing = [
      { first: 0, end: 7 },
      { first: 20, end: 50 },
    ];
    const assigner = makeAssigner(prepare(files, 10, { schedule }, missing), 3);
    const assignments = [0, 1, 2].map((rank) => assigner.first(rank));
    for (;;) {
      const next = assigner.next(1);
      if (countBlocksIn(next.slice) === 0) break;
      assignments.push(next);
    }
    const blocks = assignments.map(({ slice }) => indicesOf(slice));
    expect(blocks.flat().sort((one, other) => one - other)).toEqual(indicesOf(missing));
    for (const [index, assignment] of assignments.entries()) {
      const has = blocks[index] ?? [];
      expect(namesOf(assignment)).toEqual([
        ...(has.some((block) => block < 7) ? ['a'] : []),
        ...(has.some((block) => block >= 20) ? ['c'] : []),
      ]);
    }
    expect(assignments.length > 3).toBe(schedule === 'dynamic');
  });

  test.each([
    ['UTF-16', [['c', 'd'], ['b'], ['e'], ['a']]],
    // A file that can be divided may be one decoding unit. The end of d is in the block in which e begins.
    ['xz', [['c', 'd'], ['b'], ['d', 'e'], ['a']]],
  ] as const)('dynamic: the largest files in %s are assigned first', (format, assigned) => {
    const sizes = { a: 1000, b: 300, c: 25, d: 5000, e: 200, f: 9 };
    const plain = filesOf(sizes);
    const files = FileTable.from(plain, (file) => ({
      ...file,
      format: file.size === 1000 || file.size === 9 ? undefined : format,
    }));
    const assigner = makeAssigner(prepare(files, 100, { threads: 2 }), 40);
    const first = Array.from({ length: 4 }, (_, rank) => namesOf(assigner.first(rank)));
    // c begins in the same block as d.
    expect(first).toEqual(assigned);
  });
});

test.each([
  { type: 'want', blocks: 17 } as const,
  { type: 'assign', assignment: { slice: [], files: FileTable.from([]), begins: new Float64Array() } } as const,
])('the message $type is decoded as it was encoded', (message) => {
  const { tag, bytes } = encodeMessage(message);
  expect(decodeMessage(tag, Buffer.from(bytes))).toEqual(message);
});

describe('the dynamic schedule', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  /** A count of `ranks` ranks; `speeds` are the milliseconds that each needs for a block. */
  interface Simulation {
    readonly prepared: PreparedJob;
    readonly ranks: number;
    readonly milliseconds: (rank: number) => number;
    readonly stop?: AbortSignal;
  }

  /** Opens the schedules of all ranks, which share a network. */
  async function open({ prepared, ranks, stop = new AbortController().signal }: Simulation) {
    const network = new Network();
    const { plan, settings } = prepared;
    const assigner = makeAssigner(prepared, ranks);
    const first = Array.from({ length: ranks }, (_, rank) => assigner.first(rank));
    const schedules: Schedule[] = [];
    const channels: ControlChannel[] = [];
    for (const [rank, assignment] of first.entries()) {
      const checker = new AssignmentChecker(plan.grid, rank, { allowGrowth: false, skipUnreadable: false });
      const job = { plan: { bytes: plan.files.bytes }, settings, assigner: rank === 0 ? assigner : undefined };
      const checked = await checker.check(assignment);
      const channel = new ControlChannel(network.communicator(rank, ranks), pollMillisecondsOfDynamic);
      channels.push(channel);
      schedules.push(
        openSchedule(job as unknown as Job, checked, checker, openRequests(job as unknown as Job, channel), stop),
      );
    }
    return { network, schedules, channels };
  }

  /** Counts as countBlocks() does. */
  async function count(schedule: Schedule, threads: number, milliseconds: number): Promise<number[]> {
    const counted: number[] = [];
    const thread = async () => {
      for (let next = await schedule.next(); next; next = await schedule.next()) {
        await sleep(milliseconds);
        counted.push(next.block.index);
      }
    };
    await Promise.all(Array.from({ length: threads }, thread));
    return counted;
  }

  /** Counts everything and returns the blocks of each rank, and how long it took at most. */
  async function simulate(simulation: Simulation) {
    const { network, schedules, channels } = await open(simulation);
    const { threads } = simulation.prepared.settings;
    const start = performance.now();
    let end = start;
    const counting = Promise.all(
      schedules.map(async (schedule, rank) => {
        const counted = await count(schedule, threads, simulation.milliseconds(rank));
        end = Math.max(end, performance.now());
        return counted;
      }),
    ).then(async (blocks) => {
      await Promise.all(channels.map((channel) => channel.close()));
      return blocks;
    });
    const state = { done: false };
    void counting.finally(() => (state.done = true));
    while (!state.done) await vi.advanceTimersByTimeAsync(100);
    return { blocks: await counting, milliseconds: end - start, network, schedules };
  }

  const simulations = fc.record({
    size: fc.integer({ min: 0, max: 300 }),
    ranks: fc.integer({ min: 1, max: 9 }),
    threads: fc.integer({ min: 1, max: 4 }),
    speeds: fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 9, maxLength: 9 }),
  });

  test('all ranks together count every block once, at any speeds, and close their channels', { timeout: 60_000 }, () =>
    fc.assert(
      fc.asyncProperty(simulations, async ({ size, ranks, threads, speeds }) => {
        const files = filesOf({ one: size, two: Math.floor(size / 2) });
        const prepared = prepare(files, 2, { threads });
        const { blocks, network, schedules } = await simulate({
          prepared,
          ranks,
          milliseconds: (rank) => speeds[rank] ?? 1,
        });
        expect(blocks.flat().sort((one, other) => one - other)).toEqual(indicesOf(prepared.missing));
        expect(schedules.map(({ assigned }) => assigned)).toEqual(blocks.map(({ length }) => length));
        expect(network.waiting).toEqual([]);
        expect(network.freed).toBe(ranks);
      }),
      { numRuns: 25 },
    ),
  );

  test('a rank that is 4 times slower costs no more than 10 % over its share of speed', async () => {
    const prepared = prepare(filesOf({ even: 64 * 8 }), 1, {});
    const { blocks, milliseconds } = await simulate({
      prepared,
      ranks: 8,
      milliseconds: (rank) => (rank === 3 ? 400 : 100),
    });
    expect(blocks.flat()).toHaveLength(512);
    expect(milliseconds).toBeLessThan((1.1 * 512 * 100) / 7.25);
  });

  test('ranks of equal speed hardly wait: blocks are asked for in time', async () => {
    const prepared = prepare(filesOf({ even: 500 * 4 }), 1, {});
    const { blocks, milliseconds, network } = await simulate({ prepared, ranks: 4, milliseconds: () => 3 });
    expect(blocks.flat()).toHaveLength(2000);
    expect(milliseconds).toBeLessThan(1.05 * 500 * 3);
    // Of requests and answers, by three ranks.
    expect(network.sent.length / 3 / 2).toBeLessThan(45);
  });

  test('no file is checked or counted as unchanged twice because its assignments are consecutive', async () => {
    const files = filesOf({ one: 120, two: 10, three: 70 });
    const { schedules } = await simulate({ prepared: prepare(files, 1, {}), ranks: 2, milliseconds: () => 50 });
    for (const schedule of schedules) {
      const paths = pathsOf(schedule);
      expect(paths.length).toBeGreaterThan(1);
      expect(new Set(paths).size).toBe(paths.length);
    }
  });

  test('a file that another rank sees with another size is an error, when it is assigned', async () => {
    const files = filesOf({ whole: 100, cut: 100 });
    const { schedules } = await open({ prepared: prepare(files, 10, {}), ranks: 2, milliseconds: () => 50 });
    truncateSync(join(folder, 'cut'), 50);
    const counting = count(schedules[1]!, 1, 50);
    const failed = expect(counting).rejects.toThrow(
      `${join(folder, 'cut')}: has 50 bytes here, but 100 bytes on rank 0's host`,
    );
    await vi.advanceTimersByTimeAsync(3000);
    await failed;
  });

  test('with --skip-unreadable, it has no time of its own then, so that it cannot be counted', async () => {
    const files = filesOf({ whole: 100, cut: 100, gone: 100 });
    const assignment = assignmentFor([{ first: 0, end: 3 }], files, new Layout(files.parts, makeGrid(300, 1, 100)));
    truncateSync(join(folder, 'cut'), 50);
    rmSync(join(folder, 'gone'));
    const checker = new AssignmentChecker(makeGrid(300, 1, 100), 1, { allowGrowth: false, skipUnreadable: true });
    for (let time = 0; time < 2; time += 1) {
      const checked = await checker.check(assignment);
      expect(Array.from(checked.files, ({ modified }) => modified)).toEqual([files.at(0).modified, 0n, 0n]);
      expect(checked.files.parts.sizes).toEqual(files.parts.sizes);
    }
  });

  test.each([
    [false, 0],
    [true, 0],
    [false, 800],
    [true, 800],
  ])('so it is among many files, growth allowed: %s, without file %d', async (allowGrowth, left) => {
    const names = Array.from({ length: 1500 }, (_, index) => `many ${index}`);
    const files = filesOf(Object.fromEntries(names.map((name) => [name, 100])));
    const grid = makeGrid(files.bytes, 1);
    const whole = assignmentFor([{ first: 0, end: 1 }], files, new Layout(files.parts, grid));
    const assignment = { ...whole, files: whole.files.skipping([left]) };
    truncateSync(join(folder, 'many 5'), 50);
    truncateSync(join(folder, 'many 1100'), 150);
    rmSync(join(folder, 'many 1499'));
    const [short, gone] = [5, 1499];
    const bad = allowGrowth ? [short, gone] : [short, 1100, gone];
    const skipping = new AssignmentChecker(grid, 1, { allowGrowth, skipUnreadable: true });
    for (let time = 0; time < 2; time += 1) {
      const { modified } = (await skipping.check(assignment)).files.parts;
      const expected = names.map((name, index) =>
        bad.includes(index) ? 0n : statSync(join(folder, name), { bigint: true }).mtimeNs,
      );
      expect([...modified].flatMap((time, index) => (index === left ? [] : time))).toEqual(
        expected.filter((_, index) => index !== left),
      );
    }
    const checker = new AssignmentChecker(grid, 1, { allowGrowth, skipUnreadable: false });
    await expect(checker.check(assignment)).rejects.toThrow(
      `${join(folder, 'many 5')}: has 50 bytes here, but 100 bytes on rank 0's host`,
    );
  });

  test('skipped files are neither checked nor among the files of a schedule', async () => {
    const files = filesOf({ one: 100, gone: 100, three: 100 }).skipping([1]);
    rmSync(join(folder, 'gone'));
    const { schedules } = await simulate({ prepared: prepare(files, 10, {}), ranks: 2, milliseconds: () => 50 });
    const paths = schedules.flatMap((schedule) => pathsOf(schedule));
    expect(new Set(paths)).toEqual(new Set([join(folder, 'one'), join(folder, 'three')]));
  });

  test('a stop ends a rank that waits for blocks', async () => {
    const stop = new AbortController();
    const files = filesOf({ one: 100 });
    const grid = makeGrid(100, 1, 10);
    const assignment = assignmentFor([{ first: 0, end: 1 }], files, new Layout(files.parts, grid));
    const first = await new AssignmentChecker(grid, 1, { allowGrowth: false, skipUnreadable: false }).check(assignment);
    const ask = vi.fn(() => new Promise<never>(() => undefined));
    const schedule = new DynamicSchedule(first, { bytes: 100, threads: 1, ask, stop: stop.signal });
    expect(await schedule.next()).toMatchObject({ block: { index: 0 } });
    expect(ask).toHaveBeenCalledTimes(1);
    const waiting = schedule.next();
    expect(waiting).toBeInstanceOf(Promise);
    stop.abort('enough');
    expect(await waiting).toBeUndefined();
    expect(schedule.next()).toBeUndefined();
    expect(schedule.assigned).toBe(1);
  });
});
