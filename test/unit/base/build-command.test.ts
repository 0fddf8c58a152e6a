import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { buildCommand } from '../../../src/base/build-command.ts';
import { program, temporaryFolder } from '../../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const onPath = join(folder, 'mpicount');
writeFileSync(onPath, '');
chmodSync(onPath, 0o755);
const byNode = `node ${program} build`;

test.each([
  ['by its path', program, {}, byNode],
  ['by its path in a script of npm', program, { npm_command: 'run-script' }, byNode],
  ['by a name on PATH', onPath, { PATH: `/nowhere:${folder}:/usr/bin` }, 'mpicount build'],
  ['by a name that PATH no longer has', onPath, { PATH: '/nowhere' }, byNode],
  ['by npx in a project', '/home/a/node_modules/.bin/mpicount', { npm_command: 'exec' }, 'npx mpicount build'],
  ['by npx from its cache', '/home/a/.npm/_npx/0f/node_modules/.bin/mpicount', { npm_command: 'exec' }, byNode],
  ['by npx of a global package', onPath, { npm_command: 'exec', PATH: folder }, byNode],
  ['in an unknown way', undefined, {}, byNode],
])('the command that builds, where the program was started %s', (_name, path, environment, command) => {
  expect(buildCommand([], { path, environment })).toBe(command);
  expect(buildCommand(['MPICC'], { path, environment })).toBe(`${command} MPICC`);
});
