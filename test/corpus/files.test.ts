import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { InputError } from '../../src/corpus/errors.ts';
import { FileTable } from '../../src/corpus/file-table.ts';
import { confirmation, inspection, noChange, openFile } from '../../src/corpus/files.ts';
import { bundle } from '../support/bundle.ts';
import { temporaryFolder } from '../support/job.ts';

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
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  return 'no error';
}

async function messageSoon(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: unknown) => {
      expect(error).toBeInstanceOf(InputError);
      return (error as InputError).message;
    },
  );
}

const bad: [name: string, path: string, what: string][] = [
  ['missing', at('nothing'), 'no such file'],
  ['missing behind a link', at('dangling'), 'no such file'],
  ['below a file', at('book/page'), 'no such file (a part of its path is not a folder)'],
  ['a circle of links', at('loop'), 'too many symbolic links'],
  ['a name that is too long', at('x'.repeat(300)), 'the name is too long'],
  ['a folder', at('folder'), 'is a folder; name the files in it'],
  ['a pipe', at('pipe'), 'is a pipe, which cannot be cut into slices; save it to a file first'],
  ['a socket', at('socket'), 'is a socket, not a file'],
  ['a device', '/dev/null', 'is a device, not a file'],
  ['a terminal', '/dev/tty', 'is a device, not a file'],
];

describe('what cannot be counted', () => {
  test.each(bad)('%s', async (_name, path, what) => {
    const planned = { path: Buffer.from(path), size: 5, modified: 0n };
    const message = `${path}: ${what}`;
    expect(messageOf(() => inspection.now(planned.path))).toBe(message);
    expect(await messageSoon(inspection.soon(planned.path))).toBe(message);
    for (const lookup of [confirmation, noChange]) {
      expect(messageOf(() => lookup.now(planned))).toBe(message);
      expect(await messageSoon(lookup.soon(planned))).toBe(message);
    }
  });

  test('a file without permission to read it', () => {
    // Root may read everything, by two capabilities that are dropped here. Node's own setuid is of no use: it refuses to
    // work where io_uring may be in use, which it assumes of every shared libuv, such as Debian's (CVE-2024-22017).
    const { path, remove } = bundle(`
      import { inspection, openFile } from './src/corpus/files.ts';
      const path = Buffer.from(process.argv[2]);
      const tell = (error) => console.log(error.name + ': ' + error.message);
      for (const look of [inspection.now, openFile]) try { look(path); console.log('no error'); } catch (error) { tell(error); }
      inspection.soon(path).then(() => console.log('no error'), tell);
    `);
    try {
      writeFileSync(at('secret'), 'love');
      chmodSync(at('secret'), 0o000);
      const drop = ['setpriv', '--bounding-set=-dac_override,-dac_read_search'];
      const [command, ...args] = [...(process.getuid!() === 0 ? drop : []), process.execPath, path, at('secret')];
      const output = execFileSync(command, args, { timeout: 20_000 });
      const line = `InputError: ${at('secret')}: permission denied\n`;
      expect(output.toString()).toBe(line + line + line);
    } finally {
      remove();
    }
  });

  test('the name stands in the message as it can be read, whatever its bytes', () => {
    const path = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.of(0xe9, 0x0a)]);
    expect(messageOf(() => inspection.now(path))).toBe(`${folder}/caf\\xe9\\x0a: no such file`);
  });

  test('a pipe without a writer, put in the place of a file: opening it does not wait', () => {
    closeSync(openFile(Buffer.from(at('pipe'))));
  });

  test('opening what is missing', () => {
    expect(messageOf(() => openFile(Buffer.from(at('nothing'))))).toBe(`${at('nothing')}: no such file`);
  });
});

describe('what can', () => {
  test.each([
    ['a file', 'book', 13],
    ['an empty one', 'empty', 0],
    ['a link to a file', 'link', 13],
  ])('%s', async (_name, name, size) => {
    const path = Buffer.from(at(name));
    const { mtimeNs } = statSync(at(name), { bigint: true });
    const file = { path, size, modified: mtimeNs };
    expect(inspection.now(path)).toEqual(file);
    expect(await inspection.soon(path)).toEqual(file);
    expect(confirmation.now({ ...file, modified: 1n })).toEqual(file);
    expect(await confirmation.soon({ ...file, modified: 1n })).toEqual(file);
    noChange.now(file);
    await noChange.soon(file);
    const fd = openFile(path);
    expect(readFileSync(fd).length).toBe(size);
    closeSync(fd);
  });

  test('a name that is not UTF-8', () => {
    const path = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.of(0xe9)]);
    writeFileSync(path, 'love');
    expect(inspection.now(path)).toMatchObject({ path, size: 4 });
  });

  test('a file larger than 32 bits can say', () => {
    writeFileSync(at('large'), '');
    truncateSync(at('large'), 2 ** 40 + 1);
    expect(inspection.now(Buffer.from(at('large')))).toMatchObject({ size: 2 ** 40 + 1 });
  });
});

describe('a file that is not the same', () => {
  test('here as on rank 0', async () => {
    const planned = { path: Buffer.from(at('book')), size: 14, modified: 0n };
    const message = `${at('book')}: has 13 bytes here, but 14 bytes on rank 0's host`;
    expect(messageOf(() => confirmation.now(planned))).toBe(message);
    expect(await messageSoon(confirmation.soon(planned))).toBe(message);
  });

  test('after it was counted: longer, shorter, rewritten', async () => {
    writeFileSync(at('changing'), 'love');
    const before = inspection.now(Buffer.from(at('changing')));
    const expectMessage = async (what: string) => {
      expect(messageOf(() => noChange.now(before))).toBe(`${at('changing')}: ${what}`);
      expect(await messageSoon(noChange.soon(before))).toBe(`${at('changing')}: ${what}`);
    };
    writeFileSync(at('changing'), 'lovely');
    await expectMessage('changed while it was counted, from 4 to 6 bytes');
    writeFileSync(at('changing'), 'lo');
    await expectMessage('changed while it was counted, from 4 to 2 bytes');
    writeFileSync(at('changing'), 'hate');
    utimesSync(at('changing'), 1, 1);
    await expectMessage('was written to while it was counted');
  });

  // More nanoseconds than 64 bits hold.
  test.each([10_540_000_000, 13_569_465_600])('not by a time that is far off: %d', (seconds) => {
    writeFileSync(at('future'), 'love');
    utimesSync(at('future'), seconds, seconds);
    expect(statSync(at('future')).mtimeMs).toBe(seconds * 1000);
    const [before] = FileTable.from([inspection.now(Buffer.from(at('future')))]);
    noChange.now(before!);
    utimesSync(at('future'), seconds, seconds - 1);
    expect(() => {
      noChange.now(before!);
    }).toThrow(`${at('future')}: was written to while it was counted`);
  });
});
