import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { launcherOf, program, run, temporaryFolder, versionOf } from '../support/job.ts';
import { prose } from '../support/text.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

// docs/known-issues.md
const environment =
  Number.parseInt(versionOf('openmpi')) >= 5 ? { OMPI_MCA_btl: 'self,tcp', OMPI_MCA_btl_tcp_if_include: 'lo' } : {};

test('Open MPI uses TCP between ranks of one host that cannot share memory, 3 ranks', { timeout: 40_000 }, async () => {
  const text = join(folder, 'text.txt');
  writeFileSync(text, prose(20_000));
  const count = [process.execPath, program, 'count', 'e', text];
  const alone = await run(count, { timeoutSeconds: 30 });
  const inOwnContainer = [
    'unshare',
    '--mount',
    'sh',
    '-c',
    'mount -t tmpfs none /dev/shm && exec "$@"',
    'sh',
    ...count,
  ];
  const outcome = await run([launcherOf('openmpi'), '-np', '3', ...inOwnContainer], {
    timeoutSeconds: 30,
    environment,
  });
  expect(outcome.stdout).toEqual(alone.stdout);
  expect(Number.parseInt(outcome.stdout.toString())).toBeGreaterThan(100);
  expect(outcome.status).toBe(0);
});
