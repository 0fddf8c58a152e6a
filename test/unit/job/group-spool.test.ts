import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { OutputError } from '../../../src/job/durable/output-error.ts';
import { GroupSpool } from '../../../src/job/groups/group-spool.ts';
import { temporaryFolder } from '../../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const rowAt = (key: number) => ({
  key,
  columns: Uint32Array.of(key % 7, 10 + (key % 5)),
  counts: BigUint64Array.of(BigInt(key), 2n ** 60n),
});
const rows = 50_000;

function filled(maxBytes?: number): GroupSpool {
  const spool = new GroupSpool(Buffer.from(folder), maxBytes);
  for (let key = 0; key < rows; key += 1) spool.add(rowAt(key));
  spool.end();
  return spool;
}

test.each([
  ['memory', undefined],
  ['a file', 0],
  ['both', 1_000_000],
])('rows that are kept in %s are read in order, twice', (_name, maxBytes) => {
  const spool = filled(maxBytes);
  expect(readdirSync(folder)).toEqual([]);
  for (let time = 0; time < 2; time += 1) {
    let key = 0;
    for (const row of spool) {
      if (key % 1000 === 0 || row.key !== key) expect(row).toEqual(rowAt(key));
      key += 1;
    }
    expect(key).toBe(rows);
  }
});

test('no rows are kept, too', () => {
  const spool = new GroupSpool(Buffer.from(folder), 0);
  spool.end();
  expect([...spool]).toEqual([]);
});

test('a folder that cannot be written to is an OutputError', () => {
  const missing = Buffer.from(join(folder, 'missing'));
  const spool = new GroupSpool(missing, 0);
  spool.add(rowAt(1));
  expect(() => {
    spool.end();
  }).toThrow(OutputError);
});
