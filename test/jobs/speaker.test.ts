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
const all = Array.from({ length: 8 }, (_, rank) => rank);
const bug = /^mpicount: rank \d on \S+: a bug, please report it with this: Error: injected \| at /;
let trouble: (trouble: Trouble) => Record<string, string>;

beforeAll(() => {
  trouble = buildPreload(folder);
  writeFileSync(file, prose(200_000));
});
afterAll(remove);

async function expectOneLine(mpi: Mpi, environment: Record<string, string>, line: RegExp, status: number, ranks = 8) {
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

// Without the answers of the ranks that have failed themselves, the end of the job alone would keep others from reporting.
describe.each(mpis)('%s, 3 ranks, MPI_Abort takes seconds', (mpi) => {
  const slowAbort = `--require=${join(import.meta.dirname, 'fixtures', 'slow-abort.cjs')}`;
  const expectOne = (
    failed: readonly number[],
    blocked: readonly number[],
    delays: readonly number[],
    line: RegExp,
  ) => {
    const environment = exceptions(failed, blocked);
    const NODE_OPTIONS = `${environment.NODE_OPTIONS} ${slowAbort}`;
    return expectOneLine(mpi, { ...environment, NODE_OPTIONS, MPICOUNT_FAULT_DELAYS: delays.join() }, line, 70, 3);
  };

  test('rank 0, which fails while another rank waits for its answer, reports, and denies', { timeout: 40_000 }, () =>
    expectOne([0, 2], [], [750, 0, 250], /^mpicount: rank 0 on \S+: a bug, .*: injected \| at /),
  );

  test('rank 1, which fails itself, answers in place of rank 0, which hangs', { timeout: 40_000 }, () =>
    expectOne([1, 2], [0], [0, 750, 250], /^mpicount: rank 2 on \S+: a bug, .*: injected \| at /),
  );
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
