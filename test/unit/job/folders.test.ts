import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { makeFolders } from '../../../src/job/durable/folders.ts';
import { bundle } from '../../support/bundle.ts';
import { temporaryFolder } from '../../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const isFolder = (path: string | Buffer) => statSync(path).isDirectory();

describe('folders are created', () => {
  test.each(['one', 'two/levels', 'many/levels/of/folders', 'slash/at/the/end/', 'slashes//between', 'dot/./within'])(
    '%s',
    (name) => {
      makeFolders(Buffer.from(join(folder, 'made') + '/' + name));
      expect(isFolder(join(folder, 'made', name))).toBe(true);
    },
  );

  test('below existing folders, and if they already exist', () => {
    mkdirSync(join(folder, 'there'));
    makeFolders(Buffer.from(join(folder, 'there')));
    makeFolders(Buffer.from(join(folder, 'there/more')));
    makeFolders(Buffer.from(join(folder, 'there/more')));
    expect(isFolder(join(folder, 'there/more'))).toBe(true);
  });

  test('with names that are not UTF-8', () => {
    const path = Buffer.concat([
      Buffer.from(`${folder}/caf`),
      Buffer.of(0xe9),
      Buffer.from('/'),
      Buffer.of(0xff, 0xfe),
    ]);
    makeFolders(path);
    expect(isFolder(path)).toBe(true);
  });

  test('below a link to a folder', () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'link'));
    makeFolders(Buffer.from(join(folder, 'link/a/b')));
    expect(isFolder(join(folder, 'real/a/b'))).toBe(true);
  });
});

describe('folders that cannot be created are reported', () => {
  // In a process of its own: a loop without an end would keep the tests from ever telling.
  let program: { path: string; remove: () => void };
  beforeAll(() => {
    program = bundle(`
      import { makeFolders } from './src/job/durable/folders.ts';
      try {
        makeFolders(Buffer.from(process.argv[2]));
        console.log('made');
      } catch (error) {
        console.log(error.code);
      }
    `);
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('nothing', join(folder, 'dangling'));
    symlinkSync('loop', join(folder, 'loop'));
  });
  afterAll(() => {
    program.remove();
  });

  test.each([
    ['where there can be none', '/proc/x/y', 'ENOENT'],
    ['where there can be none, deeper', '/proc/x/y/z/', 'ENOENT'],
    ['below a device', '/dev/null/x/y', 'ENOTDIR'],
    ['below a file', 'file/x/y', 'ENOTDIR'],
    ['behind a link to nothing', 'dangling/x', 'ENOENT'],
    ['behind a circle of links', 'loop/x/y', 'ELOOP'],
    ['with a name that is too long', `new/${'x'.repeat(300)}/y`, 'ENAMETOOLONG'],
    ['without a name', '', 'ENOENT'],
  ])('%s', (_name, path, code) => {
    const output = execFileSync(process.execPath, [program.path, path], { cwd: folder, timeout: 10_000 });
    expect(output.toString()).toBe(`${code}\n`);
  });

  test('below the working directory, if relative', () => {
    const output = execFileSync(process.execPath, [program.path, 'relative/x'], { cwd: folder, timeout: 10_000 });
    expect(output.toString()).toBe('made\n');
    expect(isFolder(join(folder, 'relative/x'))).toBe(true);
  });
});
