import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { launcherOf, mpis, ownLines, program, run, temporaryFolder } from '../support/job.ts';

// Ranks that fail before MPI_Init end the job, with one line, also where only one of them fails and the others wait in MPI_Init.

const { folder, remove } = temporaryFolder();
const file = join(folder, 'text.txt');
const timeoutSeconds = 20;

beforeAll(() => {
  writeFileSync(file, 'love and hate\n');
});
afterAll(remove);

describe.each(mpis)('%s, 3 ranks', (mpi) => {
  const variable = mpi === 'openmpi' ? 'OMPI_COMM_WORLD' : 'PMI';
  test.each([
    ['all ranks', 'true'],
    ['rank 0', `[ $${variable}_RANK = 0 ]`],
    ['rank 2', `[ $${variable}_RANK = 2 ]`],
  ])('a wrong variable of the launcher on %s is reported once', { timeout: 30_000 }, async (_name, condition) => {
    const wrapper = `if ${condition}; then export ${variable}_SIZE=0; fi; exec "$0" "$@"`;
    const rank = ['sh', '-c', wrapper, process.execPath, program, 'count', 'love', file];
    const outcome = await run([launcherOf(mpi), '-np', '3', ...rank], { timeoutSeconds });
    expect(ownLines(outcome)).toEqual([
      expect.stringMatching(new RegExp(`^mpicount: ${variable}_SIZE='0' is not a number from 1 to 2147483647: `)),
    ]);
    expect(outcome.stdout.toString()).not.toContain('\tlove');
    expect(outcome.status).toBe(4);
  });

  const localRank = mpi === 'openmpi' ? 'OMPI_COMM_WORLD_LOCAL_RANK' : 'MPI_LOCALRANKID';
  test.each([
    ['all ranks', 'true', 'x'],
    ['all ranks, with a number', 'true', '7'],
    ['rank 2', `[ $${variable}_RANK = 2 ]`, 'x'],
  ])('a wrong local rank on %s is reported once', { timeout: 30_000 }, async (_name, condition, value) => {
    const wrapper = `if ${condition}; then export ${localRank}=${value}; fi; exec "$0" "$@"`;
    const rank = ['sh', '-c', wrapper, process.execPath, program, 'count', 'love', file];
    const outcome = await run([launcherOf(mpi), '-np', '3', ...rank], { timeoutSeconds });
    expect(ownLines(outcome)).toEqual([
      expect.stringMatching(new RegExp(`^mpicount: ${localRank}='${value}' is not a number from 0 to 2: `)),
    ]);
    expect(outcome.stdout.toString()).not.toContain('\tlove');
    expect(outcome.status).toBe(4);
  });
});
