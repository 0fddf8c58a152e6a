import { mkdirSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { InputError } from '../../../src/corpus/input-error.ts';
import { GridError } from '../../../src/corpus/grid.ts';
import { LogInUseError, ResumeError } from '../../../src/job/journal/errors.ts';
import { OutputError } from '../../../src/job/durable/output-error.ts';
import { identityOf, readPlan } from '../../../src/job/plan/plan-file.ts';
import { makeLogFolder } from '../../../src/job/journal/log-folder.ts';
import { prepare } from '../../../src/job/prepare.ts';
import type { CountRequest } from '../../../src/job/plan/plan.ts';
import { temporaryFolder } from '../../support/job.ts';
import { plainRequest } from '../../support/request.ts';
import { blockLine, contents, filesBelow, writeRankLog } from '../../support/log-folder.ts';
import { countSpec, countTotals } from '../../support/spec.ts';

let folder: string;
let remove: () => void;
let book: string;
let logDir: string;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  [book, logDir] = [join(folder, 'book'), join(folder, 'logs')];
  writeFileSync(book, 'x'.repeat(995));
  vi.stubEnv('SLURM_JOB_END_TIME', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  remove();
});

const request = (more: Partial<CountRequest> = {}): CountRequest => ({
  ...plainRequest,
  spec: countSpec(['love', 'hate']),
  files: [Buffer.from(book)],
  blockSize: 100,
  logDir: Buffer.from(logDir),
  ...more,
});
const resume = (more: Partial<CountRequest> = {}) => request({ resume: true, blockSize: undefined, ...more });
const all = [{ first: 0, end: 10 }];

/** Prepares, and makes the log folder, as a job does. */
async function start(asked: CountRequest, ranks: number) {
  const prepared = await prepare(asked, ranks);
  makeLogFolder(prepared, ranks);
  return prepared;
}

describe('a new count', () => {
  test('without a log folder counts all, writes nothing, and cannot be stopped', async () => {
    const prepared = await start(request({ logDir: undefined }), 4);
    expect(prepared).toMatchObject({ missing: all, settings: { resumable: false, stopAt: undefined, identity: '' } });
    expect(prepared.counted.row(0)).toEqual(BigUint64Array.of(0n, 0n));
    expect(filesBelow(folder)).toEqual(['book']);
  });

  test.each([false, true])('writes its plan to a new log folder (with --resume: %s)', async (withResume) => {
    const prepared = await start(request({ resume: withResume }), 257);
    expect(prepared).toMatchObject({ missing: all, settings: { resumable: true, resumed: false } });
    expect(prepared.counted.row(0)).toEqual(BigUint64Array.of(0n, 0n));
    expect(readPlan(Buffer.from(logDir))).toEqual({ plan: { ...prepared.plan, logDir: undefined }, level: 'blocks' });
    expect(Object.keys(contents(logDir))).toEqual(['plan.json', 'ranks', 'ranks/000', 'ranks/001']);
  });

  test('removes an old result from a log folder without a plan', async () => {
    mkdirSync(logDir);
    writeFileSync(join(logDir, 'result.json'), '{"complete":true}');
    writeFileSync(join(logDir, 'notes.txt'), 'mine');
    await start(request(), 1);
    expect(filesBelow(logDir)).toEqual(['notes.txt', 'plan.json']);
  });

  test('has no blocks for an empty corpus', async () => {
    writeFileSync(book, '');
    expect(await start(request(), 2)).toMatchObject({ missing: [], plan: { grid: { blockSize: 0, blocks: 0 } } });
    expect(await prepare(resume(), 3)).toMatchObject({ missing: [] });
    expect(await prepare(resume({ blockSize: 7 }), 3)).toMatchObject({ missing: [] });
  });

  test.each(['summary', 'off'] as const)('cannot be stopped with --log %s', async (level) => {
    expect(await prepare(request({ logging: { level, syncSeconds: 10 } }), 1)).toMatchObject({
      settings: { resumable: false },
    });
  });

  test.each<[string, Partial<CountRequest>, Record<string, string>]>([
    ['--time-limit', { timeLimit: 10_000 }, {}],
    ["SLURM's", {}, { SLURM_JOB_END_TIME: String(Math.floor(performance.timeOrigin / 1000) + 10_000) }],
  ])('takes its deadline from %s, relative to its start', async (_name, more, environment) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const { stopAt = 0 } = (await prepare(request(more), 1)).settings;
    expect(Math.abs(stopAt - performance.timeOrigin - 9_970_000)).toBeLessThan(1001); // SLURM's is in whole seconds
  });

  test('writes nothing before its log folder is created', async () => {
    await prepare(request(), 1);
    expect(filesBelow(folder)).toEqual(['book']);
  });

  test('is refused when another one began first', async () => {
    const slower = await prepare(request(), 1);
    await start(request(), 1);
    const before = contents(logDir);
    expect(() => {
      makeLogFolder(slower, 1);
    }).toThrow(LogInUseError);
    expect(contents(logDir)).toEqual(before);
  });

  test('fails before anything is written when the input is bad', async () => {
    await expect(prepare(request({ files: [Buffer.from(`${book}2`)] }), 1)).rejects.toBeInstanceOf(InputError);
    truncateSync(book, 2 ** 40);
    await expect(prepare(request(), 1)).rejects.toBeInstanceOf(GridError);
    expect(filesBelow(folder)).toEqual(['book']);
  });

  test('fails when its log folder cannot be created', async () => {
    await expect(start(request({ logDir: Buffer.from(`${book}/logs`) }), 1)).rejects.toBeInstanceOf(OutputError);
  });
});

describe('a count in a folder', () => {
  const books = (more: Partial<CountRequest> = {}) => request({ files: [Buffer.from(folder)], ...more });

  test('goes on with the files that were there when it began, and says so', async () => {
    const { plan } = await start(books(), 1);
    writeRankLog(logDir, 0, blockLine(plan, 0, [1, 10]));
    writeFileSync(join(folder, 'added'), 'love');
    const prepared = await prepare(books({ resume: true }), 2);
    expect(Array.from(prepared.plan.files, ({ path }) => path.toString())).toEqual([book]);
    expect(prepared.missing).toEqual([{ first: 1, end: 10 }]);
    expect(prepared.request.notes).toEqual([
      'counted below folders: the files that were there when the count began (1), and none that came later',
    ]);
    await expect(prepare(books({ resume: true, files: [Buffer.from(`${folder}/`)] }), 2)).rejects.toThrow(
      `cannot resume: folder 1 was ${folder}, not ${folder}/; give the same as before`,
    );
  });

  test('does not count its own log folder', async () => {
    mkdirSync(join(logDir, 'ranks'), { recursive: true });
    writeFileSync(join(logDir, 'starts.json'), '{}');
    const { plan, request: asked } = await start(books(), 1);
    expect(plan.files.length).toBe(1);
    expect(asked.notes).toEqual([`left out: 1 log folder of this count (${logDir})`]);
  });
});

describe('a count that is resumed', () => {
  const begin = async () => {
    const { plan } = await start(request(), 1);
    writeRankLog(logDir, 0, blockLine(plan, 0, [1, 10]), blockLine(plan, 1, [2, 20]));
    writeRankLog(logDir, 5, blockLine(plan, 7, [4, 40]), blockLine(plan, 1, [2, 20]), '{"torn');
    return plan;
  };
  const left = [
    { first: 2, end: 7 },
    { first: 8, end: 10 },
  ];

  test('counts the missing blocks with any number of ranks', async () => {
    const plan = await begin();
    for (const ranks of [1, 3, 300]) {
      const prepared = await prepare(resume(), ranks);
      expect(prepared).toMatchObject({
        missing: left,
        settings: { identity: identityOf(plan), resumable: true, resumed: true },
      });
      expect(prepared.counted.row(0)).toEqual(BigUint64Array.of(7n, 70n));
      expect(prepared.plan).toEqual(plan);
    }
  });

  test('leaves plan and journal as they are', async () => {
    await begin();
    const before = contents(logDir);
    await start(resume(), 6);
    expect(contents(logDir)).toEqual(before);
  });

  test('is the same when its log folder was moved', async () => {
    await begin();
    renameSync(logDir, `${folder}/elsewhere`);
    const prepared = await prepare(resume({ logDir: Buffer.from(`${folder}/elsewhere`) }), 2);
    expect(prepared).toMatchObject({ missing: left, plan: { logDir: Buffer.from(`${folder}/elsewhere`) } });
  });

  test('may repeat its block size', async () => {
    await begin();
    expect(await prepare(resume({ blockSize: 100 }), 2)).toMatchObject({ missing: left });
  });

  test('is refused without --resume', async () => {
    await begin();
    const before = contents(logDir);
    const preparing = prepare(request(), 1);
    await expect(preparing).rejects.toBeInstanceOf(LogInUseError);
    await expect(preparing).rejects.toThrow(
      `${logDir} holds the log of an earlier count; go on with it: --resume; count anew: another --log-dir, or remove this one first`,
    );
    expect(contents(logDir)).toEqual(before);
  });

  test.each<[string, () => Partial<CountRequest>, () => string]>([
    ['patterns', () => ({ spec: countSpec(['love']) }), () => 'it was begun with 2 patterns, not 1'],
    ['options', () => ({ spec: countSpec(['love', 'hate'], { word: true }) }), () => 'it was begun without --word'],
    [
      'number of files',
      () => ({ files: [book, book].map((name) => Buffer.from(name)) }),
      () => 'it was begun with 1 files, not 2',
    ],
    [
      'the way a file is named',
      () => ({ files: [Buffer.from(`${folder}/./book`)] }),
      () => `file 1 was ${book}, not ${folder}/./book`,
    ],
    ['block size', () => ({ blockSize: 99 }), () => 'it was begun with blocks of 100 bytes, not 99'],
    ['size', () => (truncateSync(book, 994), {}), () => `${book} had 995 bytes and now has 994`],
    ['time', () => (utimesSync(book, 1, 1), {}), () => `${book} was written to since`],
    ['size, to nothing', () => (truncateSync(book, 0), {}), () => `${book} had 995 bytes and now has 0`],
  ])('is refused when it differs: %s', async (_name, change, difference) => {
    await begin();
    const before = contents(logDir);
    const preparing = prepare(resume(change()), 300);
    await expect(preparing).rejects.toBeInstanceOf(ResumeError);
    await expect(preparing).rejects.toThrow(
      new ResumeError(`cannot resume: ${difference()}; give the same as before, or count anew with another --log-dir`),
    );
    expect(contents(logDir)).toEqual(before);
  });

  // The second size would make too many blocks.
  test.each([996, 2 ** 40])('accepts a file that grew to %d bytes only with --allow-growth', async (size) => {
    const plan = await begin();
    const before = contents(logDir);
    truncateSync(book, size);
    await expect(prepare(resume(), 300)).rejects.toThrow(
      new ResumeError(
        `cannot resume: ${book} had 995 bytes and now has ${size}; if it only grew, resume with --allow-growth, ` +
          'or count anew with another --log-dir',
      ),
    );
    const prepared = await prepare(resume({ allowGrowth: true }), 300);
    expect(prepared).toMatchObject({
      missing: left,
      plan,
      settings: { identity: identityOf(plan), allowGrowth: true },
    });
    expect(prepared.counted.row(0)).toEqual(BigUint64Array.of(7n, 70n));
    expect(contents(logDir)).toEqual(before);
  });

  test('is refused when its input is missing', async () => {
    await begin();
    rmSync(book);
    const preparing = prepare(resume(), 1);
    await expect(preparing).rejects.toBeInstanceOf(InputError);
    await expect(preparing).rejects.toThrow(`${book}: no such file`);
  });

  test('is refused when its journal contradicts itself', async () => {
    const plan = await begin();
    writeRankLog(logDir, 6, blockLine(plan, 7, [4, 41]));
    await expect(prepare(resume(), 1)).rejects.toThrow(`${logDir}/ranks/000/rank-00000`);
    await expect(prepare(resume(), 1)).rejects.toThrow(': counts for block 7 contradict those of an earlier line; ');
    await expect(prepare(resume(), 1)).rejects.toBeInstanceOf(ResumeError);
  });

  test('has no missing blocks when it was complete', async () => {
    const plan = await begin();
    writeRankLog(logDir, 0, ...Array.from({ length: 10 }, (_, block) => blockLine(plan, block, [1, 2])));
    rmSync(`${logDir}/ranks/000/rank-000005.jsonl`);
    expect(await prepare(resume(), 4)).toMatchObject({ missing: [], counted: countTotals(10n, 20n) });
  });
});
