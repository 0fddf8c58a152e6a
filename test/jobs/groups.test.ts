import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, describe, expect, test } from 'vitest';

import { casesOf, mpis, program, readLog, run, runJob, temporaryFolder, type Outcome } from '../support/job.ts';
import { rankLogPath } from '../support/log-folder.ts';
import { randomNumbers } from '../support/text.ts';

// Counts that are broken down, beside a naive reference.

const { folder, remove } = temporaryFolder();
afterAll(remove);

const patterns = ['ab', 'a', 'bca', 'cccccc', 'nowhere', 'b c'];
const sources = ['news', 'books', 'b"o,x', 'caf\xe9'];

/** The texts of the corpus by path, in the order of the paths: of many sizes, some of them empty, some compressed in several members. */
function makeCorpus(): ReadonlyMap<string, string> {
  const random = randomNumbers(7);
  const below = (limit: number) => random() % limit;
  const texts = new Map<string, string>();
  for (let index = 0; index < 60; index += 1) {
    const length = [0, 5, 60, 700, 3000][below(5)] ?? 0;
    const text = Array.from({ length }, () => 'aabbc c\n'.charAt(below(8))).join('');
    const isPacked = below(4) === 0;
    const name = index === 33 ? 'a\ttab' : `${String(index).padStart(2, '0')}.txt`;
    texts.set(`corpus/${sources[below(4)] ?? ''}/${name}${isPacked ? '.gz' : ''}`, text);
  }
  const inOrder = [...texts].sort(([one], [other]) => (one < other ? -1 : 1));
  for (const [path, text] of inOrder) {
    const bytes = Buffer.from(text);
    const [half, whole] = [bytes.subarray(0, text.length / 2), bytes.subarray(text.length / 2)];
    const at = Buffer.from(join(folder, path), 'latin1');
    mkdirSync(Buffer.from(dirname(at.toString('latin1')), 'latin1'), { recursive: true });
    writeFileSync(at, path.endsWith('.gz') ? Buffer.concat([gzipSync(half), gzipSync(whole)]) : bytes);
  }
  return new Map(inOrder);
}
const corpus = makeCorpus();

const countOf = (text: string, pattern: string) => text.split(pattern).length - 1;

/** Returns the rows [count, pattern, group] of the texts. @param groupOf Returns the name of a file's group. */
function rowsBy(
  groupOf: (path: string) => string,
  texts: ReadonlyMap<string, string> = corpus,
): [number, string, string][] {
  const counts = new Map<string, number[]>();
  for (const [path, text] of texts) {
    const sums = counts.get(groupOf(path)) ?? patterns.map(() => 0);
    counts.set(
      groupOf(path),
      sums.map((sum, index) => sum + countOf(text, patterns[index] ?? '')),
    );
  }
  const names = [...counts.keys()].sort();
  return names.flatMap((name) =>
    (counts.get(name) ?? []).flatMap((count, index): [number, string, string][] =>
      count > 0 ? [[count, patterns[index] ?? '', name]] : [],
    ),
  );
}

const quotedField = (field: string) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
const csvOf = (rows: readonly [number, string, string][]) =>
  ['count,pattern,group', ...rows.map((row) => row.map((field) => quotedField(String(field))).join(','))]
    .map((line) => `${line}\r\n`)
    .join('');

const groupings = [
  { by: 'file', rows: rowsBy((path) => path) },
  { by: 'path:^corpus/([^/]+)/', rows: rowsBy((path) => path.split('/')[1] ?? '') },
  { by: 'path:/(\\d)\\d\\.', rows: rowsBy((path) => /\/(\d)\d\./.exec(path)?.[1] ?? '') },
];
const unmatched =
  'mpicount: note: --by: 1 of 60 files does not match, and is in the group with the empty name (the first: ';

const job = { cwd: folder, timeoutSeconds: 60 };
const given = [...patterns.flatMap((pattern) => ['-e', pattern]), 'corpus'];
const shown = ({ status, stdout, stderr }: Outcome) => ({ status, stdout: stdout.toString('latin1'), stderr });

/** Removes two thirds of the blocks from the log of rank 0. */
function removeBlocks(logDir: string): void {
  const path = rankLogPath(logDir, 0);
  const lines = readFileSync(path, 'utf8').split('\n');
  const kept = lines.filter((line, index) => !line.includes('"event":"block"') || index % 3 === 0);
  expect(lines.length - kept.length).toBeGreaterThan(5);
  writeFileSync(path, kept.join('\n'));
}

describe.each(mpis)('%s', (mpi) => {
  test.each(
    casesOf(mpi, [
      { ranks: 1, blockSize: '300', schedule: 'static', again: 3 },
      { ranks: 2, blockSize: '64', schedule: 'dynamic', again: 1 },
      { ranks: 3, blockSize: '1000', schedule: 'static', again: 7 },
      { ranks: 7, blockSize: '200', schedule: 'dynamic', again: 2 },
    ]),
  )(
    'counts by file and by path are those of a naive reference: $ranks ranks, blocks of $blockSize bytes, $schedule, resumed with $again',
    { timeout: 240_000 },
    async ({ ranks, blockSize, schedule, again }) => {
      for (const [index, { by, rows }] of groupings.entries()) {
        const logDir = join(folder, `logs-${mpi}-${ranks}-${index}`);
        const options = ['--by', by, '--block-size', blockSize, '--schedule', schedule, '--threads', '2'];
        const args = ['count', '--format', 'csv', '--log-dir', logDir, ...options, ...given];
        const expected = {
          status: 0,
          stdout: csvOf(rows),
          stderr: expect.stringMatching(/^$|^mpicount: note/) as unknown,
        };
        expect(shown(await runJob(mpi, ranks, args, job))).toEqual(expected);
        removeBlocks(logDir);
        const resumed = shown(await runJob(mpi, again, [...args, '--resume'], job));
        expect(resumed).toEqual(expected);
        expect(resumed.stderr.includes(unmatched)).toBe(index === 2);
      }
    },
  );

  test('groups are in result.json beside the totals; the status has the totals: 2 ranks', async () => {
    const logDir = join(folder, `json-${mpi}`);
    const [, byPath] = groupings;
    const args = ['count', '--by', byPath?.by ?? '', '--format', 'json', '--log-dir', logDir, ...given];
    const { status, stdout } = await runJob(mpi, 2, args, job);
    expect(status).toBe(0);
    expect(readFileSync(join(logDir, 'result.json')).equals(stdout)).toBe(true);
    const result = JSON.parse(stdout.toString()) as {
      patterns: { pattern: string; count: number }[];
      groups: { group: unknown; patterns: { pattern: string; count: number }[] }[];
    };
    const nameOf = (group: unknown) => (typeof group === 'string' ? group : 'caf\xe9');
    const rows = result.groups.flatMap(({ group, patterns: found }) =>
      found.map(({ pattern, count }) => [count, pattern, nameOf(group)]),
    );
    expect(rows).toEqual(byPath?.rows);
    const totals = patterns.map((pattern) => ({
      pattern,
      count: [...corpus.values()].reduce((sum, text) => sum + countOf(text, pattern), 0),
    }));
    expect(result.patterns).toEqual(totals);
    const told = await run([process.execPath, program, 'status', logDir], job);
    expect(told.stdout.toString()).toContain(totals.map(({ pattern, count }) => `${count}\t${pattern}\n`).join(''));
    expect(readLog(logDir, 0)[0]).toMatchObject({ event: 'start', by: byPath?.by });

    const other = await runJob(mpi, 2, [...args, '--resume', '--by', 'file'], job);
    expect(other.stderr).toContain('cannot resume: it was begun with --by path:^corpus/([^/]+)/, not with --by file;');
    expect({ status: other.status, stdout: other.stdout.toString() }).toEqual({ status: 3, stdout: '' });
  });

  test('text has the group as the last column, IDs and control characters included: 3 ranks', async () => {
    const list = join(folder, 'list');
    writeFileSync(list, patterns.map((pattern, index) => `p${index}\t${pattern}\n`).join(''));
    const outcome = shown(await runJob(mpi, 3, ['count', '--by', 'file', '--ids', '-f', list, 'corpus'], job));
    const lines = rowsBy((path) => path).map(([count, pattern, path]) => {
      const name = path.includes('\t') ? path.replace('\t', '\\x09').replace('\xe9', '\\xe9') : path;
      return `${count}\tp${patterns.indexOf(pattern)}\t${pattern}\t${name}\n`;
    });
    expect(outcome).toEqual({ status: 0, stdout: lines.join(''), stderr: '' });
  });

  test('the lines that contain each pattern are counted by group, too: 3 ranks', async () => {
    const groupOf = (path: string) => path.split('/')[1] ?? '';
    const linesWith = (name: string, pattern: string) =>
      [...corpus]
        .flatMap(([path, text]) => (groupOf(path) === name ? text.split('\n') : []))
        .filter((line) => line.includes(pattern)).length;
    const rows = rowsBy(groupOf).map(([count, pattern, name]) =>
      [count, linesWith(name, pattern), pattern, quotedField(name)].join(','),
    );
    const options = ['--records', 'line', '--by', 'path:^corpus/([^/]+)/', '--block-size', '200', '--format', 'csv'];
    expect(shown(await runJob(mpi, 3, ['count', ...options, ...given], job))).toEqual({
      status: 0,
      stdout: ['count,records,pattern,group', ...rows].map((line) => `${line}\r\n`).join(''),
      stderr: '',
    });
  });

  test('a file that is skipped is in no group: 3 ranks', async () => {
    const damaged = join(folder, `damaged-${mpi}.gz`);
    const packed = gzipSync('ab '.repeat(9000));
    writeFileSync(damaged, packed.subarray(0, packed.length - 6));
    const args = ['count', '--by', 'file', '--skip-unreadable', '--format', 'csv', ...given, damaged];
    const { status, stdout, stderr } = shown(await runJob(mpi, 3, args, job));
    expect({ status, stdout }).toEqual({ status: 6, stdout: csvOf(groupings[0]?.rows ?? []) });
    expect(stderr).toContain(damaged);
    rmSync(damaged);
  });

  test('standard input is a group of its own after the files: 1 rank', async () => {
    const command = `cd '${folder}' && printf 'ab a ab' | "$0" "$1" count --by file --format csv -e ab -e a -e x - one`;
    writeFileSync(join(folder, 'one'), 'a ab x');
    const outcome = await run(['bash', '-c', command, process.execPath, program], job);
    expect(shown(outcome)).toEqual({
      status: 0,
      stdout: csvOf([
        [1, 'ab', 'one'],
        [2, 'a', 'one'],
        [1, 'x', 'one'],
        [2, 'ab', '-'],
        [3, 'a', '-'],
      ]),
      stderr: '',
    });
  });

  test('an invalid group is wrong usage: 2 ranks', async () => {
    const { status, stdout } = await runJob(mpi, 2, ['count', '--by', 'path:(', ...given], job);
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 2, stdout: '' });
  });
});
