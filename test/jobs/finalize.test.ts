import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { runJob, temporaryFolder } from '../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

// 40 ms a job: native/mpi/tcp_no_delay.h.
test(
  "Open MPI, 3 ranks: each rank's last message to the launcher is sent without delay",
  { timeout: 60_000 },
  async () => {
    const [library, notes, text] = [join(folder, 'notes.so'), join(folder, 'notes'), join(folder, 'text')];
    const source = join(import.meta.dirname, 'fixtures', 'note-no-delay.c');
    execFileSync('cc', ['-O1', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-o', library, source]);
    writeFileSync(text, 'all you need is love');
    const environment = { LD_PRELOAD: library, MPICOUNT_TEST_NOTES: notes };
    const outcome = await runJob('openmpi', 3, ['count', 'love', text], { timeoutSeconds: 30, environment });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout.toString()).toBe('1\tlove\n');
    expect([...new Set(readFileSync(notes, 'utf8').trim().split('\n'))].sort()).toEqual(['0', '1', '2']);
  },
);
