import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { findFiles, type Search } from '../../../src/corpus/find-files.ts';
import type { InputError } from '../../../src/corpus/input-error.ts';
import { temporaryFolder } from '../../support/job.ts';

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
});
afterEach(() => {
  remove();
});

const at = (...names: readonly (string | Buffer)[]) =>
  Buffer.concat([Buffer.from(folder), ...names.flatMap((name) => [Buffer.from('/'), Buffer.from(name)])]);
const globs = (...all: string[]) => all.map((glob) => Buffer.from(glob));
const find = (paths: readonly Buffer[], more: Partial<Search> = {}) =>
  findFiles({
    paths,
    include: [],
    exclude: [],
    logDir: undefined,
    outputs: [],
    takesPipes: false,
    standardInput: false,
    skipUnreadable: false,
    ...more,
  });
/** Returns the paths that are found, relative to the folder of the test. */
async function found(paths: readonly Buffer[], more: Partial<Search> = {}): Promise<string[]> {
  const { files } = await find(paths, more);
  return Array.from(files, ({ path }) => path.toString('latin1').slice(folder.length + 1));
}

/** Makes files, each with its own name as its content. A name that ends in a slash is an empty folder. */
function make(...names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(at(Buffer.from(name.slice(0, name.lastIndexOf('/') + 1), 'latin1')), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(at(Buffer.from(name, 'latin1')), name);
  }
}

/** Lists regular files by other means: Node's own listing, and lstat for each. */
function naive(path: Buffer): Buffer[] {
  const paths = readdirSync(path, { encoding: 'buffer' }).flatMap((name) => {
    const below = Buffer.concat([path, Buffer.from('/'), name]);
    const status = statSync(below);
    return status.isDirectory() ? naive(below) : [below];
  });
  return paths.sort((one, other) => Buffer.compare(one, other));
}

// Few different bytes, so that names collide and are prefixes of each other; some sort around the slash.
const name = fc
  .array(fc.constantFrom('a', 'b', '.', '-', ' ', '0', '\n', '\\', '*', '\x01', '\xe9', '\xc3\xa9', '\xff'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join(''))
  .filter((text) => text !== '.' && text !== '..');

describe('the files below a folder', () => {
  test('are those of a naive walk, in byte order of the paths, with their sizes', async () => {
    const trees = fc.array(fc.array(name, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(trees, async (paths) => {
        rmSync(at('tree'), { recursive: true, force: true });
        make('tree/x');
        for (const path of paths) {
          try {
            make(`tree/${path.join('/')}`);
          } catch {
            // A file and a folder of the same name.
          }
        }
        const { files, folders, notes } = await find([at('tree')]);
        expect(Array.from(files, ({ path }) => path)).toEqual(naive(at('tree')));
        for (const { path, size } of files) expect(size).toBe(statSync(path).size);
        expect(folders).toEqual([{ path: at('tree'), first: 0, files: files.length }]);
        expect(notes).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('are found with globs as without them and filtered afterwards', async () => {
    make('t/a.txt', 't/b/c.txt', 't/b/d.gz', 't/.e/f.txt', 't/logs/g.txt', 't/h/logs/i.txt', 't/h/logs.txt');
    expect(await found([at('t')], { include: globs('*.txt'), exclude: globs('logs/') })).toEqual([
      't/.e/f.txt',
      't/a.txt',
      't/b/c.txt',
      't/h/logs.txt',
    ]);
    expect(await found([at('t')], { exclude: globs('/logs', '.e', 'b/*.gz') })).toEqual([
      't/a.txt',
      't/b/c.txt',
      't/h/logs.txt',
      't/h/logs/i.txt',
    ]);
  });

  test('of many folders and in large folders are all there', async () => {
    const names = Array.from({ length: 5000 }, (_, index) => `t/${index % 7}/${index % 41}/${index}`);
    make(...names, ...Array.from({ length: 3000 }, (_, index) => `t/many/${index}`));
    expect((await find([at('t')])).files.length).toBe(8000);
    expect(Array.from((await find([at('t')])).files, ({ path }) => path)).toEqual(naive(at('t')));
  });

  test('are in the place of the folder among named files, each as often as it is named', async () => {
    make('a', 't/b', 't/c', 'u/d', 'empty/');
    const paths = [at('a'), at('t'), at('t', 'b'), at('u/'), at('t'), at('empty'), at('a')];
    const { files, folders, notes } = await find(paths);
    const names = Array.from(files, ({ path }) => path.toString().slice(folder.length + 1));
    expect(names).toEqual(['a', 't/b', 't/c', 't/b', 'u/d', 't/b', 't/c', 'a']);
    expect(folders.map(({ first, files: count }) => [first, count])).toEqual([
      [1, 2],
      [4, 1],
      [5, 2],
      [7, 0],
    ]);
    expect(notes).toEqual([`${folder}/empty is a folder without a file`]);
  });

  test('do not include what links lead to, but for the folder itself', async () => {
    make('t/a', 't/b/c', 'u/d');
    symlinkSync('..', at('t/loop'));
    symlinkSync('nothing', at('t/dangling'));
    symlinkSync('a', at('t/link'));
    symlinkSync('t', at('root'));
    expect(await found([at('root')])).toEqual(['root/a', 'root/b/c']);
    expect((await find([at('t')])).notes).toEqual([
      `not followed below folders: 3 symbolic links (the first: ${folder}/t/dangling)`,
    ]);
    expect((await find([at('t')], { exclude: globs('l*', 'dangling') })).notes).toEqual([]);
    expect(await found([at('t/loop')])).toEqual(['t/loop/t/a', 't/loop/t/b/c', 't/loop/u/d']);
  });

  test('do not include pipes and sockets', async () => {
    make('t/a');
    execFileSync('mkfifo', [at('t/pipe').toString()]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at('t/socket').toString(), resolve));
    try {
      const { files, notes, pipes } = await find([at('t')], { takesPipes: true });
      expect([files.length, pipes]).toEqual([1, []]);
      expect(notes).toEqual([`left out below folders: 2 pipes, sockets or devices (the first: ${folder}/t/pipe)`]);
    } finally {
      server.close();
    }
  });

  test('do not include the log folder of the count, however it is named', async () => {
    make('t/a', 't/logs/1/plan.json', 't/logs/1/ranks/000/rank-000000.jsonl', 't/logs/2/plan.json', 't/logs/2/ranks/x');
    symlinkSync('t', at('link'));
    const left = `left out: 1 log folder of this count (${folder}/t/logs/1)`;
    const other = `counted, too: 1 log folder of another count (${folder}/t/logs/2/)`;
    for (const logDir of [at('t/logs/1'), at('t/../link/logs/./1'), at('t/logs/1/')]) {
      const { files, notes } = await find([at('t')], { logDir });
      expect(files.length).toBe(3);
      expect(notes).toEqual([left, other]);
    }
    expect((await find([at('t')], { logDir: at('t/logs/2') })).notes[0]).toBe(left.replace('/1)', '/2)'));
    expect((await find([at('t')], { logDir: at('none') })).files.length).toBe(5);
    await expect(find([at('t/logs/1')], { logDir: at('link/logs/1') })).rejects.toThrow(
      `${folder}/t/logs/1: is the log folder of this count, which grows meanwhile; give another --log-dir`,
    );
  });
});

describe('output files of the job', () => {
  const idOf = (path: Buffer) => {
    const { dev, ino } = statSync(path, { bigint: true });
    return { device: dev, inode: ino };
  };

  test('are left out below folders, under any of their names', async () => {
    make('t/a', 't/slurm-1.out', 't/slurm-1.err', 'u/b');
    writeFileSync(at('t/slurm-1.err'), '');
    linkSync(at('t/slurm-1.out'), at('u/link.out'));
    const outputs = [idOf(at('t/slurm-1.out')), idOf(at('t/slurm-1.err'))];
    expect(await found([at('t'), at('u')], { outputs })).toEqual(['t/a', 'u/b']);
    expect((await find([at('t'), at('u')], { outputs })).notes).toEqual([
      `left out: 3 output files of this job (the first: ${folder}/t/slurm-1.err)`,
    ]);
    expect(await found([at('t')], { outputs, exclude: globs('slurm-*') })).toEqual(['t/a']);
    expect((await find([at('t')], { outputs, exclude: globs('slurm-*') })).notes).toEqual([]);
    make('v/slurm-1.out');
    await expect(find([at('v')], { outputs: [idOf(at('v/slurm-1.out'))] })).rejects.toThrow(
      `${folder}/v: is a folder without a file; left out: 1 output file of this job (${folder}/v/slurm-1.out)`,
    );
  });

  test('are none of those with the same inode number on another device', async () => {
    make('t/a', 't/b');
    const { device, inode } = idOf(at('t/a'));
    expect(await found([at('t')], { outputs: [{ device: device + 1n, inode }] })).toEqual(['t/a', 't/b']);
  });

  test('are counted if they are named', async () => {
    make('t/a', 't/b');
    expect(await found([at('t'), at('t/b')], { outputs: [idOf(at('t/b'))] })).toEqual(['t/a', 't/b']);
  });
});

describe('an error that names the path is thrown for', () => {
  test('folders without a file, if there is nothing else', async () => {
    make('t/a/', 'u/b', 'u/c');
    await expect(find([at('t')])).rejects.toThrow(`${folder}/t: is a folder without a file`);
    symlinkSync('.', at('t/link'));
    await expect(find([at('u'), at('t')], { include: globs('*.txt') })).rejects.toThrow(
      `${folder}/u: is a folder without a file that --include and --exclude select; not followed: 1 symbolic link (${folder}/t/link)`,
    );
    const { notes } = await find([at('t')], { standardInput: true, skipUnreadable: false });
    expect(notes[0]).toBe(`${folder}/t is a folder without a file`);
  });

  test('a path that is too long', async () => {
    // Deeper than a path can be: made from below, one part after the other.
    const part = 'd'.repeat(250);
    make('t/a');
    execFileSync('sh', ['-c', `for i in $(seq 20); do mkdir ${part} && cd -P ${part} || exit; done`], {
      cwd: at('t').toString(),
    });
    try {
      await expect(find([at('t')])).rejects.toThrow(
        /\/t\/d{250}\/[d/]{3600,4100}d: cannot be listed: the name is too long$/,
      );
    } finally {
      execFileSync('rm', ['-r', at('t').toString()]);
    }
  });

  test('a folder that was removed meanwhile', async () => {
    make('t/a', 't/b/c');
    const { Walker } = await import('../../../src/corpus/walk.ts');
    const wanted = {
      hasFile: () => true,
      hasFolder: () => {
        rmSync(at('t/b'), { recursive: true, force: true });
        return true;
      },
    };
    const walk = async () => {
      for await (const batch of new Walker(wanted, undefined).walk(at('t'))) expect(batch.length).toBeGreaterThan(0);
    };
    await expect(walk()).rejects.toThrow(`${folder}/t/b: cannot be listed: no such file`);
  });
});

test('what cannot be counted is listed in its place when it is to be skipped', async () => {
  make('a', 't/b/c', 't/b.x', 't/d', 't/gone/e', 'z');
  const { Walker } = await import('../../../src/corpus/walk.ts');
  const wanted = {
    hasFile: () => true,
    hasFolder: (path: string) => {
      if (path === 'gone') rmSync(at('t/gone'), { recursive: true, force: true });
      return true;
    },
  };
  const skipped: string[] = [];
  const walked: string[] = [];
  const skip = (path: Buffer, { what }: InputError) => skipped.push(`${path.toString()}: ${what}`);
  for await (const batch of new Walker(wanted, undefined, skip).walk(at('t')))
    walked.push(...Array.from(batch, String));
  expect(walked).toEqual(['t/b.x', 't/b/c', 't/d', 't/gone'].map((name) => `${folder}/${name}`));
  expect(skipped).toEqual([`${folder}/t/gone: cannot be listed: no such file`]);

  const paths = [at('a'), at('missing'), at('t'), at('missing too'), at('z')];
  const all = await find(paths, { skipUnreadable: true });
  const names = ['a', 'missing', 't/b.x', 't/b/c', 't/d', 'missing too', 'z'];
  expect(Array.from(all.files, ({ path }) => path.toString())).toEqual(names.map((name) => `${folder}/${name}`));
  expect([...all.skipped]).toEqual([
    [1, 'no such file'],
    [5, 'no such file'],
  ]);
  expect(Array.from(all.files, ({ isSkipped = false }) => isSkipped)).toEqual(
    names.map((name) => name.includes('missing')),
  );
  expect(all.folders).toEqual([{ path: at('t'), first: 2, files: 3 }]);
  // Files and folders that are gone when the count goes on.
  rmSync(at('t/b'), { recursive: true });
  rmSync(at('t/d'));
  mkdirSync(at('t/d'));
  const search = {
    paths,
    include: [],
    exclude: [],
    logDir: undefined,
    outputs: [],
    takesPipes: false,
    standardInput: false,
  };
  const now = await findFiles({ ...search, skipUnreadable: true }, all);
  expect([...now.skipped]).toEqual([
    [1, 'no such file'],
    [3, 'no such file'],
    [4, 'is a folder now'],
    [5, 'no such file'],
  ]);
});

test('a note tells of named files that globs would leave out', async () => {
  make('a.txt', 'b.gz', 'c.gz', 't/d.gz', 't/e.txt');
  const paths = [at('a.txt'), at('b.gz'), at('c.gz')];
  const note =
    `counted, too, as they were named: 2 files (the first: ${folder}/b.gz) that --include and --exclude do not select ` +
    'below folders';
  expect((await find(paths, { include: globs('*.txt') })).notes).toEqual([note]);
  expect((await find([...paths, at('t')], { exclude: globs('*.gz') })).notes).toEqual([note]);
  expect((await find(paths, { include: globs('*') })).notes).toEqual([]);
});

describe('when a count goes on', () => {
  test('folders have the files that they had, in their present state', async () => {
    make('a', 't/b', 't/c', 'u/d');
    const paths = [at('t'), at('t/b'), at('u'), at('a')];
    const earlier = await find(paths);
    make('t/added', 't/new/d');
    writeFileSync(at('t/c'), 'longer than before');
    const search = {
      paths,
      include: [],
      exclude: [],
      logDir: undefined,
      outputs: [],
      takesPipes: false,
      standardInput: false,
      skipUnreadable: false,
    };
    const now = await findFiles(search, earlier);
    expect(Array.from(now.files, ({ path }) => path)).toEqual(Array.from(earlier.files, ({ path }) => path));
    expect(now.folders).toEqual(earlier.folders);
    expect(now.files.size(1)).toBe(18);
    rmSync(at('t/c'));
    await expect(findFiles(search, earlier)).rejects.toThrow(`${folder}/t/c: no such file`);
  });

  test('a folder that was not named then has no files', async () => {
    make('t/b', 'u/d');
    const earlier = await find([at('t')]);
    const search = {
      paths: [at('u')],
      include: [],
      exclude: [],
      logDir: undefined,
      outputs: [],
      takesPipes: false,
      standardInput: false,
      skipUnreadable: false,
    };
    expect((await findFiles(search, earlier)).folders).toEqual([{ path: at('u'), first: 0, files: 0 }]);
  });
});
