import { readdirSync, truncateSync, writeFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { InputError } from '../../src/corpus/errors.ts';
import { Layout, makeGrid } from '../../src/corpus/grid.ts';
import { Readings } from '../../src/corpus/reading.ts';
import { countBlocks, type CountedBlock } from '../../src/job/count-blocks.ts';
import type { Plan } from '../../src/job/plan.ts';
import { Scanner } from '../../src/scan/scanner.ts';
import { temporaryFolder } from '../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const options = { ignoreCase: false, word: false, overlapping: false };
const at = (name: string) => join(folder, name);

function planOf(blockSize: number, files: Record<string, string>): Plan {
  const entries = Object.entries(files);
  for (const [name, content] of entries) writeFileSync(at(name), content);
  const corpus = entries.map(([name, { length }]) => ({ path: Buffer.from(at(name)), size: length, modified: 0n }));
  const bytes = corpus.reduce((sum, { size }) => sum + size, 0);
  const patterns = [Buffer.from('love'), Buffer.from('o')];
  return { patterns, options, logDir: undefined, files: corpus, grid: makeGrid(bytes, 1, blockSize) };
}

async function* count(plan: Plan): AsyncGenerator<CountedBlock> {
  const layout = new Layout(plan.files, plan.grid);
  const blocks = Array.from({ length: plan.grid.blocks }, (_, index) => layout.block(index));
  // As they are found when a rank begins.
  const found = plan.files.map(({ path, size }) => ({
    path,
    size,
    modified: statSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? 0n,
  }));
  const scanner = await Scanner.compile(plan.patterns, plan.options);
  const readings = new Readings('auto', false);
  yield* countBlocks(blocks, { files: new Map(found.entries()), scanner, readings });
}

const openFiles = () => readdirSync('/proc/self/fd').length;

test('blocks of several files and parts of files, in order; an occurrence never spans two files', async () => {
  const plan = planOf(6, { a: 'love lo', b: 've', c: '', d: 'o love love' });
  const before = openFiles();
  const counted = [];
  for await (const { block, counts } of count(plan)) counted.push([block.index, ...counts]);
  expect(counted).toEqual([
    [0, 1n, 1n],
    [1, 1n, 2n],
    [2, 1n, 2n],
    [3, 0n, 0n],
  ]);
  expect(openFiles()).toBe(before);
});

test('a file that was cut short is bad input', async () => {
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

test('a file that is gone is bad input', async () => {
  const plan = planOf(100, { here: 'love' });
  const gone = { ...plan, files: [{ ...plan.files[0]!, path: Buffer.from(at('gone')) }] };
  const counting = count(gone).next();
  await expect(counting).rejects.toThrow(InputError);
  await expect(counting).rejects.toThrow(`${at('gone')}: no such file`);
});

test('a file whose place a folder took is bad input', async () => {
  const plan = planOf(100, { here: 'love' });
  const folderNow = { ...plan, files: [{ ...plan.files[0]!, path: Buffer.from(folder) }] };
  const counting = count(folderNow).next();
  await expect(counting).rejects.toThrow(InputError);
  await expect(counting).rejects.toThrow(`${folder}: cannot be read at byte 0: it is a folder`);
});
