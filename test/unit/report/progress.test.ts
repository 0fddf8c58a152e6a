import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { clockTime } from '../../../src/base/clock.ts';
import { ControlChannel } from '../../../src/job/control/control-channel.ts';
import type { ProgressMessage } from '../../../src/job/control/control-message.ts';
import { JobProgress } from '../../../src/job/progress/job-progress.ts';
import { intervalFor, RankProgress } from '../../../src/job/progress/rank-progress.ts';
import { ProgressPrinter } from '../../../src/report/progress-printer.ts';
import { progressBar, progressLine } from '../../../src/report/progress-text.ts';
import { Network } from '../../support/network.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const MiB = 2 ** 20;

function jobOf(ranks: number, fields: Partial<ConstructorParameters<typeof JobProgress>[0]> = {}): JobProgress {
  const now = clockTime();
  return new JobProgress({ total: 1000 * MiB, before: 0, ranks, interval: 500, found: 0, now, ...fields });
}

const report = (fields: Partial<ProgressMessage>): ProgressMessage => ({
  type: 'progress',
  bytes: 0,
  text: fields.bytes ?? 0,
  seconds: 1,
  found: 0,
  isDone: false,
  host: 'node1',
  ...fields,
});

describe('the progress of a job', () => {
  test('adds up what ranks report, of each the latest', () => {
    const job = jobOf(3, { before: 100 });
    job.take(report({ bytes: 5, found: 2 }), 0, 0);
    job.take(report({ bytes: 7, found: 3 }), 2, 0);
    job.take(report({ bytes: 9, found: 4 }), 2, 0);
    expect([job.counted, job.done, job.found]).toEqual([14, 114, 6]);
  });

  test('is never more than all', () => {
    const job = jobOf(1, { total: 10, before: 5 });
    job.take(report({ bytes: 7 }), 0, 0);
    expect(job.done).toBe(10);
  });

  test('names the rank that has counted nothing for the longest time, unless it has counted all', () => {
    const job = jobOf(3, { now: 0 });
    expect(job.stalled(60_000, 60_000)).toBeUndefined();
    job.take(report({ bytes: 1, host: 'node1' }), 0, 50_000);
    job.take(report({ bytes: 1, host: 'node2' }), 1, 20_000);
    job.take(report({ bytes: 1, host: 'node2' }), 1, 40_000); // nothing new
    expect(job.stalled(70_000, 60_000)).toEqual({ rank: 2, host: undefined, seconds: 70 });
    job.take(report({ bytes: 1, isDone: true, host: 'node3' }), 2, 71_000);
    expect(job.stalled(90_000, 60_000)).toEqual({ rank: 1, host: 'node2', seconds: 70 });
  });
});

describe('a rank', () => {
  test('reports at intervals what is new, its host at first, and when it is done', async () => {
    const told: [number, number, boolean][] = [];
    const rank = new RankProgress({
      report: ({ bytes, text, isDone }) => told.push([bytes, text, isDone]),
      host: 'node1',
      row: { width: 2, occurrences: 2 },
      interval: 1000,
      first: 400,
    });
    rank.begin();
    await vi.advanceTimersByTimeAsync(399);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(3000);
    expect(told).toEqual([[0, 0, false]]);
    rank.add(10, 40, [1, 2]);
    rank.add(20, 20, [0, 0]);
    await vi.advanceTimersByTimeAsync(1000);
    rank.add(5, 5, [0, 0]);
    rank.done();
    await vi.advanceTimersByTimeAsync(9000);
    expect(told).toEqual([
      [0, 0, false],
      [30, 60, false],
      [35, 65, true],
    ]);
    expect(vi.getTimerCount()).toBe(0);
    // Another round.
    rank.begin();
    await vi.advanceTimersByTimeAsync(500);
    rank.add(1, 1, [0, 0]);
    await vi.advanceTimersByTimeAsync(1000);
    rank.done();
    expect(told.slice(3)).toEqual([
      [35, 65, false],
      [36, 66, false],
      [36, 66, true],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('reports occurrences, and not the records that a row has beside them', () => {
    const told: number[] = [];
    const rank = new RankProgress({
      report: ({ found }) => told.push(found),
      host: 'node1',
      row: { width: 5, occurrences: 2 },
      interval: 500,
      first: 500,
    });
    rank.add(64, 64, [3, 4, 1, 2, 9]);
    rank.add(64, 64, { length: 10, indices: [1, 4, 5, 7], counts: [10, 9, 100, 1] });
    rank.done();
    expect(told).toEqual([117]);
  });

  test('reports through the channel, and nothing waits for it', async () => {
    const network = new Network();
    const [zero, one] = [0, 1].map((rank) => new ControlChannel(network.communicator(rank, 2)));
    const job = jobOf(2);
    zero!.on('progress', (message, from) => {
      job.take(message, from, clockTime());
    });
    const rank = new RankProgress({
      report: (message) => one!.send(message, 0),
      host: 'nöde"1',
      row: { width: 2, occurrences: 2 },
      interval: 500,
      first: 500,
    });
    rank.begin();
    rank.add(64, 64, [3, 4]);
    await vi.advanceTimersByTimeAsync(600);
    expect([job.counted, job.found, job.hostOf(1)]).toEqual([64, 7, 'nöde"1']);
    rank.done();
    await Promise.all([zero!.close(), one!.close()]);
  });

  test('reports the less often the more ranks there are: rank 0 gets at most 1,000 reports in a second', () => {
    expect([1, 16, 64, 10_000].map(intervalFor)).toEqual([500, 500, 500, 10_000]);
    for (const ranks of [17, 100, 5000]) expect((1000 * ranks) / intervalFor(ranks)).toBeLessThanOrEqual(1000.01);
  });
});

test('a line tells of bytes, rate, time left and occurrences, and of a rank that has counted nothing', () => {
  const job = jobOf(2, { now: 0 });
  expect(progressLine(job, 10_000)).toBe('0 %: 0 B of 1000 MiB, 0 B/s, 0 found so far');
  job.take(report({ bytes: 250 * MiB, found: 7 }), 0, 10_000);
  expect(progressLine(job, 10_000)).toBe('25 %: 250 MiB of 1000 MiB, 25.0 MiB/s, 30.0 s left, 7 found so far');
  job.take(report({ host: 'no\u001b[2Jde' }), 1, 10_000);
  expect(progressLine(job, 65_000)).toBe(
    '25 %: 250 MiB of 1000 MiB, 3.8 MiB/s, 3 min left, 7 found so far, rank 1 on no\\x1b[2Jde has counted nothing for 65 s',
  );
});

test('a bar has the width of the terminal at most', () => {
  const job = jobOf(1, { now: 0, found: undefined });
  job.take(report({ bytes: 500 * MiB }), 0, 1000);
  expect(progressBar(job, 10_000, 80)).toBe(
    '[##########----------]  50 %  500 MiB of 1000 MiB, 50.0 MiB/s, 10.0 s left',
  );
  expect(progressBar(job, 10_000, 60)).toBe('[##---]  50 %  500 MiB of 1000 MiB, 50.0 MiB/s, 10.0 s left');
  expect(progressBar(job, 10_000, 52)).toBe('[#####-----]  50 %  500 MiB of 1000 MiB, 50.0 MiB/s');
  expect(progressBar(job, 10_000, 30)).toBe('[##--]  50 %  500 MiB of 1000');
});

describe('progress is shown', () => {
  /** Shows the progress of a job of one rank that counts so many MiB in a second. */
  async function shown(mode: 'auto' | 'always', isTerminal: boolean, rate: number, seconds: number) {
    const out: string[] = [];
    const write = (text: string) => void out.push(text);
    const screen = { isTerminal, columns: () => 80, draw: write, print: write, settle: () => undefined };
    const printer = new ProgressPrinter(
      () => mode,
      () => screen,
    );
    await vi.advanceTimersByTimeAsync(500);
    const job = jobOf(1);
    printer.begin(job);
    for (let second = 1; second <= seconds; second += 1) {
      await vi.advanceTimersByTimeAsync(999);
      job.take(report({ bytes: second * rate * MiB, seconds: second }), 0, clockTime());
      await vi.advanceTimersByTimeAsync(1);
    }
    printer.end();
    printer.summarize({ seconds: seconds + 0.5, skippedFiles: 0 });
    expect(vi.getTimerCount()).toBe(0);
    return out;
  }
  const percents = (lines: readonly string[]) => lines.flatMap((line) => /^(\d+) %: /.exec(line)?.[1] ?? []);

  test('as a line at each 10 %, and every half minute', async () => {
    expect(percents(await shown('always', false, 50, 20))).toEqual('10 20 30 40 50 60 70 80 90 100'.split(' '));
    expect(percents(await shown('always', false, 1, 100))).toEqual(['3', '6', '9', '10']);
  });

  test('with auto, from the first minute on', async () => {
    expect(await shown('auto', false, 50, 20)).toEqual([]);
    expect(percents(await shown('auto', false, 5, 130))).toEqual(['30', '40', '50', '60']);
  });

  test('on a terminal, in one line that is redrawn, and erased at the end', async () => {
    const out = await shown('auto', true, 100, 5);
    const drawn = out.filter((text) => text.startsWith('\r\u001b[2K['));
    expect(drawn.length).toBeGreaterThan(10);
    expect(drawn.length).toBeLessThan(20);
    expect(out.filter((text) => text === '\r\u001b[2K')).toHaveLength(1);
    expect(out.join('')).not.toContain('\n');
    expect(out.slice(-2)[0]).toBe('counted 500 MiB in 5.0 s: 100 MiB/s');
  });

  test('on a terminal, not at all if the job is short', async () => {
    expect(await shown('auto', true, 100, 1)).toEqual([]);
  });

  test('and summed up in two lines', async () => {
    expect((await shown('always', false, 500, 2)).slice(-2)).toEqual([
      'counted 1000 MiB in 2.0 s: 500 MiB/s',
      'start-up 0.5 s',
    ]);
  });
});

test('the summary names the slowest rank, what was skipped, and a long reduction', () => {
  const out: string[] = [];
  const write = (text: string) => void out.push(text);
  const screen = { isTerminal: false, columns: () => 80, draw: write, print: write, settle: () => undefined };
  const printer = new ProgressPrinter(
    () => 'always',
    () => screen,
  );
  vi.advanceTimersByTime(1000);
  const job = jobOf(3);
  printer.begin(job);
  job.take(report({ bytes: 100 * MiB, seconds: 1, isDone: true }), 0, 0);
  job.take(report({ bytes: 100 * MiB, seconds: 4, isDone: true, host: 'node7' }), 1, 0);
  job.take(report({ bytes: 100 * MiB, text: 400 * MiB, seconds: 2, isDone: true }), 2, 0);
  vi.advanceTimersByTime(4000);
  printer.end();
  out.length = 0;
  printer.summarize({ seconds: 5, skippedFiles: 2 });
  expect(out).toEqual([
    'counted 300 MiB, 600 MiB of text, in 4.0 s: 75.0 MiB/s; of a rank: least 25.0 MiB/s, median 50.0 MiB/s, most 100 MiB/s',
    'start-up 1.0 s; at most 3.0 s of waiting for rank 1 on node7; 2 skipped',
  ]);
  printer.summarize({ seconds: 23, skippedFiles: 0 });
  expect(out.at(-1)).toBe('start-up 1.0 s; reduction 18.0 s; at most 3.0 s of waiting for rank 1 on node7');
});
