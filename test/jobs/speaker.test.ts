import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { mpis, ownLines, runJob, temporaryFolder, type Mpi } from '../support/job.ts';
import { buildPreload, type Trouble } from '../support/preload.ts';
import { prose } from '../support/text.ts';

// Several ranks fail at the same moment, each for its own reason: one of them reports its error, and the job has its status.

const { folder, remove } = temporaryFolder();
const file = join(folder, 'text.txt');
const timeoutSeconds = 30;
const ranks = 8;
const all = Array.from({ length: ranks }, (_, rank) => rank);
const bug = /^mpicount: rank \d on \S+: a bug, please report it with this: Error: injected \| at /;
let trouble: (trouble: Trouble) => Record<string, string>;

beforeAll(() => {
  trouble = buildPreload(folder);
  writeFileSync(file, prose(200_000));
});
afterAll(remove);

async function expectOneLine(mpi: Mpi, environment: Record<string, string>, line: RegExp, status: number) {
  const args = ['count', '--io', 'read', '--block-size', '1K', 'love', file];
  const outcome = await runJob(mpi, ranks, args, { timeoutSeconds, environment });
  expect(ownLines(outcome)).toEqual([expect.stringMatching(line)]);
  expect(outcome.stdout.toString()).not.toContain('\tlove');
  expect(outcome.status).toBe(status);
}

/** An exception in some ranks, while others do nothing at all. */
const exceptions = (failed: readonly number[], blocked: readonly number[]) => ({
  NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'in-one-rank.cjs')}`,
  MPICOUNT_FAULT: 'exception',
  MPICOUNT_FAULT_RANK: failed.join(),
  MPICOUNT_FAULT_BLOCKED: blocked.join(),
});

describe.each(mpis)('%s, 8 ranks', (mpi) => {
  test('an exception in all ranks is reported once', { timeout: 40_000 }, () =>
    expectOneLine(mpi, exceptions(all, []), bug, 70),
  );

  test('an exception in all ranks but rank 0 is reported once', { timeout: 40_000 }, () =>
    expectOneLine(mpi, exceptions(all.slice(1), []), bug, 70),
  );

  test('an exception in many ranks is reported once where rank 0 hangs', { timeout: 40_000 }, () =>
    expectOneLine(mpi, exceptions(all.slice(1), [0]), bug, 70),
  );

  test('an exception in one rank is reported where all others hang', { timeout: 40_000 }, () =>
    expectOneLine(mpi, exceptions([7], all.slice(0, 7)), bug, 70),
  );

  test('a file that no rank can read is reported once', { timeout: 40_000 }, () => {
    const line = /text\.txt: cannot be read at byte \d+: the disk or file system failed \(I\/O error\)$/;
    return expectOneLine(mpi, trouble({ file, call: 'pread', failure: 'EIO' }), line, 3);
  });
});
