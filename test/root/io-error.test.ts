import { chmodSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { createPlan } from '../../src/job/plan/plan-file.ts';
import { program, run, temporaryFolder } from '../support/job.ts';
import { blockLine, samplePlan, writeRankLog } from '../support/log-folder.ts';

// Log folders that may not be read, which only root can prepare: root reads everything, so somebody else looks at them.

const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const plan = samplePlan();
let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  chmodSync(folder, 0o755);
  createPlan(Buffer.from(folder), plan);
  writeRankLog(folder, 0, blockLine(plan, 0, [1, 2]));
});
afterEach(() => {
  remove();
});

const status = () => run([...nobody, process.execPath, program, 'status', folder], { timeoutSeconds: 20, cwd: '/' });

test('status reads a readable log folder', { timeout: 30_000 }, async () => {
  expect(await status()).toMatchObject({ status: 0, stderr: '' });
});

// What cannot be read is not taken for nothing: its blocks would be counted again.
test.each(['plan.json', 'ranks', 'ranks/000', 'ranks/000/rank-000000.jsonl'])(
  'status refuses an unreadable %s',
  { timeout: 30_000 },
  async (name) => {
    chmodSync(join(folder, name), 0);
    const outcome = await status();
    expect(outcome.stderr).toBe(`mpicount: ${join(folder, name)}: cannot be read: permission denied\n`);
    expect(outcome.stdout.toString()).toBe('');
    expect(outcome.status).toBe(3);
  },
);
