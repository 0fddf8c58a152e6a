import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import stringWidth from 'string-width';
import { afterAll, describe, expect, test } from 'vitest';

import { mpis, ownLines, program, run, runJob, temporaryFolder } from '../support/job.ts';
import { prose } from '../support/text.ts';

// What `mpicount report` tells of whole jobs.

const { folder, remove } = temporaryFolder();
afterAll(remove);
const text = join(folder, 'text.txt');
const content = prose(60_000);
writeFileSync(text, content);
const timeoutSeconds = 60;

interface ReportJson {
  readonly complete: boolean;
  readonly bytes: number;
  readonly runs: readonly {
    readonly ranks: readonly {
      rank: number;
      bytes: number;
      slice: number;
      text: number;
      decodeSeconds: number;
      waiting: number | null;
      slow: string | null;
    }[];
  }[];
  readonly dispersion: readonly { readonly name: string; readonly total: number; readonly counts: readonly number[] }[];
}

async function reportOf(logDir: string): Promise<ReportJson> {
  const command = [process.execPath, program, 'report', '--format', 'json', logDir];
  const outcome = await run(command, { timeoutSeconds });
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  return JSON.parse(outcome.stdout.toString()) as ReportJson;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

describe.each(mpis)('%s: the report', { timeout: 120_000 }, (mpi) => {
  test('of 3 ranks has all bytes, and the totals where they are', async () => {
    const logDir = join(folder, `${mpi}-count`);
    const args = ['count', '--log-dir', logDir, '--block-size', '1000', '-e', 'love', '-e', 'aa', text];
    const outcome = await runJob(mpi, 3, args, { timeoutSeconds });
    const report = await reportOf(logDir);
    expect(outcome.stdout.toString()).toBe(report.dispersion.map(({ name, total }) => `${total}\t${name}\n`).join(''));
    const [ranks = [], ...more] = report.runs.map((each) => each.ranks);
    expect(more).toEqual([]);
    expect(ranks.map(({ rank, waiting }) => [rank, typeof waiting])).toEqual([0, 1, 2].map((rank) => [rank, 'number']));
    expect([
      report.complete,
      report.bytes,
      sum(ranks.map(({ bytes }) => bytes)),
      sum(ranks.map(({ slice }) => slice)),
    ]).toEqual([true, content.length, content.length, content.length]);
    // Each part has one block of 1000 bytes; an occurrence belongs to the block with its first byte.
    const page = join(folder, `${mpi}.html`);
    const written = await run([process.execPath, program, 'report', '--html', page, logDir], { timeoutSeconds });
    expect(written).toMatchObject({ status: 0, stdout: Buffer.of(), stderr: '' });
    expect(readFileSync(page, 'utf8')).toContain('<p class="state">complete</p>');
    const [love] = report.dispersion;
    const starts = [...content.toString('latin1').matchAll(/love/g)].map(({ index }) => index);
    const expected = Array.from(
      { length: Math.ceil(content.length / 1000) },
      (_, block) => starts.filter((start) => Math.floor(start / 1000) === block).length,
    );
    expect(love?.counts).toEqual(expected);
  });

  test('of a job that stopped early and went on with other ranks has two runs', async () => {
    const logDir = join(folder, `${mpi}-resumed`);
    const args = ['count', '--log-dir', logDir, '--resume', '--block-size', '1000', 'love', text];
    const slow = {
      NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'slow-blocks.cjs')}`,
      MPICOUNT_FAULT_SLOW: '250',
    };
    const stopped = await runJob(mpi, 2, [...args, '--time-limit', '2s'], { timeoutSeconds, environment: slow });
    expect(stopped.status).toBe(85);
    const before = await reportOf(logDir);
    expect([before.complete, before.runs.map(({ ranks }) => ranks.length)]).toEqual([false, [2]]);
    const resumed = await runJob(mpi, 3, args, { timeoutSeconds });
    const report = await reportOf(logDir);
    expect([report.complete, report.runs.map(({ ranks }) => ranks.length)]).toEqual([true, [2, 3]]);
    expect(resumed.stdout.toString()).toBe(`${sum(report.dispersion[0]?.counts ?? [])}\tlove\n`);
    expect(sum(report.runs.flatMap(({ ranks }) => ranks.map(({ bytes }) => bytes)))).toBe(content.length);
  });

  test('of a packed text tells how much text was decoded, and how long that took', async () => {
    const logDir = join(folder, `${mpi}-packed`);
    const packed = join(folder, `${mpi}.gz`);
    const members = Array.from({ length: 6 }, (_, index) => content.subarray(10_000 * index, 10_000 * (index + 1)));
    const rest = content.subarray(60_000);
    writeFileSync(packed, Buffer.concat([...members, rest].map((member) => gzipSync(member))));
    const args = ['count', '--log-dir', logDir, '--block-size', '3000', '--progress', 'always', 'love', packed, text];
    const outcome = await runJob(mpi, 3, args, { timeoutSeconds });
    expect(outcome.status).toBe(0);
    const [ranks = []] = (await reportOf(logDir)).runs.map((each) => each.ranks);
    expect(sum(ranks.map((rank) => rank.text))).toBe(2 * content.length);
    expect(sum(ranks.map((rank) => rank.decodeSeconds))).toBeGreaterThan(0);
    const [first = ''] = ownLines(outcome).slice(-2);
    expect(first).toContain(`, ${(content.length / 512).toFixed(0)} KiB of text, in `);
    const shown = await run([process.execPath, program, 'report', logDir], { timeoutSeconds });
    expect(shown.stdout.toString()).toContain(`\ntext     ${2 * content.length} bytes (`);
    expect(shown.stdout.toString()).toMatch(/\nrank +bytes counting reading decoding scanning waiting slow host\n/);
    for (const line of shown.stdout.toString().split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(80);
  });

  test('of wc has the counters along the corpus', async () => {
    const logDir = join(folder, `${mpi}-wc`);
    const args = ['wc', '--log-dir', logDir, '--block-size', '1000', text, text];
    const outcome = await runJob(mpi, 2, args, { timeoutSeconds });
    expect(outcome.status).toBe(0);
    const { dispersion } = await reportOf(logDir);
    const totals = outcome.stdout.toString().trimEnd().split('\n').at(-1)?.trim().split(/ +/).slice(0, 4).map(Number);
    expect(dispersion.map(({ name, total }) => [name, total])).toEqual(
      ['lines', 'words', 'characters', 'bytes'].map((name, index) => [name, totals?.[index]]),
    );
    expect(dispersion.map(({ counts }) => sum(counts))).toEqual(totals);
  });

  test('of a job with one slowed rank names it, and why', async () => {
    const logDir = join(folder, `${mpi}-slow`);
    const slow = {
      NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'slow-blocks.cjs')}`,
      MPICOUNT_FAULT_SLOW: '200',
      MPICOUNT_FAULT_RANK: '1',
    };
    const args = ['count', '--log-dir', logDir, '--block-size', '1000', 'love', text];
    await runJob(mpi, 3, args, { timeoutSeconds, environment: slow });
    const [ranks] = (await reportOf(logDir)).runs.map((each) => each.ranks.map(({ rank, slow: why }) => [rank, why]));
    expect(ranks).toEqual([
      [0, null],
      [1, 'idle'],
      [2, null],
    ]);
  });
});
