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

import { checkFiles } from '../../../src/corpus/check-files.ts';
import {
  inspectFile,
  verifySameSize,
  verifyUnchanged,
  type CorpusFile,
  type FileCheck,
} from '../../../src/corpus/file-checks.ts';
import { InputError } from '../../../src/corpus/input-error.ts';
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
});
