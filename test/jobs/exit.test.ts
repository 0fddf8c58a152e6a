import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { mpis, ownLines, runJob, temporaryFolder, type Mpi } from '../support/job.ts';
import { buildPreload, type Trouble } from '../support/preload.ts';
import { prose } from '../support/text.ts';

// A rank that ends early finalizes MPI and calls what MPI registers with atexit(), in which MPICH 4.2 takes leave of its launcher.
// It does not wait for a thread that hangs in a read: see native/mpi/exit.cc.

const { folder, remove } = temporaryFolder();
const [library, notes, file] = [join(folder, 'note-exit.so'), join(folder, 'notes'), join(folder, 'text.txt')];
const timeoutSeconds = 30;
let trouble: (trouble: Trouble) => Record<string, string>;

beforeAll(() => {
  const source = join(import.meta.dirname, 'fixtures', 'note-exit.c');
  const flags = ['-O1', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC'];
  execFileSync('cc', [...flags, '-o', library, source, '-ldl']);
  trouble = buildPreload(folder);
  writeFileSync(file, prose(20_000));
});
beforeEach(() => {
  rmSync(notes, { force: true });
});
afterAll(remove);

const noting = { LD_PRELOAD: library, MPICOUNT_TEST_NOTES: notes };

function expectNoted(mpi: Mpi, ranks: number, status: number): void {
  const noted = existsSync(notes) ? readFileSync(notes, 'utf8').split('\n').slice(0, -1).sort() : [];
  const exited = noted.filter((line) => line === 'exit').length;
  const finalized = noted.length - exited;
  // Open MPI's launcher ends the others as soon as one has ended with another status than 0.
  const least = mpi === 'openmpi' && status !== 0 ? 1 : ranks;
  expect(exited).toBeGreaterThanOrEqual(least);
  expect(exited).toBeLessThanOrEqual(ranks);
  expect(finalized).toBeGreaterThanOrEqual(exited); // a rank that exits has finalized
  expect(finalized).toBeLessThanOrEqual(ranks);
  expect(noted).toEqual([...Array<string>(exited).fill('exit'), ...Array<string>(finalized).fill('finalized')]);
}

describe.each(mpis)('%s', (mpi) => {
  describe.each([1, 3])('%d ranks', (ranks) => {
    test.each([
      { name: 'wrong usage', args: ['count', 'love'], status: 2 },
      { name: 'a missing file', args: ['count', 'love', join(folder, 'none')], status: 3 },
      { name: 'all done', args: ['count', 'love', file], status: 0 },
    ])('every rank finalizes MPI: $name', { timeout: 40_000 }, async ({ args, status }) => {
      const outcome = await runJob(mpi, ranks, args, { timeoutSeconds, environment: noting });
      expect(outcome.status).toBe(status);
      expectNoted(mpi, ranks, status);
    });

    test('every rank finalizes MPI even if a read hangs forever', { timeout: 40_000 }, async () => {
      const hanging = trouble({ file, call: 'pread', slow: 3_600_000 });
      const environment = { ...hanging, ...noting, LD_PRELOAD: `${hanging['LD_PRELOAD']}:${library}` };
      const logDir = join(folder, `logs-${mpi}-${ranks}`);
      // Where Node's own reads hang, too, telling the format of the file would.
      const args = [
        'count',
        '--no-decompress',
        '--io',
        'read',
        '--time-limit',
        '0.5',
        '--log-dir',
        logDir,
        'love',
        file,
      ];
      const outcome = await runJob(mpi, ranks, args, { timeoutSeconds, environment });
      expect(ownLines(outcome)).toEqual([expect.stringMatching(/stopped early \(its time is nearly up\): 0 of /)]);
      expect(outcome.stdout.toString()).toBe('');
      expect(outcome.status).toBe(85);
      expect(outcome.seconds).toBeLessThan(10);
      expectNoted(mpi, ranks, 85);
    });
  });
});
