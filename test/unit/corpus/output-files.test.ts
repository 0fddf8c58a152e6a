import { closeSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { encodeFiles, FileIds, outputFiles, outputVariable } from '../../../src/corpus/output-files.ts';
import { temporaryFolder } from '../../support/job.ts';

test('the output files of mpicount launch are among those of a rank', () => {
  const files = [
    { device: 1n, inode: 2n },
    { device: 2n ** 63n, inode: 2n ** 64n - 1n },
  ];
  expect(outputFiles({ [outputVariable]: encodeFiles(files) })).toEqual([...files, ...outputFiles({})]);
  for (const value of ['', 'x', '1:', ':2']) expect(outputFiles({ [outputVariable]: value })).toEqual(outputFiles({}));
});

test('a file that is gone is none of them', () => {
  const { folder, remove } = temporaryFolder();
  const path = join(folder, 'file');
  closeSync(openSync(path, 'w'));
  const { dev, ino } = statSync(path, { bigint: true });
  const ids = new FileIds([{ device: dev, inode: ino }]);
  expect(ids.has({ path: Buffer.from(path), inode: ino })).toBe(true);
  expect(ids.has({ path: Buffer.from(path), inode: ino + 1n })).toBe(false);
  remove();
  expect(ids.has({ path: Buffer.from(path), inode: ino })).toBe(false);
});
