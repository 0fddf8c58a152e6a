import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { compilePatterns } from '../../src/scan/patterns.ts';
import { temporaryFolder } from '../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const block = 64 * 1024;
const options = { ignoreCase: false, word: false, overlapping: false };

// The file ends early, so whoever reads on after the block fails. If every block of a long run read on to its end, the work would
// grow with the square of the file.
test('only the block in which a run begins reads on to its end', async () => {
  const path = join(folder, 'run');
  writeFileSync(path, 'a'.repeat(4 * block));
  const fd = openSync(path, 'r');
  const scanner = compilePatterns([Buffer.from('aa')], options);
  const count = (begin: number, end: number) =>
    scanner.countFileRange(fd, 100 * block, begin, end, { windowSize: 4096, chunk: 4096 });
  expect((await count(block, 2 * block)).counts).toEqual(BigUint64Array.of(0n));
  expect((await count(2 * block, 3 * block)).counts).toEqual(BigUint64Array.of(0n));
  await expect(count(0, block)).rejects.toMatchObject({ errno: 0, offset: 4 * block });
  closeSync(fd);
});
