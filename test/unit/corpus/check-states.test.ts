import {
  appendFileSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { checkFiles, statesInOrder } from '../../../src/corpus/check-files.ts';
import {
  inspectFile,
  verifySameSize,
  verifyUnchanged,
  type CorpusFile,
  type FileCheck,
} from '../../../src/corpus/file-checks.ts';
import { GrowingFileTable } from '../../../src/corpus/file-table.ts';
import { InputError } from '../../../src/corpus/input-error.ts';
import { PathCollector } from '../../../src/corpus/path-list.ts';
import { returningInputErrors } from '../../../src/corpus/returned-errors.ts';
import { temporaryFolder } from '../../support/job.ts';

// Checks of many files, which worker threads look at, tell what a check of each file tells.

const count = 2500;
const { folder, remove } = temporaryFolder();
afterAll(remove);
const paths = Array.from({ length: count }, (_, index) => Buffer.from(join(folder, `${index}-\xe9`)));
const files: CorpusFile[] = [];

function make(index: number): void {
  const path = paths[index]!;
  writeFileSync(path, 'x'.repeat(index % 7)); // every seventh one is empty
  utimesSync(path, 1e9 + index, index % 3 === 0 ? -1.5 * index : 1.7e9 + index / 1000);
  files[index] = inspectFile.sync(path);
}

beforeAll(() => {
  for (let index = 0; index < count; index += 1) make(index);
});
// Files that a test has changed are made anew.
afterEach(() => {
  for (const [index, { path, inode, modified }] of files.entries()) {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (found && found.ino === inode && found.mtimeNs === modified) continue;
    rmSync(path, { recursive: true, force: true });
    make(index);
  }
});

async function all<T, R>(given: readonly T[], check: FileCheck<T, R>): Promise<R[]> {
  const found: R[] = [];
  await checkFiles(given, check, (each) => found.push(each));
  return found;
}

describe('checks of many files', () => {
  test('tell the states that stat tells, in order', async () => {
    const found = await all(paths, inspectFile);
    expect(found).toEqual(files);
    for (const { path, size, modified, inode } of found) {
      const status = statSync(path, { bigint: true });
      expect([size, modified, inode]).toEqual([Number(status.size), status.mtimeNs, status.ino]);
    }
    expect(await all(files, verifySameSize(false))).toEqual(files);
    expect(await all(files, verifyUnchanged(false))).toHaveLength(count);
  });

  test('return errors in their places if they are to', async () => {
    const bad = [3, 8, 300, count - 1];
    for (const index of bad) rmSync(paths[index]!);
    const check = returningInputErrors(inspectFile);
    const taken: Buffer[] = [];
    const found: unknown[] = [];
    await checkFiles(paths, check, (each, path) => {
      found.push(each instanceof InputError ? each.what : each);
      taken.push(path);
    });
    expect(found).toEqual(files.map((file, index) => (bad.includes(index) ? 'no such file' : file)));
    expect(taken).toEqual(paths);
    // Worker threads look at them all the same.
    expect(check.ofState).toBe(inspectFile.ofState);
  });

  test('follow links', async () => {
    symlinkSync(paths[1]!, join(folder, 'link'));
    const links = Array.from({ length: 100 }, () => Buffer.from(join(folder, 'link')));
    for (const { inode } of await all(links, inspectFile)) expect(inode).toBe(files[1]!.inode);
  });

  test.each([0, 8, 263, 264, 1040, count - 1])('fail for the first file that fails: %d', async (bad) => {
    const taken: CorpusFile[] = [];
    const name = paths[bad]!.toString();
    rmSync(paths[bad]!);
    rmSync(paths.at(-1)!, { force: true });
    await expect(checkFiles(paths, inspectFile, (file) => taken.push(file))).rejects.toThrow(`${name}: no such file`);
    expect(taken).toEqual(files.slice(0, bad));
    mkdirSync(paths[bad]!);
    await expect(all(paths, inspectFile)).rejects.toThrow(`${name}: is a folder, not a file`);
    await expect(all(files, verifyUnchanged(true))).rejects.toThrow(`${name}: is a folder, not a file`);
  });

  test('find out how a file has changed', async () => {
    const [path, before] = [paths[1003]!, files[1003]!]; // of two bytes
    appendFileSync(path, 'yz');
    await expect(all(files, verifyUnchanged(false))).rejects.toThrow(
      `${path.toString()}: changed while it was counted, from 2 to 4 bytes; if it only grows, --allow-growth counts it`,
    );
    await expect(all(files, verifySameSize(false))).rejects.toThrow(
      `${path.toString()}: has 4 bytes here, but 2 bytes on rank 0's host; if it only grows`,
    );
    expect(await all(files, verifyUnchanged(true))).toHaveLength(count);
    expect((await all(files, verifySameSize(true)))[1003]).toMatchObject({ size: 4, inode: before.inode });
    truncateSync(path, 1);
    await expect(all(files, verifyUnchanged(true))).rejects.toThrow(
      `${path.toString()}: changed while it was counted, from 2 to 1 bytes`,
    );
    writeFileSync(path, 'zz');
    await expect(all(files, verifyUnchanged(true))).rejects.toThrow(
      `${path.toString()}: was written to while it was counted`,
    );
  });

  test('as columns are those of the files in any part of a list, in whatever folders they are', async () => {
    mkdirSync(join(folder, 'sub'));
    const others = ['sub/a', 'sub/b', 'sub', 'missing/a', 'missing/b', 'sub/c'].map((name) => join(folder, name));
    for (const index of [0, 1, 5]) writeFileSync(others[index]!, 'love');
    const listed = [
      ...paths.slice(0, 900),
      ...others.map((path) => Buffer.from(path)),
      Buffer.from('package.json'),
      ...paths.slice(900),
    ];
    const collector = new PathCollector(listed.length);
    // As a walk adds them: the path of the folder and the name.
    for (const path of listed) collector.add(path.subarray(0, 7), path, 7);
    expect(collector.isFull).toBe(true);
    expect([...collector.list]).toEqual(listed);
    for (const [begin, end] of [
      [0, listed.length],
      [893, 912],
      [5, 5],
    ] as const) {
      const part = collector.list.slice(begin, end);
      expect([...part]).toEqual(listed.slice(begin, end));
      const found = new GrowingFileTable();
      const countable: boolean[] = [];
      for await (const each of statesInOrder(part, true)) {
        found.addAll(each.paths, each.states);
        countable.push(...Array.from(each.states.isCountable, (is) => is === 1));
      }
      const expected = listed.slice(begin, end).map((path) => {
        const status = statSync(path, { bigint: true, throwIfNoEntry: false });
        if (!status?.isFile() || status.size === 0n) return { path, size: 0, modified: 0n, inode: undefined };
        return { path, size: Number(status.size), modified: status.mtimeNs, inode: status.ino };
      });
      expect([...found.table()]).toEqual(expected);
      expect(countable).toEqual(expected.map(({ size }) => size > 0));
    }
  });
});
