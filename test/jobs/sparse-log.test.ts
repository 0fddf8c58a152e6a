import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { mpis, program, readLog, run, runJob, temporaryFolder } from '../support/job.ts';
import { rankLogPath } from '../support/log-folder.ts';

// Counts of many patterns, of which each block has a few: their logs are sparse.

const { folder, remove } = temporaryFolder();
afterAll(remove);
const words = Array.from({ length: 3000 }, (_, index) => `word${index} `);
const list = join(folder, 'words');
writeFileSync(list, words.map((word) => `${word}\n`).join(''));
const text = join(folder, 'text');
writeFileSync(
  text,
  words
    .filter((_, index) => index % 7 === 0)
    .join('')
    .repeat(2),
);
const totals = words.map((word, index) => `${index % 7 === 0 ? 2 : 0}\t${word}\n`).join('');

const job = { timeoutSeconds: 30 };

test.each(mpis)('a count with a sparse log is resumed: %s, 2 and 3 ranks', { timeout: 90_000 }, async (mpi) => {
  const logDir = join(folder, `logs-${mpi}`);
  const args = ['count', '--log-dir', logDir, '--block-size', '500', '-f', list, text];
  const counted = await runJob(mpi, 2, args, job);
  expect({ ...counted, stdout: counted.stdout.toString() }).toMatchObject({ status: 0, stdout: totals, stderr: '' });
  const blocks = readLog(logDir, 1).filter(({ event }) => event === 'block');
  expect(blocks.length).toBeGreaterThan(5);
  for (const block of blocks) expect(block).toMatchObject({ sparse: { length: 3000 } });

  const path = rankLogPath(logDir, 0);
  const kept = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line, index) => !line.includes('"event":"block"') || index % 2 === 0);
  writeFileSync(path, kept.join('\n'));
  const status = await run([process.execPath, program, 'status', logDir, '--format', 'json'], job);
  expect(JSON.parse(status.stdout.toString())).toMatchObject({ complete: false, ignoredLines: 0 });
  const resumed = await runJob(mpi, 3, [...args, '--resume'], job);
  expect({ ...resumed, stdout: resumed.stdout.toString() }).toMatchObject({ status: 0, stdout: totals, stderr: '' });
});
