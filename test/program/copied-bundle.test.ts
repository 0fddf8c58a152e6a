import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { packageRoot } from '../../src/base/package.ts';
import { run, temporaryFolder } from '../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

test('a copy of dist/ alone says in one line that it has no addons', { timeout: 20_000 }, async () => {
  cpSync(join(packageRoot, 'dist'), join(folder, 'dist'), { recursive: true });
  const text = join(folder, 'text.txt');
  writeFileSync(text, 'love');
  const program = [process.execPath, join(folder, 'dist', 'mpicount.cjs')];
  const environment = { HOME: folder, XDG_CACHE_HOME: folder };
  const outcome = await run([...program, 'count', 'love', text], { timeoutSeconds: 10, environment });
  expect(outcome.stderr).toMatch(/^mpicount: the MPI addon is not built; build it with: [^\n]+\n$/);
  expect(outcome.stdout.toString()).toBe('');
  expect(outcome.status).toBe(4);
});
