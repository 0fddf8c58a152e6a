import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ownLines, program, run, temporaryFolder } from '../support/job.ts';

// A count that is started by hand, with a standard output on which nothing reaches anyone.

const { folder, remove } = temporaryFolder();
const file = join(folder, 'text.txt');
const timeoutSeconds = 20;

beforeAll(() => {
  writeFileSync(file, 'love and hate\n');
});
afterAll(remove);

const runRedirected = (redirection: string, ...args: string[]) =>
  run(['sh', '-c', `exec "$0" "$@" ${redirection}`, process.execPath, program, ...args], { timeoutSeconds });

const refusal =
  'mpicount: cannot write to standard output: it is closed, or discarded by what started mpicount; ' +
  'redirect it to a file, or give --log-dir, where result.json keeps the totals\n';

describe('a standard output that loses its bytes', () => {
  test.each([
    ['closed', '>&-'],
    ['closed like standard input', '<&- >&-'],
    ['open for reading', '1</dev/null'],
  ])('is refused: %s', { timeout: 30_000 }, async (_name, redirection) => {
    expect(await runRedirected(redirection, 'count', 'love', file)).toMatchObject({ status: 5, stderr: refusal });
  });

  test('does not hide wrong usage', { timeout: 30_000 }, async () => {
    const stderr = 'mpicount: no file to count in; see: mpicount --help\n';
    expect(await runRedirected('>&-', 'count', 'love')).toMatchObject({ status: 2, stderr });
  });

  test('is accepted with a log folder, which gets the result', { timeout: 30_000 }, async () => {
    const logDir = join(folder, 'logs');
    const outcome = await runRedirected('>&-', 'count', '--log-dir', logDir, 'love', file);
    const stderr = `mpicount: note: standard output is closed; ${logDir}/result.json has the totals when all is counted\n`;
    expect(outcome).toMatchObject({ status: 0, stderr });
    expect(JSON.parse(readFileSync(join(logDir, 'result.json'), 'utf8'))).toMatchObject({
      patterns: [{ pattern: 'love', count: 1 }],
    });
  });

  test('is accepted by launch, which says where the totals are', { timeout: 30_000 }, async () => {
    const logDir = join(folder, 'launched');
    const outcome = await runRedirected('>&-', 'launch', '--', 'count', '--log-dir', logDir, 'love', file);
    expect(outcome.status).toBe(0);
    expect(ownLines(outcome).slice(2)).toEqual([
      expect.stringMatching(/^mpicount: report: /),
      `mpicount: note: standard output is closed; the totals are in ${logDir}/result.json`,
    ]);
    expect(JSON.parse(readFileSync(join(logDir, 'result.json'), 'utf8'))).toMatchObject({
      patterns: [{ pattern: 'love', count: 1 }],
    });
  });

  test('does not include a redirection to /dev/null by the shell', { timeout: 30_000 }, async () => {
    expect(await runRedirected('>/dev/null', 'count', 'love', file)).toMatchObject({ status: 0, stderr: '' });
  });
});
