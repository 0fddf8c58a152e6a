import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { packageRoot } from '../../../src/base/package.ts';
import { FileTable } from '../../../src/corpus/file-table.ts';
import {
  verifySameSize,
  verifyOpenFileUnchanged,
  inspectFile,
  verifyUnchanged,
  openFile,
  type CorpusFile,
  type FileCheck,
} from '../../../src/corpus/file-checks.ts';
import { bundle } from '../../support/bundle.ts';
import { temporaryFolder, withoutPrivileges } from '../../support/job.ts';

const { folder, remove } = temporaryFolder();
const server = createServer();
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  writeFileSync(at('book'), 'love and hate');
  writeFileSync(at('empty'), '');
  mkdirSync(at('folder'));
  symlinkSync('book', at('link'));
  symlinkSync('nothing', at('dangling'));
  symlinkSync('loop', at('loop'));
  execFileSync('mkfifo', [at('pipe')]);
  await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
});
afterAll(() => {
  server.close();
  remove();
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ kind: 'input' });
    return (error as Error).message;
  }
  return 'no error';
}

async function messageSoon(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: unknown) => {
      expect(error).toMatchObject({ kind: 'input' });
      return (error as Error).message;
    },
  );
}

const bad: [name: string, path: string, what: string][] = [
  ['missing', at('nothing'), 'no such file'],
  ['missing behind a link', at('dangling'), 'no such file'],
  ['below a file', at('book/page'), 'no such file (a part of its path is not a folder)'],
  ['a circle of links', at('loop'), 'too many symbolic links'],
  ['a name that is too long', at('x'.repeat(300)), 'the name is too long'],
  ['a folder', at('folder'), 'is a folder, not a file'],
  [
    'a pipe',
    at('pipe'),
    'is a pipe, which cannot be cut into slices; save it to a file first, or count it with one rank',
  ],
  ['a socket', at('socket'), 'is a socket, not a file'],
  ['a device', '/dev/null', 'is a device, not a file'],
  ['a terminal', '/dev/tty', 'is a device, not a file'],
];

describe('input that cannot be counted is refused', () => {
  test.each(bad)('%s', async (_name, path, what) => {
    const planned = { path: Buffer.from(path), size: 5, modified: 0n };
    const message = `${path}: ${what}`;
    expect(messageOf(() => inspectFile.sync(planned.path))).toBe(message);
    expect(await messageSoon(inspectFile.async(planned.path))).toBe(message);
    for (const lookup of [false, true].flatMap((growth) => [verifySameSize(growth), verifyUnchanged(growth)])) {
      expect(messageOf(() => lookup.sync(planned))).toBe(message);
      expect(await messageSoon(lookup.async(planned))).toBe(message);
    }
  });

  test('a file without read permission', () => {
    // Not by Node's setuid: it refuses to work with a shared libuv, such as Debian's, which may use io_uring (CVE-2024-22017).
    const { path, remove } = bundle(`
      import { inspectFile, openFile } from './src/corpus/file-checks.ts';
      const path = Buffer.from(process.argv[2]);
      const tell = (error) => console.log(error.name + ': ' + error.message);
      for (const look of [inspectFile.sync, openFile]) try { look(path); console.log('no error'); } catch (error) { tell(error); }
      inspectFile.async(path).then(() => console.log('no error'), tell);
    `);
    try {
      writeFileSync(at('secret'), 'love');
      chmodSync(at('secret'), 0o000);
      const [command = '', ...args] = withoutPrivileges([process.execPath, path, at('secret')]);
      const output = execFileSync(command, args, { timeout: 20_000 });
      const line = `InputError: ${at('secret')}: permission denied\n`;
      expect(output.toString()).toBe(line + line + line);
    } finally {
      remove();
    }
  });

  test('a name with any bytes is printable in the message', () => {
    const path = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.of(0xe9, 0x0a)]);
    expect(messageOf(() => inspectFile.sync(path))).toBe(`${folder}/caf\\xe9\\x0a: no such file`);
  });

  test('a pipe without a writer in place of a file, without waiting', () => {
    closeSync(openFile(Buffer.from(at('pipe'))));
  });

  test('a missing file, when it is opened', () => {
    expect(messageOf(() => openFile(Buffer.from(at('nothing'))))).toBe(`${at('nothing')}: no such file`);
  });
});

describe('input that can be counted is inspected', () => {
  test.each([
    ['a file', 'book', 13],
    ['an empty one', 'empty', 0],
    ['a link to a file', 'link', 13],
  ])('%s', async (_name, name, size) => {
    const path = Buffer.from(at(name));
    const { mtimeNs, ino } = statSync(at(name), { bigint: true });
    const file = { path, size, modified: mtimeNs, inode: ino };
    expect(inspectFile.sync(path)).toEqual(file);
    expect(await inspectFile.async(path)).toEqual(file);
    for (const growth of [false, true]) {
      expect(verifySameSize(growth).sync({ ...file, modified: 1n, inode: 1n })).toEqual(file);
      expect(await verifySameSize(growth).async({ ...file, modified: 1n, inode: 1n })).toEqual(file);
      verifyUnchanged(growth).sync(file);
      await verifyUnchanged(growth).async(file);
    }
    const fd = openFile(path);
    expect(readFileSync(fd).length).toBe(size);
    closeSync(fd);
  });

  test('a name that is not UTF-8', () => {
    const path = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.of(0xe9)]);
    writeFileSync(path, 'love');
    expect(inspectFile.sync(path)).toMatchObject({ path, size: 4 });
  });

  test('a file with a size beyond 32 bits', () => {
    writeFileSync(at('large'), '');
    truncateSync(at('large'), 2 ** 40 + 1);
    expect(inspectFile.sync(Buffer.from(at('large')))).toMatchObject({ size: 2 ** 40 + 1 });
  });
});

describe('a changed file is detected', () => {
  const expectRefused = async <T>(lookup: FileCheck<T, unknown>, file: T, message: string) => {
    expect(messageOf(() => lookup.sync(file))).toBe(message);
    expect(await messageSoon(lookup.async(file))).toBe(message);
  };
  const remedy = 'if it only grows, --allow-growth counts it up to its size at the start';

  test("when its size differs from rank 0's", async () => {
    const planned = { path: Buffer.from(at('book')), size: 14, modified: 0n };
    const says = `${at('book')}: has 13 bytes here, but`;
    for (const growth of [false, true]) {
      await expectRefused(verifySameSize(growth), planned, `${says} 14 bytes on rank 0's host`);
    }
    const shorter = { ...planned, size: 12 };
    await expectRefused(verifySameSize(false), shorter, `${says} 12 bytes on rank 0's host; ${remedy}`);
    const here = inspectFile.sync(planned.path);
    expect(verifySameSize(true).sync(shorter)).toEqual(here);
    expect(await verifySameSize(true).async(shorter)).toEqual(here);
  });

  const path = at('changing');
  const begin = (): CorpusFile => {
    writeFileSync(path, 'love');
    utimesSync(path, 2, 2);
    return inspectFile.sync(Buffer.from(path));
  };
  const replace = (content: string) => {
    writeFileSync(at('other'), content);
    renameSync(at('other'), path);
  };
  const changes: [name: string, change: () => void, what: string][] = [
    ['cut', () => truncateSync(path, 2), 'changed while it was counted, from 4 to 2 bytes'],
    ['emptied', () => truncateSync(path, 0), 'changed while it was counted, from 4 to 0 bytes'],
    ['rewritten', () => writeFileSync(path, 'hate'), 'was written to while it was counted'],
    ['given another time', () => utimesSync(path, 1, 1), 'was written to while it was counted'],
    ['replaced by one of the same size', () => replace('hate'), 'was written to while it was counted'],
    ['replaced by a shorter one', () => replace('ha'), 'changed while it was counted, from 4 to 2 bytes'],
    [
      'replaced by a longer one',
      () => replace('hateful'),
      'changed while it was counted, from 4 to 7 bytes: another file has taken its place',
    ],
  ];

  test.each(changes)('after counting, when it was %s', async (_name, change, what) => {
    const before = begin();
    change();
    for (const growth of [false, true]) {
      await expectRefused(verifyUnchanged(growth), before, `${path}: ${what}`);
      const fd = openFile(before.path);
      expect(messageOf(() => verifyOpenFileUnchanged(before, fd, growth))).toBe(`${path}: ${what}`);
      closeSync(fd);
    }
  });

  // As in the plan of an earlier version.
  test.each(['known', 'unknown'])('after counting, when it grew (its inode is %s)', async (inode) => {
    const begun = begin();
    const before = inode === 'known' ? begun : { ...begun, inode: undefined };
    appendFileSync(path, 'ly');
    const message = `${path}: changed while it was counted, from 4 to 6 bytes; ${remedy}`;
    await expectRefused(verifyUnchanged(false), before, message);
    verifyUnchanged(true).sync(before);
    await verifyUnchanged(true).async(before);
    const fd = openFile(before.path);
    expect(messageOf(() => verifyOpenFileUnchanged(before, fd, false))).toBe(message);
    verifyOpenFileUnchanged(before, fd, true);
    closeSync(fd);
  });

  // More nanoseconds than 64 bits hold.
  test.each([10_540_000_000, 13_569_465_600])('by its modification time, even in the far future: %d', (seconds) => {
    writeFileSync(at('future'), 'love');
    utimesSync(at('future'), seconds, seconds);
    expect(statSync(at('future')).mtimeMs).toBe(seconds * 1000);
    const [before] = FileTable.from([inspectFile.sync(Buffer.from(at('future')))]);
    verifyUnchanged(false).sync(before!);
    utimesSync(at('future'), seconds, seconds - 1);
    expect(() => {
      verifyUnchanged(false).sync(before!);
    }).toThrow(`${at('future')}: was written to while it was counted`);
  });

  // The limit of what is promised: see changes.ts.
  test('but not when an older shared memory mapping changes it', { timeout: 30_000 }, async () => {
    const writer = at('map-writer');
    const source = join(packageRoot, 'test', 'support', 'map-writer.c');
    execFileSync('cc', ['-O1', '-Wall', '-Wextra', '-Werror', '-o', writer, source]);
    writeFileSync(at('mapped'), 'love');
    const child = spawn(writer, [at('mapped')], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      const before = inspectFile.sync(Buffer.from(at('mapped')));
      expect(readFileSync(at('mapped'), 'latin1')).toBe('1ove');
      child.stdin.write('\n');
      await once(child.stdout, 'data');
      expect(readFileSync(at('mapped'), 'latin1')).toBe('2ove');
      verifyUnchanged(false).sync(before);
    } finally {
      child.stdin.end();
      await once(child, 'close');
    }
  });
});
