import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { FileTable } from '../../../src/corpus/file-table.ts';
import { Layout } from '../../../src/corpus/grid.ts';
import type { BlockLink } from '../../../src/job/counting/chain.ts';
import { JournalLinks } from '../../../src/job/journal/journal-chains.ts';
import { rowsDone } from '../../../src/job/journal/job-state.ts';
import { readJournal } from '../../../src/job/journal/journal.ts';
import { temporaryFolder } from '../../support/job.ts';
import { samplePlan, seal, writeRankLog } from '../../support/log-folder.ts';

// Ten blocks of 100 bytes: a plain file in the first one and a half, then one with units.
const plain = { path: Buffer.from('/plain'), size: 150, modified: 1n };
const divided = { path: Buffer.from('/divided.gz'), size: 845, modified: 1n, format: 'gzip' } as const;
const files = FileTable.from([plain, divided]);
const plan = samplePlan({ files });

let folder: string;
let remove: () => void;
beforeEach(() => ({ folder, remove } = temporaryFolder()));
afterEach(() => {
  remove();
});

const line = (block: number, count: number, link?: BlockLink) =>
  seal({ event: 'block', block, counts: [count, 0], link }, plan);
const read = () => readJournal(Buffer.from(folder), plan);
const pendingOf = ({ pending }: Awaited<ReturnType<typeof read>>) =>
  pending.map(({ chain: { first, last }, counts }) => [first, last, counts.rows.row(0)[0]]);

describe('a journal with a divided file', () => {
  test('adds up what is certain, and keeps apart what depends on blocks that are missing', async () => {
    writeRankLog(folder, 0, line(0, 1), line(1, 2, { end: 60 }), line(2, 4, { at: 60, end: 190 }));
    writeRankLog(folder, 1, line(5, 8, { at: 400, end: 500 }), line(6, 16, { at: 500, end: 560 }));
    const journal = await read();
    expect(journal.missing).toEqual([
      { first: 3, end: 5 },
      { first: 7, end: 10 },
    ]);
    expect(journal.blocksDone).toBe(5);
    expect(journal.totals.row(0)).toEqual(BigUint64Array.of(7n, 0n));
    expect(pendingOf(journal)).toEqual([
      [1, 2, 7n],
      [5, 6, 24n],
    ]);
    expect(rowsDone(journal).row(0)).toEqual(BigUint64Array.of(31n, 0n));
  });

  test('does not count blocks that do not begin where the one before ended', async () => {
    writeRankLog(
      folder,
      0,
      line(1, 2, { end: 60 }),
      line(2, 4, { at: 70, end: 160 }),
      line(3, 8, { at: 160, end: 260 }),
    );
    const journal = await read();
    expect(journal.missing).toEqual([
      { first: 0, end: 1 },
      { first: 2, end: 10 },
    ]);
    expect(rowsDone(journal).row(0)[0]).toBe(2n);
  });

  test('of two lines for a block, uses the one that fits, in any order', async () => {
    const lines = [line(2, 4, { at: 70, end: 160 }), line(1, 2, { end: 60 }), line(2, 8, { at: 60, end: 160 })];
    for (const order of [lines, [...lines].reverse()]) {
      writeRankLog(folder, 0, ...order);
      const journal = await read();
      expect(journal.blocksDone).toBe(2);
      expect(journal.totals.row(0)[0]).toBe(10n);
    }
  });

  test('knows blocks in which no unit begins', async () => {
    const past = (block: number) => line(block, 0, { past: block * 100 - 50 });
    writeRankLog(folder, 0, line(1, 2, { end: 430 }), past(2), past(3), past(4), line(5, 8, { at: 430, end: 451 }));
    const journal = await read();
    expect(pendingOf(journal)).toEqual([[1, 5, 10n]]);
    expect(journal.totals.row(0)[0]).toBe(10n);
  });

  test.each([
    [0, { at: 3 }],
    [1, {}],
    [1, { at: 3, end: 60 }],
    [3, undefined],
    [3, { end: 300 }],
    [3, { at: 160 }],
    [3, { at: 160, past: 250, end: 300 }],
    [9, { end: 300 }],
    [3, { at: -1, end: 300 }],
    [3, { at: 'love', end: 300 }],
    [3, null],
  ])('ignores a line for block %i with the link %j, which it cannot have', async (block, link) => {
    writeRankLog(folder, 0, seal({ event: 'block', block, counts: [1, 0], link }, plan));
    expect(await read()).toMatchObject({ missing: [{ first: 0, end: 10 }], blocksDone: 0, pending: [] });
  });
});

test('contradicting lines for a block are an error', async () => {
  writeRankLog(folder, 0, line(1, 2, { end: 60 }), line(1, 3, { end: 60 }));
  await expect(read()).rejects.toThrow('counts for block 1 contradict those of an earlier line');
});

test('the last block of a file may begin within it and not end within it', () => {
  const links = new JournalLinks(new Layout(files.parts, plan.grid), plan.grid);
  expect(links.isPossible(9, { at: 760 })).toBe(true);
  expect(links.isPossible(9, { past: 845 })).toBe(true);
});

test('a block counts without a divided file that is skipped, and keeps its link to another one', async () => {
  const other = { ...divided, path: Buffer.from('/other.gz'), size: 645 };
  const two = samplePlan({ files: [plain, { ...divided, size: 200 }, other] });
  const block = (index: number, count: number, link?: BlockLink, without?: number[]) =>
    seal({ event: 'block', block: index, counts: [count, 0], link, without }, two);
  const skip = seal({ event: 'skip', file: '/divided.gz', begin: 150, reason: 'is damaged' }, two);
  const lines = [
    block(0, 1),
    block(1, 2, { end: 60 }),
    block(2, 4, { at: 60, end: 160 }),
    block(3, 8, { at: 160, end: 70 }),
    skip,
    block(1, 16, undefined, [150]),
    block(3, 32, { end: 70 }, [150]),
    block(4, 64, { at: 70, end: 160 }),
    block(2, 128, { at: 60 }, [150]), // it cannot have this link
  ];
  for (const order of [lines, [...lines].reverse()]) {
    writeRankLog(folder, 0, ...order);
    const journal = await readJournal(Buffer.from(folder), two);
    expect([...journal.skipped]).toEqual([[1, 'is damaged']]);
    expect(journal.missing).toEqual([
      { first: 2, end: 3 },
      { first: 5, end: 10 },
    ]);
    expect(pendingOf(journal)).toEqual([[3, 4, 113n]]);
    expect(journal.totals.row(0)[0]).toBe(113n);
  }
});
