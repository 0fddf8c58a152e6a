import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { temporaryFolder } from '../support/job.ts';
import { buildSearchPrograms } from '../support/native-sources.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

// Steps, not times: they are the same on every machine. Verifying every candidate to its end would take 600 and more.
test('a search takes a bounded number of steps per byte in repetitive text', { timeout: 600_000 }, async () => {
  const program = join(import.meta.dirname, 'bounds.cc');
  await buildSearchPrograms(['g++', '-O1', '-DMPICOUNT_TEST_STEPS'], [program], folder);
  const output = execFileSync(join(folder, 'bounds'), { encoding: 'utf8' });
  const searches = [...output.matchAll(/^(.+): ([\d.]+)$/gm)];
  expect(searches).toHaveLength(23);
  const most = (search: string) => (search.startsWith('a list') ? 40 : 8);
  const beyond = searches.filter(([, search = '', steps]) => !(Number(steps) <= most(search)));
  expect(beyond.map(([line]) => line)).toEqual([]);
});
