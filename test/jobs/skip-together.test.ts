// Whole jobs that skip files, together with blocks that are assigned while ranks count, folders, and files that are cut at decoding units.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  casesOf,
  launcherOf,
  mpis,
  ownLines,
  program,
  readLog,
  run,
  runJob,
  temporaryFolder,
  withoutPrivileges,
} from '../support/job.ts';
import { buildPreload, type Trouble } from '../support/preload.ts';
import { prose } from '../support/text.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const at = (name: string) => join(folder, name);
const timeoutSeconds = 60;
let trouble: (trouble: Trouble) => Record<string, string>;

/** Returns members, each of the next 1,500 bytes of a text. */
function members(text: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(text.length / 1500) }, (_, index) =>
    gzipSync(text.subarray(1500 * index, 1500 * (index + 1))),
  );
}

/** Returns members of which one is damaged: its checksum is wrong, the units after it are in order. */
function damagedMembers(text: Buffer, which: number): Buffer {
  const all = members(text);
  const damaged = all[which]!;
  damaged.writeUInt32LE((damaged.readUInt32LE(damaged.length - 8) ^ 1) >>> 0, damaged.length - 8);
  return Buffer.concat(all);
}

const good = { 'a.txt': prose(9000, 1), 'b.gz': prose(50_000, 2), 'd.txt': prose(20_000, 3), 'f.gz': prose(40_000, 4) };
/** A member that is stored, and holds members in which guesses find false starts. */
const hostile = Buffer.concat([
  Buffer.from('love '),
  ...Array.from({ length: 4 }, () => Buffer.concat(members(prose(20_000, 5)))),
]);

beforeAll(() => {
  trouble = buildPreload(folder);
  mkdirSync(at('tree/below'), { recursive: true });
  const text = prose(60_000, 6);
  const files: Record<string, Uint8Array> = {
    'a.txt': good['a.txt'],
    'b.gz': Buffer.concat(members(good['b.gz'])),
    'c.gz': damagedMembers(text, 0),
    'd.txt': good['d.txt'],
    'e.gz': damagedMembers(text, 30),
    'f.gz': Buffer.concat([...members(good['f.gz']), gzipSync(hostile, { level: 0 }), ...members(good['f.gz'])]),
    'g.gz': Buffer.concat(members(text)).subarray(0, -5),
    'below/h.gz': damagedMembers(text, 39),
    'below/i.txt': good['a.txt'],
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(at('tree'), name), content);
});

/** Counts in the texts of the files that can be read. */
function total(...without: (keyof typeof good)[]): string {
  const texts = { 'a.txt': good['a.txt'], 'below/i.txt': good['a.txt'], 'b.gz': good['b.gz'], 'd.txt': good['d.txt'] };
  const all = { ...texts, 'f.gz': Buffer.concat([good['f.gz'], hostile, good['f.gz']]) };
  const counted = Object.entries(all).filter(([name]) => !(without as string[]).includes(name));
  return `${counted.reduce((sum, [, text]) => sum + text.toString('latin1').split('love').length - 1, 0)}\tlove\n`;
}

const skipped = (name: string, reason: string) =>
  expect.stringMatching(new RegExp(`^mpicount: skipped: .*/tree/${name}: ${reason}`)) as string;
const damaged = ['below/h\\.gz', 'c\\.gz', 'e\\.gz', 'g\\.gz'].map((name) => skipped(name, 'is (damaged|cut off)'));
const summary = (files: number, all = 9) =>
  `mpicount: ${files} of ${all} files were skipped and not counted, so the status is 6`;

describe.each(mpis)('%s', (mpi) => {
  let logs = 0;
  const newLogDir = () => at(`logs-${mpi}-${(logs += 1)}`);
  const count = (ranks: number, more: readonly string[], environment: Record<string, string> = {}) =>
    runJob(mpi, ranks, ['count', '--skip-unreadable', '--block-size', '512', ...more, 'love', at('tree')], {
      timeoutSeconds,
      environment,
    });

  // A checksum is verified at the end of a member: the blocks before and after it have been counted by then, some of them by other ranks.
  describe.each(['static', 'dynamic'])('schedule %s', (schedule) => {
    test.each(
      casesOf(mpi, [
        [1, true],
        [3, false],
        [7, true],
      ]),
    )('%d ranks skip cut files with a damaged unit, with logs: %s', { timeout: 200_000 }, async (ranks, hasLogs) => {
      const more = hasLogs ? ['--log-dir', newLogDir(), '--threads', '3'] : [];
      const outcome = await count(ranks, ['--schedule', schedule, ...more]);
      expect(ownLines(outcome)).toEqual([...damaged, summary(4)]);
      expect(outcome.stdout.toString()).toBe(total());
      expect(outcome.status).toBe(6);
    });

    test('the journal has each block as it counts: nothing is left to resume', { timeout: 90_000 }, async () => {
      const logDir = newLogDir();
      const args = ['--schedule', schedule, '--log-dir', logDir];
      expect((await count(3, args)).status).toBe(6);
      const starts = readLog(logDir, 0).length;
      const again = await count(2, [...args, '--resume']);
      expect(again.stdout.toString()).toBe(total());
      expect(again.status).toBe(6);
      const added = readLog(logDir, 0).slice(starts);
      expect(added.map(({ event }) => event)).not.toContain('block');
      const status = await run([process.execPath, program, 'status', logDir], { timeoutSeconds });
      expect(status.stdout.toString()).toMatch(/^complete, but for the skipped files\nskipped {2}4 of 9 files/);
      expect(status.stdout.toString().endsWith(total())).toBe(true);
    });

    test('a file that fails in its middle on one rank', { timeout: 90_000 }, async () => {
      const environment = trouble({ file: 'd.txt', rank: 1, call: 'pread', failure: 'EIO', from: 0 });
      for (const more of [[], ['--log-dir', newLogDir()]]) {
        const outcome = await count(3, ['--schedule', schedule, '--io', 'read', ...more], environment);
        const unread = skipped('d\\.txt', 'cannot be read at byte \\d+: the disk or file system failed');
        const isSkipped = ownLines(outcome).length === 6;
        // With a dynamic schedule, the other ranks may have counted all of the file.
        expect(isSkipped || schedule === 'dynamic').toBe(true);
        expect(ownLines(outcome)).toEqual(
          isSkipped ? [...damaged.slice(0, 2), unread, ...damaged.slice(2), summary(5)] : [...damaged, summary(4)],
        );
        expect(outcome.stdout.toString()).toBe(isSkipped ? total('d.txt') : total());
        expect(outcome.status).toBe(6);
      }
    });
  });

  test('a folder that cannot be listed is skipped like a file', { timeout: 90_000 }, async () => {
    const logDir = newLogDir();
    const command = ['count', '--skip-unreadable', '--log-dir', logDir, 'love', at('tree')];
    const job = (ranks: number, more: readonly string[] = []) =>
      run(withoutPrivileges([launcherOf(mpi), '-np', String(ranks), process.execPath, program, ...command, ...more]), {
        timeoutSeconds,
      });
    chmodSync(at('tree/below'), 0o000);
    const outcome = await job(2);
    chmodSync(at('tree/below'), 0o755);
    const expected = [skipped('below', 'cannot be listed: permission denied$'), ...damaged.slice(1), summary(4, 8)];
    expect(ownLines(outcome)).toEqual(expected);
    const text = good['a.txt'].toString('latin1').split('love').length - 1;
    const rest = `${Number.parseInt(total()) - text}\tlove\n`;
    expect(outcome.stdout.toString()).toBe(rest);
    expect(outcome.status).toBe(6);
    const result = JSON.parse(readFileSync(join(logDir, 'result.json'), 'utf8')) as Record<string, unknown>;
    expect(result).toMatchObject({ complete: false, files: 4, skipped: { files: 4 } });
    // Once skipped, it stays so.
    const resumed = await job(3, ['--resume']);
    expect(ownLines(resumed).filter((line) => !line.includes('note:'))).toEqual(expected);
    expect(resumed.stdout.toString()).toBe(rest);
    expect(resumed.status).toBe(6);
    const refused = await run(
      [process.execPath, program, 'count', '--log-dir', logDir, '--resume', 'love', at('tree')],
      {
        timeoutSeconds,
      },
    );
    expect(ownLines(refused)[0]).toMatch(/cannot resume: it was begun with --skip-unreadable, which skipped a file; /);
    expect(refused.status).toBe(3);
  });

  test('a named folder that cannot be listed is skipped', { timeout: 60_000 }, async () => {
    mkdirSync(at(`closed-${mpi}`), { mode: 0o000 });
    const command = ['count', '--skip-unreadable', 'love', `${at(`closed-${mpi}`)}/`, at('tree/a.txt')];
    const outcome = await run(withoutPrivileges([launcherOf(mpi), '-np', '2', process.execPath, program, ...command]), {
      timeoutSeconds,
    });
    expect(ownLines(outcome)[0]).toBe(
      `mpicount: skipped: ${at(`closed-${mpi}`)}/: cannot be listed: permission denied`,
    );
    expect(outcome.stdout.toString()).toBe(`${good['a.txt'].toString('latin1').split('love').length - 1}\tlove\n`);
    expect(outcome.status).toBe(6);
  });
});
