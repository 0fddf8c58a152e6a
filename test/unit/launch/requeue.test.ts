import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { decideStart, readStarts, requeueLimit, writeStarts, type Starts } from '../../../src/launch/requeue.ts';
import { LaunchError } from '../../../src/mpi/errors.ts';
import { temporaryFolder } from '../../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const logDir = Buffer.from(folder);
const first: Starts = { series: '7', again: 0, fruitless: 0 };

/** How often a job starts again whose starts count something or not, as given. */
function run(progress: readonly boolean[], limit = 100): { again: number; refused: string | undefined } {
  let starts = first;
  for (const hasProgressed of progress) {
    const decision = decideStart(starts, hasProgressed, limit);
    if ('refused' in decision) return { again: starts.again, refused: decision.refused };
    ({ starts } = decision);
  }
  return { again: starts.again, refused: undefined };
}

describe('a stopped job', () => {
  test('restarts while it makes progress', () => {
    expect(run(Array.from({ length: 100 }, () => true))).toEqual({ again: 100, refused: undefined });
  });

  test('restarts at most twice without progress', () => {
    expect(run([false, false, false])).toEqual({ again: 2, refused: '3 starts in a row have counted no block' });
    expect(run([true, false, false, true, false, false, false]).again).toBe(6);
  });

  test('restarts at most MPICOUNT_REQUEUES times', () => {
    const refused = 'it may start again 2 times at most (MPICOUNT_REQUEUES)';
    expect(run([true, true, true], 2)).toEqual({ again: 2, refused });
    expect(run([true], 0).again).toBe(0);
  });
});

describe('the restarts recorded in the log folder', () => {
  test('belong to one series of jobs', () => {
    writeStarts(logDir, { series: '7', again: 3, fruitless: 2 });
    expect(readStarts(logDir, '7', 0)).toEqual({ series: '7', again: 3, fruitless: 2 });
    expect(readStarts(logDir, '8', 0)).toEqual({ series: '8', again: 0, fruitless: 0 });
  });

  test('include the restarts that the scheduler reports', () => {
    expect(readStarts(logDir, '7', 5)).toEqual({ series: '7', again: 5, fruitless: 2 });
    expect(readStarts(Buffer.from('/none'), '7', 5)).toEqual({ series: '7', again: 5, fruitless: 0 });
  });

  test.each([
    '',
    'null',
    '{"series":"7","again":-1,"fruitless":0}',
    '{"series":"7","again":1e99,"fruitless":0}',
    // More than the file ever holds, which could take all memory.
    `{"series":"7","again":5,"fruitless":1,"more":[${'[],'.repeat(9)}[]]}`,
  ])('are ignored when the file contains %s', (text) => {
    writeFileSync(join(folder, 'starts.json'), text);
    expect(readStarts(logDir, '7', 0)).toEqual(first);
  });
});

describe('MPICOUNT_REQUEUES', () => {
  test.each([
    [undefined, 100],
    ['', 100],
    ['0', 0],
    ['12', 12],
  ])('%s is %d', (text, limit) => {
    expect(requeueLimit(text)).toBe(limit);
  });

  test.each(['-1', 'x', '010', '1.5', ' 1', '9999999999'])('%s is refused', (text) => {
    expect(() => requeueLimit(text)).toThrow(
      new LaunchError(`MPICOUNT_REQUEUES=${text} is no number; for example: MPICOUNT_REQUEUES=10`),
    );
  });
});
