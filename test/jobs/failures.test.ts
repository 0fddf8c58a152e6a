import { existsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import { record, table } from '../support/bad-input-table.ts';
import { mpis, ownLines, readLog, runJob, statusesOfDeath, temporaryFolder } from '../support/job.ts';
import { prose } from '../support/text.ts';

// Something goes wrong on one rank while the job runs: the job ends, with the right status and nothing on standard output.

const { folder, remove } = temporaryFolder();
const file = join(folder, 'text.txt');
const timeoutSeconds = 30;

beforeEach(() => {
  writeFileSync(file, prose(20_000));
});
afterAll(() => {
  console.log(table());
  remove();
});

const faults = [
  { fault: 'exception', status: 70, says: /rank 1 on \S+: a bug, please report it with this: Error: injected \| at / },
  { fault: 'rejection', status: 70, says: /rank 1 on \S+: a bug, please report it with this: Error: injected \| at / },
  {
    fault: 'cut short',
    status: 3,
    // Rank 1 finds the file's end, unless rank 0 has compared the sizes before.
    says: /text\.txt: changed while it was counted(: of \d+ bytes, there is none at offset \d+ any more|, from \d+ to 1000 bytes)$/,
  },
  {
    fault: 'grows',
    status: 3,
    says: /text\.txt: changed while it was counted, from \d+ to \d+ bytes; if it only grows, --allow-growth counts it up to its size at the start$/,
  },
  { fault: 'written to', status: 3, says: /text\.txt: was written to while it was counted$/ },
  { fault: 'removed', status: 3, says: /text\.txt: no such file$/ },
];

describe.each(mpis)('%s', (mpi) => {
  test.each(faults)(
    '$fault on one rank ends the job, 3 ranks',
    { timeout: 40_000 },
    async ({ fault, status, says }) => {
      const environment = {
        NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'in-one-rank.cjs')}`,
        MPICOUNT_FAULT: fault,
        MPICOUNT_FAULT_RANK: '1',
      };
      const outcome = await runJob(mpi, 3, ['count', 'love', file], { timeoutSeconds, environment });
      record(`${fault}, on one rank`, mpi, outcome);
      expect(ownLines(outcome)).toEqual([expect.stringMatching(says)]);
      expect(outcome.stdout.toString()).toBe('');
      expect(outcome.status).toBe(status);
    },
  );

  test('a killed rank ends the job, 3 ranks', { timeout: 60_000 }, async () => {
    // Holes read as zeros: a long count without a long file.
    truncateSync(file, 2 ** 40);
    const logDir = join(folder, `killed-${mpi}`);
    const killed = killOnceCounting(logDir, 2);
    const outcome = await runJob(mpi, 3, ['count', 'love', '--log-dir', logDir, file], { timeoutSeconds });
    record('one rank killed', mpi, outcome);
    await killed;
    // Hydra writes its own account of it to standard output.
    expect(outcome.stdout.toString()).not.toContain('love');
    expect(statusesOfDeath(mpi, 'SIGKILL')).toContain(outcome.status);
    expect(existsSync(join(logDir, 'result.json'))).toBe(false);
  });
});

/** Waits until a rank has logged a block, and kills it. */
async function killOnceCounting(logDir: string, rank: number): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const log = existsSync(join(logDir, 'ranks')) && tryLog(logDir, rank);
    if (log && log.length >= 2) {
      process.kill(log[0]?.['pid'] as number, 'SIGKILL');
      return;
    }
  }
}

function tryLog(logDir: string, rank: number): Record<string, unknown>[] | undefined {
  try {
    return readLog(logDir, rank);
  } catch {
    return undefined; // not there yet, or in the middle of a line
  }
}
