import { expect, test } from 'vitest';

import { stopTime } from '../../../src/job/stop/deadline.ts';

const started = 1_900_000_000_000;
const ends = (inSeconds: number) => ({ SLURM_JOB_END_TIME: String(started / 1000 + inSeconds) });

// Seconds since the start: the limit, now, and what is expected.
test.each<[string, number | undefined, Record<string, string>, number, number | undefined]>([
  ['nothing limits it', undefined, {}, 5, undefined],
  ['an hour, less what a stop takes', 3600, {}, 5, 3570],
  ['300 s, of which 30 are left for the stop', 300, {}, 5, 270],
  ['100 s, of which a tenth is left', 100, {}, 5, 90],
  ['a second', 1, {}, 0, 0.9],
  ['a second that is up when all has started', 1, {}, 5, 0.9],
  ['a year', 365 * 86_400, {}, 5, 365 * 86_400 - 30],
  ['the end that SLURM tells', undefined, ends(3600), 5, 3570],
  ['the end that SLURM tells, which is near', undefined, ends(100), 60, 90],
  ['less time than SLURM gives', 600, ends(3600), 5, 570],
  ['more time than SLURM gives', 36_000, ends(3600), 5, 3570],
  ['an end that is just now', undefined, ends(5), 5, undefined],
  ['an end that was long ago', undefined, ends(-3600), 5, undefined],
  ['an end that was long ago, beside a limit', 100, ends(-3600), 5, 90],
  ['an end that is 0', undefined, { SLURM_JOB_END_TIME: '0' }, 5, undefined],
  ...(['', 'UNLIMITED', 'NaN', '-1', '1e12', '0x7fffffff', 'tomorrow'].flatMap((end) => [
    [`an end that is no time (${end})`, undefined, { SLURM_JOB_END_TIME: end }, 5, undefined] as const,
    [`an end that is no time (${end}), beside a limit`, 100, { SLURM_JOB_END_TIME: end }, 5, 90] as const,
  ]) as [string, number | undefined, Record<string, string>, number, number | undefined][]),
])('%s', (_name, limit, environment, now, expected) => {
  const stopAt = stopTime(limit, environment, started, started + now * 1000);
  expect(stopAt).toBe(expected === undefined ? undefined : started + expected * 1000);
});
