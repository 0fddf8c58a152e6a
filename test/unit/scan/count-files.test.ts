import { appendFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { inspectFile } from '../../../src/corpus/file-checks.ts';
import { FileTable } from '../../../src/corpus/file-table.ts';
import { findingNames } from '../../../src/scan/findings.ts';
import { unknownFormat, type CompiledKernel } from '../../../src/scan/kernel.ts';
import { compilePatterns } from '../../../src/scan/patterns.ts';
import { compileWc } from '../../../src/scan/wc.ts';
import { temporaryFolder } from '../../support/job.ts';
import { exact } from '../../support/spec.ts';

// Whole files that the addon opens and closes itself.

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
});
afterEach(() => {
  remove();
});

function tableOf(contents: readonly Uint8Array[]): FileTable {
  return FileTable.from(contents.keys(), (index) => {
    const path = Buffer.concat([Buffer.from(`${folder}/${index}-`), Buffer.of(0xe9)]);
    writeFileSync(path, contents[index]!);
    return inspectFile.sync(path);
  });
}

const love = compilePatterns([Buffer.from('lo'), Buffer.from('aa')], exact);
const kernels: readonly (readonly [string, CompiledKernel])[] = [
  ['patterns', love],
  ['wc', compileWc('coreutils 9.4')],
];
const openFiles = () => readdirSync('/proc/self/fd').length;
const all = ({ length }: FileTable) => Uint32Array.from({ length }, (_, index) => index);

describe.each(kernels)('the kernel of %s', (_, kernel) => {
  const text = fc
    .array(fc.constantFrom('lo', ' ', '\n', 'a', 'aaa', 'é', '\u2028'), { minLength: 1, maxLength: 12 })
    .map((parts) => Buffer.from(parts.join('')));

  test('counts files as their bytes alone are counted, in any order, and closes them', async () => {
    const before = openFiles();
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(0, 4096),
        async (contents, places, chunk) => {
          const table = tableOf(contents);
          const indices = Uint32Array.from(places, (place) => place % contents.length);
          const alone = await Promise.all(
            [...indices].map(
              async (index) => (await kernel.countFiles(table.parts, Uint32Array.of(index), {}, true))!.counts,
            ),
          );
          const counted = await kernel.countFiles(table.parts, indices, { chunk }, true);
          expect([...counted!.counts]).toEqual(alone.flatMap((row) => [...row]));
          const sum = await kernel.countFiles(table.parts, indices, { chunk }, false);
          expect([...sum!.counts]).toEqual(
            Array.from({ length: kernel.width }, (_, column) =>
              alone.reduce((total, row) => total + (row[column] ?? 0n), 0n),
            ),
          );
          expect(sum!.storedSize).toBe([...indices].reduce((total, index) => total + contents[index]!.length, 0));
        },
      ),
      { numRuns: 60 },
    );
    expect(openFiles()).toBe(before);
  });
});

test('counts what a naive count finds', async () => {
  const table = tableOf(['lo lo aaa', 'x', 'lo'].map((text) => Buffer.from(text)));
  const counted = await love.countFiles(table.parts, all(table), {}, true);
  expect([...counted!.counts]).toEqual([2n, 1n, 0n, 0n, 1n, 0n]);
});

test('decodes files whose format is told by their first bytes, and tells findings by place', async () => {
  const table = tableOf([Buffer.from('lo'), gzipSync('lo lo lo'), Buffer.from('{"lo":1}\n{"lo":2}\n')]);
  const way = { format: unknownFormat };
  expect([...(await love.countFiles(table.parts, all(table), way, true))!.counts]).toEqual([1n, 0n, 3n, 0n, 2n, 0n]);
  const stored = await love.countFiles(table.parts, Uint32Array.of(0, 1), {}, true);
  expect(stored!.findings.map(({ file, finding }) => [file, findingNames[finding]])).toEqual([[1, 'gzip']]);
});

describe('is left to the caller where a file', () => {
  let table: FileTable;
  const path = () => table.at(1).path;
  const count = () => love.countFiles(table.parts, all(table), { format: unknownFormat }, false);
  beforeEach(async () => {
    table = tableOf(['lo', 'lo lo', 'lo'].map((text) => Buffer.from(text)));
    expect([...(await count())!.counts]).toEqual([4n, 0n]);
  });

  test.each<[string, () => void]>([
    ['is gone', () => rmSync(path())],
    ['has grown', () => appendFileSync(path(), 'lo')],
    ['is shorter', () => writeFileSync(path(), 'lo')],
    ['was written to', () => utimesSync(path(), 1e9, 1e9)],
    [
      'is damaged',
      () => {
        writeFileSync(path(), gzipSync('lo lo').subarray(0, -1));
        table = FileTable.from(table, (file) => inspectFile.sync(file.path));
      },
    ],
  ])('%s', async (_name, disturb) => {
    const before = openFiles();
    disturb();
    expect(await count()).toBeUndefined();
    expect(openFiles()).toBe(before);
  });

  test('is a folder', async () => {
    rmSync(path());
    const { size, mtimeNs } = statSync(folder, { bigint: true });
    const file = { path: Buffer.from(join(folder)), size: Number(size), modified: mtimeNs };
    expect(await love.countFiles(FileTable.from([file]).parts, Uint32Array.of(0), {}, false)).toBeUndefined();
  });
});
