import { cpSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { mpis, program, run, runJob, temporaryFolder } from '../support/job.ts';

// fixtures/unfinished-count is what an earlier version (commit 5e53cf9) left of `count -i -w --block-size 256 -e love -e élan`
// with 2 ranks: 5 of 12 blocks, and a line that was cut off.

const { folder, remove } = temporaryFolder();
afterAll(remove);

let copies = 0;

/** A copy of the fixture, with the modification time that its plan has. */
function unfinishedCount(): string {
  copies += 1;
  const copy = join(folder, String(copies));
  cpSync(join(import.meta.dirname, 'fixtures', 'unfinished-count'), copy, { recursive: true });
  utimesSync(join(copy, 'text.txt'), 1_700_000_000, 1_700_000_000);
  return copy;
}

test('status reads the log folder of an earlier version', async () => {
  const cwd = unfinishedCount();
  const outcome = await run([process.execPath, program, 'status', 'log-folder', '--format', 'json'], {
    cwd,
    timeoutSeconds: 20,
  });
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  expect(JSON.parse(outcome.stdout.toString())).toMatchObject({
    complete: false,
    blocks: 12,
    blocksDone: 5,
    starts: 2,
    ignoredLines: 1,
  });
});

describe.each(mpis)('%s', (mpi) => {
  test.each([1, 3])('--resume goes on with the log folder of an earlier version: %d ranks', async (ranks) => {
    const cwd = unfinishedCount();
    const args = ['count', '-i', '-w', '--log-dir', 'log-folder', '--resume', '-e', 'love', '-e', 'élan', 'text.txt'];
    const { status, stdout, stderr } = await runJob(mpi, ranks, args, { cwd, timeoutSeconds: 30 });
    expect({ status, stdout: stdout.toString(), stderr }).toEqual({
      status: 0,
      stdout: '92\tlove\n107\télan\n',
      stderr: '',
    });
    const text = readFileSync(join(cwd, 'log-folder', 'result.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ bytes: 2818, complete: true, ignoreCase: true, word: true });
  });
});
