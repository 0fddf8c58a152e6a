import { expect, test } from 'vitest';

import { byteStrings } from '../../../src/base/byte-strings.ts';
import { withoutPatterns } from '../../../src/job/distribute.ts';
import type { Job } from '../../../src/job/job.ts';
import { noRows } from '../../../src/tally/row-keys.ts';
import { patternsOf, tallyOf } from '../../../src/tally/tallies.ts';
import { countSpec } from '../../support/spec.ts';

test.each([1, 99, 100, 101, 5000])('a job without %i patterns logs and adds up as before', (count) => {
  const names = Array.from({ length: count }, (_, index) => `pattern ${index}`);
  const ids = byteStrings(names.map((_, index) => Buffer.from(`id ${index}`)));
  const spec = { ...countSpec(names), ids, records: 'line' as const };
  // As it is received: all in one memory.
  const memory = Buffer.concat([Buffer.from('/logs'), Buffer.alloc(10_000_000)]);
  const plan = { spec, logDir: memory.subarray(0, 5), files: 7, bytes: 2 ** 40 };
  const job = { plan, settings: { identity: 'x' } } as unknown as Job;

  const without = withoutPatterns(job);
  expect(without.settings).toBe(job.settings);
  expect({ ...without.plan, spec: undefined }).toEqual({ ...plan, spec: undefined });
  const [before, after] = [tallyOf(spec), tallyOf(without.plan.spec)];
  expect(after.startFields()).toEqual(before.startFields());
  expect(after.optionFields()).toEqual(before.optionFields());
  expect(noRows(after).width).toBe(2 * count + 1);

  const named = patternsOf(without.plan.spec);
  const shown = Math.min(count, 100);
  expect(Buffer.from(named?.patterns.bytes ?? []).toString()).toBe(names.slice(0, shown).join(''));
  expect(named?.patterns.ends).toEqual(spec.patterns.ends);
  for (const { buffer } of [without.plan.logDir, named?.patterns.bytes, named?.ids?.ends].flatMap((each) => each ?? []))
    expect(buffer.byteLength).toBeLessThan(1_000_000);
});
