import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ResumeError } from '../../src/job/journal/errors.ts';
import { readJournal } from '../../src/job/journal/journal.ts';
import { createPlan } from '../../src/job/plan/plan-file.ts';
import { program, run, temporaryFolder } from '../support/job.ts';
import { ofTwo, plan, two } from '../support/journals.ts';
import { startLine, writeRankLog } from '../support/log-folder.ts';

let folder: string;
let remove: () => void;
beforeEach(() => ({ folder, remove } = temporaryFolder()));
afterEach(() => {
  remove();
});

const read = () => readJournal(Buffer.from(folder), plan);

describe('invalid content of a journal', () => {
  test('is ignored: hosts beyond the limit', { timeout: 30_000 }, async () => {
    writeRankLog(folder, 0, ...Array.from({ length: 100_001 }, (_, index) => startLine(plan, `node${index}`)));
    const journal = await read();
    expect(journal).toMatchObject({ starts: 100_001, ignoredLines: 0 });
    expect(journal.hosts).toHaveLength(100_000);
  });

  test('is ignored in bounded memory: a line of half a gigabyte', { timeout: 40_000 }, async () => {
    createPlan(Buffer.from(folder), plan);
    const path = writeRankLog(folder, 0, two[0]);
    truncateSync(path, 2 ** 29);
    appendFileSync(path, `\n${two[1]}`);
    const hook = join(folder, 'hook.cjs');
    const code = "process.on('exit', () => require('fs').writeSync(2, String(process.resourceUsage().maxRSS)))";
    writeFileSync(hook, code);
    const command = [process.execPath, '--require', hook, program, 'status', '--format', 'json', folder];
    const { status, stdout, stderr } = await run(command, { timeoutSeconds: 30 });
    expect(JSON.parse(stdout.toString())).toMatchObject({ blocksDone: 2, ignoredLines: 1 });
    expect(status).toBe(0);
    expect(Number(stderr)).toBeLessThan(150 * 1024); // KiB
  });

  test('is not read for hours: a hole of many terabytes', { timeout: 40_000 }, async () => {
    const path = writeRankLog(folder, 0, two[0]);
    truncateSync(path, 2 ** 43);
    const message = `${path}: a line in it has no end, so it is no rank log; remove it, and what it may have counted is counted again`;
    await expect(read()).rejects.toThrow(new ResumeError(message));
  });

  test('is ignored: many lines of many megabytes', { timeout: 40_000 }, async () => {
    const huge = Buffer.alloc(3 * 2 ** 20, '{"event":"block","x":"');
    writeRankLog(folder, 0, huge, '\n', two[0], huge, '\n', two[1], huge);
    expect(await read()).toEqual({ ...ofTwo, ignoredLines: 3 });
  });
});
