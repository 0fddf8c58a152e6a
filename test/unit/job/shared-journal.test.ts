import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { ResumeError } from '../../../src/job/journal/errors.ts';
import type { Journal } from '../../../src/job/journal/job-state.ts';
import { readJournal } from '../../../src/job/journal/journal.ts';
import { withJournalReaders } from '../../../src/job/shared-journal.ts';
import { Collectives } from '../../support/collectives.ts';
import { temporaryFolder } from '../../support/job.ts';
import { blockLine, rankLogPath, samplePlan, seal, startLine, writeRankLog } from '../../support/log-folder.ts';

const plan = samplePlan();
let folder: string;
let remove: () => void;
beforeEach(() => ({ folder, remove } = temporaryFolder()));
afterEach(() => {
  remove();
});

/** A row of zeros may be there or not. */
const comparable = (journal: Journal | undefined) => ({ ...journal, totals: journal?.totals.row(0) });

/** Reads the journal on several ranks. */
async function readOn(ranks: number): Promise<Journal | undefined> {
  const results = await new Collectives(ranks).run((world) =>
    withJournalReaders(
      world,
      world.rank === 0 ? (read) => read(Buffer.from(folder), plan, new Map<number, string>()) : undefined,
    ),
  );
  expect(results.slice(1)).toEqual(Array.from({ length: ranks - 1 }, () => undefined));
  return results[0];
}

test('any number of ranks read what one reads of any logs', async () => {
  const line = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.nat(9).map((block) => blockLine(plan, block, [block, 2 ** 40])),
    },
    fc.nat(3).map((node) => startLine(plan, `node${node}`)),
    fc.constant('{"event":"block","torn\n'),
    fc.constant(seal({ event: 'block', block: 3, counts: [3, 2 ** 40], findings: { gzip: [2, 100] } }, plan)),
    fc.constant(seal({ event: 'skip', begin: 0, reason: 'gone' }, plan)),
  );
  const logs = fc.array(fc.record({ line, rank: fc.constantFrom(0, 1, 2, 7, 256) }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(logs, fc.integer({ min: 1, max: 5 }), async (lines, ranks) => {
      rmSync(join(folder, 'ranks'), { recursive: true, force: true });
      for (const { line, rank } of lines) appendFileSync(rankLogPath(folder, rank), line);
      const alone = await readJournal(Buffer.from(folder), plan).then(comparable, (error: unknown) => error);
      const together = await readOn(ranks).then(comparable, (error: unknown) => error);
      expect(together).toEqual(alone);
    }),
    { numRuns: 150 },
  );
});

test('blocks in the logs of several ranks that contradict each other are an error', async () => {
  writeRankLog(folder, 0, blockLine(plan, 3, [5, 0]));
  writeRankLog(folder, 1, blockLine(plan, 3, [6, 0]));
  await expect(readOn(2)).rejects.toThrow(ResumeError);
  await expect(readOn(2)).rejects.toThrow('counts for block 3 contradict those of an earlier line');
});

test('what fails on rank 0 lets the other ranks go on', async () => {
  const results = await new Collectives(3).run((world) =>
    withJournalReaders(world, world.rank === 0 ? () => Promise.reject(new Error('no such file')) : undefined).catch(
      (error: unknown) => (error as Error).message,
    ),
  );
  expect(results).toEqual(['no such file', undefined, undefined]);
});
