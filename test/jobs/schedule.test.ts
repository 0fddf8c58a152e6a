// Whole jobs whose ranks are assigned blocks while they count. See test/unit/job/schedule.test.ts for the rules.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { pack } from '../decode/harness.ts';
import { casesOf, mpis, ownLines, runJob, statusesOfDeath, temporaryFolder } from '../support/job.ts';
import { buildPreload, type Trouble } from '../support/preload.ts';
import { blocksCounted, logOf, runAndDisturb } from '../support/stopped-job.ts';
import { prose } from '../support/text.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const at = (name: string) => join(folder, name);
const timeoutSeconds = 60;
const text = prose(60_000);
const file = at('text.txt');
/** Files of many sizes, of which some are decoded and larger than a block. */
const files = [file, ...Array.from({ length: 30 }, (_, index) => at(`small-${index}`)), at('large.gz'), at('small.gz')];
const blockSize = 512;
const blocks = Math.ceil(text.length / blockSize);
const common = ['--io', 'read', '--block-size', String(blockSize), 'love'];
const total = `${text.toString().split('love').length - 1}\tlove\n`;
let trouble: (trouble: Trouble) => Record<string, string>;
let logs = 0;
const newLogDir = () => at(`logs-${(logs += 1)}`);

beforeAll(() => {
  trouble = buildPreload(folder);
  writeFileSync(file, text);
  files.slice(1, -2).forEach((path, index) => {
    writeFileSync(path, text.subarray(0, 37 * index));
  });
  writeFileSync(at('large.gz'), pack('gzip', text));
  writeFileSync(at('small.gz'), pack('gzip', text.subarray(0, 300)));
});

/** That the logs contain every block of the file once, whatever ranks counted it in whatever run. */
function expectEachBlockOnce(logDir: string, ranks: number): void {
  expect(blocksCounted(logDir, ranks)).toEqual(Array.from({ length: blocks }, (_, block) => block));
}

describe.each(mpis)('%s', (mpi) => {
  test.each(casesOf(mpi, [1, 2, 3, 7]))(
    '%d ranks count the totals of a static schedule',
    { timeout: 200_000 },
    async (ranks) => {
      for (const command of [
        ['count', '-i', '-w', '-e', 'love', '-e', 'résumé'],
        ['wc', '--threads', '3'],
      ]) {
        const args = [...command, '--block-size', '1000', ...files];
        const expected = await runJob(mpi, 1, args, { timeoutSeconds });
        expect(expected).toMatchObject({ status: 0, stderr: '' });
        const counted = await runJob(mpi, ranks, [...args, '--schedule', 'dynamic'], { timeoutSeconds });
        expect(counted).toMatchObject({ status: 0, stderr: '' });
        expect(counted.stdout.toString()).toBe(expected.stdout.toString());
      }
    },
  );

  test('a slow rank counts fewer blocks than the other two', { timeout: 90_000 }, async () => {
    const logDir = newLogDir();
    const args = ['count', '--schedule', 'dynamic', '--log-dir', logDir, ...common, file];
    const environment = trouble({ file, call: 'pread', slow: 600, rank: 1 });
    const outcome = await runJob(mpi, 3, args, { timeoutSeconds, environment });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout.toString()).toBe(total);
    expectEachBlockOnce(logDir, 3);
    const counted = [0, 1, 2].map((rank) => logOf(logDir, rank).filter(({ event }) => event === 'block').length);
    expect(counted[1]).toBeLessThan(blocks / 6);
    expect(counted[1]).toBeGreaterThan(0);
    expect(logOf(logDir, 1)[0]).toMatchObject({ event: 'start', schedule: 'dynamic' });
    expect(JSON.parse(readFileSync(join(logDir, 'result.json'), 'utf8'))).toMatchObject({ schedule: 'dynamic' });
  });

  test.each([
    ['dynamic', 'static'],
    ['static', 'dynamic'],
  ])('a count that is stopped with the schedule %s is resumed with %s', { timeout: 120_000 }, async (first, second) => {
    const logDir = newLogDir();
    const args = ['--schedule', first, ...common, file];
    const environment = trouble({ file, call: 'pread', slow: 150 });
    const stopped = await runAndDisturb({ mpi, ranks: 3, logDir, args, environment, timeoutSeconds }, (pids) => {
      process.kill(pids[1]!, 'SIGUSR2');
    });
    expect(stopped.status).toBe(85);
    expect(stopped.stdout.toString()).toBe('');
    const done = blocksCounted(logDir, 3).length;
    expect(ownLines(stopped)).toEqual([
      expect.stringContaining(`stopped early (SIGUSR2 on rank 1): ${done} of ${blocks} blocks are counted, `),
    ]);
    expect(done).toBeLessThan(blocks);
    for (const rank of [0, 1, 2]) expect(logOf(logDir, rank).at(-1)).toMatchObject({ event: 'waiting' });
    const resumed = await runJob(
      mpi,
      2,
      ['count', '--resume', '--log-dir', logDir, '--schedule', second, ...common, file],
      { timeoutSeconds },
    );
    expect(resumed).toMatchObject({ status: 0, stderr: '' });
    expect(resumed.stdout.toString()).toBe(total);
    expectEachBlockOnce(logDir, 3);
  });

  test('--time-limit stops ranks that count, and one that waits for blocks, 3 ranks', { timeout: 90_000 }, async () => {
    const logDir = newLogDir();
    const few = ['--block-size', String(Math.ceil(text.length / 3)), '--io', 'read', 'love', file];
    const args = ['count', '--schedule', 'dynamic', '--time-limit', '4', '--log-dir', logDir, ...few];
    const environment = trouble({ file, call: 'pread', slow: 20_000, rank: 2 });
    const outcome = await runJob(mpi, 3, args, { timeoutSeconds, environment });
    expect(ownLines(outcome)).toEqual([
      expect.stringContaining('stopped early (its time is nearly up): 2 of 3 blocks are counted, '),
    ]);
    expect(outcome.stdout.toString()).toBe('');
    expect(outcome.status).toBe(85);
  });

  test('a rank that cannot read what it was assigned later ends the job, 3 ranks', { timeout: 90_000 }, async () => {
    const environment = trouble({ file, call: 'pread', failure: 'EIO', from: 45_000 });
    const outcome = await runJob(mpi, 3, ['count', '--schedule', 'dynamic', ...common, file], {
      timeoutSeconds,
      environment,
    });
    // Ranks are given later ranges in any order.
    expect(ownLines(outcome)).toEqual([
      expect.stringMatching(/rank [012] on \S+: \S+text\.txt: cannot be read at byte [4-9]\d{4}: /),
    ]);
    expect(outcome.stdout.toString()).not.toContain('love');
    expect(outcome.status).toBe(3);
  });

  test.each([0, 2])('a killed rank %d ends the job, 3 ranks', { timeout: 90_000 }, async (rank) => {
    const logDir = newLogDir();
    const args = ['--schedule', 'dynamic', ...common, file];
    const environment = trouble({ file, call: 'pread', slow: 300 });
    const outcome = await runAndDisturb({ mpi, ranks: 3, logDir, args, environment, timeoutSeconds }, (pids) => {
      process.kill(pids[rank]!, 'SIGKILL');
    });
    expect(outcome.stdout.toString()).not.toContain('love');
    expect(statusesOfDeath(mpi, 'SIGKILL')).toContain(outcome.status);
    expect(existsSync(join(logDir, 'result.json'))).toBe(false);
  });
});
