import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fingerprint, rebuildIfStale } from '../../../native/build/fingerprint.mjs';
import { Site } from '../../support/site.ts';

/** A project whose "build" writes one file; answers what a build found there and did. */
function project() {
  const site = new Site();
  site.file('package.json', '{"version": "1.0.0"}');
  site.file('native/a.cc', 'one');
  site.file('native/deep/b.h', 'two');
  const folder = join(site.root, 'build');
  const output = join(folder, 'addon.node');
  const build = (inputs: string[] = ['-lmpi'], during: () => void = () => undefined, force = false): string => {
    let found = 'not run';
    rebuildIfStale({
      file: join(folder, 'fingerprint.json'),
      folder,
      now: fingerprint(site.root, ['native', 'binding.gyp'], 'mpi 1.0', inputs, site.env),
      outputs: [output],
      force,
      build: () => {
        found = existsSync(join(folder, 'object.o')) ? 'run beside old objects' : 'run in an empty folder';
        site.file('build/object.o', '');
        during();
        writeFileSync(output, '');
      },
    });
    return found;
  };
  return { site, output, build };
}

test('a build runs only when something has changed', () => {
  const { site, build } = project();
  expect(build()).toBe('run in an empty folder');
  expect(build()).toBe('not run');
  site.file('native/deep/b.h', 'changed');
  expect(build()).toBe('run beside old objects');
  expect(build()).toBe('not run');
  site.file('native/c.cc', 'new');
  expect(build()).toBe('run beside old objects');
  site.file('binding.gyp', '{}');
  expect(build()).toBe('run beside old objects');
  expect(build(['-lmpich'])).toBe('run in an empty folder');
  expect(build(['-lmpich'])).toBe('not run');
  site.env['CXX'] = 'clang++';
  expect(build(['-lmpich'])).toBe('run in an empty folder');
  expect(build(['-lmpich'], undefined, true)).toBe('run in an empty folder');
  site.file('package.json', '{"version": "1.0.1"}');
  expect(build(['-lmpich'])).toBe('run in an empty folder');
  expect(build(['-lmpich'])).toBe('not run');
});

test('a build runs again when its output is missing', () => {
  const { site, build, output } = project();
  build();
  site.file('build/other', '');
  expect(existsSync(output)).toBe(true);
  writeFileSync(join(site.root, 'build', 'fingerprint.json'), '{"inputs": [');
  expect(build()).toBe('run in an empty folder');
});

test('a build after an interrupted one starts from scratch', () => {
  const { site, build } = project();
  build();
  site.file('native/a.cc', 'changed');
  const cut = () => {
    throw new Error('killed');
  };
  expect(() => build(['-lmpi'], cut)).toThrow('killed');
  expect(build()).toBe('run in an empty folder');
});
