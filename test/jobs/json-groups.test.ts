// Whole jobs that count in a field of JSON lines, broken down by another field, beside a naive reference.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { pack } from '../decode/harness.ts';
import { casesOf, mpis, program, readLog, run, runJob, temporaryFolder, type Outcome } from '../support/job.ts';
import { rankLogPath } from '../support/log-folder.ts';
import { randomNumbers } from '../support/text.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const job = { cwd: folder, timeoutSeconds: 60 };

const patterns = ['ab', 'a', 'bca', 'cccccc', 'nowhere', 'b c'];
const given = patterns.flatMap((pattern) => ['-e', pattern]);
const sources = ['web', 'news', 'b"o,x', 'café', 'tab\there', ''];

interface Document {
  /** Undefined if the line does not name its group. */
  readonly source: string | undefined;
  readonly text: string;
}

function makeDocuments(): readonly Document[] {
  const random = randomNumbers(11);
  const below = (limit: number) => random() % limit;
  return Array.from({ length: 400 }, () => {
    const length = [0, 5, 60, 300][below(4)] ?? 0;
    const source = sources[below(7)];
    return { source, text: Array.from({ length }, () => 'aabbc c\n'.charAt(below(8))).join('') };
  });
}
const documents = makeDocuments();
const groups = [...new Set(documents.map(({ source }) => source ?? ''))].sort((one, other) =>
  Buffer.compare(Buffer.from(one), Buffer.from(other)),
);

const countOf = (text: string, pattern: string) => text.split(pattern).length - 1;

/** The rows [count, records, pattern, group]. */
const rows = groups.flatMap((name) =>
  patterns.flatMap((pattern): (readonly [number, number, string, string])[] => {
    const counts = documents
      .filter(({ source }) => (source ?? '') === name)
      .map(({ text }) => countOf(text, pattern))
      .filter((count) => count > 0);
    return counts.length > 0 ? [[counts.reduce((sum, one) => sum + one), counts.length, pattern, name]] : [];
  }),
);
const quotedField = (field: string) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
const csv = [
  'count,records,pattern,group',
  ...rows.map((row) => row.map((field) => quotedField(String(field))).join(',')),
]
  .map((line) => `${line}\r\n`)
  .join('');

const lineOf = ({ source, text }: Document) => `${JSON.stringify({ text, meta: { id: 'ab', source } })}\n`;
const lines = documents.map(lineOf);
const unnamed = documents.filter(({ source }) => source === undefined).length;
const note = (path: string) =>
  `mpicount: note: --by: ${unnamed} lines do not name their group, and are in the group with the empty name (the first in ${path})\n`;

/** Packs lines in members of 20 lines each. */
const packed = Buffer.concat(
  Array.from({ length: lines.length / 20 }, (_, index) =>
    pack('gzip', Buffer.from(lines.slice(20 * index, 20 * (index + 1)).join(''))),
  ),
);

beforeAll(() => {
  writeFileSync(join(folder, 'all.jsonl'), lines.join(''));
  writeFileSync(join(folder, 'all.jsonl.gz'), packed);
  mkdirSync(join(folder, 'small'));
  // Some hundred small files, which are counted in batches.
  for (const [index, line] of lines.entries())
    writeFileSync(join(folder, 'small', `${String(index).padStart(3, '0')}.json`), line);
});

const by = ['--records', 'jsonl:text', '--by', 'jsonl:meta.source'];
const shown = ({ status, stdout, stderr }: Outcome) => ({
  status,
  stdout: stdout.toString(),
  stderr: stderr.match(/^mpicount: .*\n/gm)?.join('') ?? '',
});

/** Removes two thirds of the blocks from the log of rank 0. */
function removeBlocks(logDir: string): void {
  const path = rankLogPath(logDir, 0);
  const all = readFileSync(path, 'utf8').split('\n');
  const kept = all.filter((line, index) => !line.includes('"event":"block"') || index % 3 === 0);
  expect(all.length - kept.length).toBeGreaterThan(2);
  writeFileSync(path, kept.join('\n'));
}

describe.each(mpis)('%s', (mpi) => {
  test.each(
    casesOf(mpi, [
      { ranks: 1, input: 'all.jsonl', blockSize: '3000', schedule: 'static', threads: '2', again: 3 },
      { ranks: 2, input: 'all.jsonl', blockSize: '700', schedule: 'dynamic', threads: '1', again: 1 },
      { ranks: 3, input: 'all.jsonl.gz', blockSize: '400', schedule: 'static', threads: '1', again: 2 },
      { ranks: 2, input: 'all.jsonl.gz', blockSize: '1000', schedule: 'dynamic', threads: '3', again: 3 },
    ]),
  )(
    'the groups are those of a naive reference: $ranks ranks, $input, blocks of $blockSize bytes, $schedule, $threads threads, resumed with $again',
    { timeout: 240_000 },
    async ({ ranks, input, blockSize, schedule, threads, again }) => {
      const logDir = join(folder, `logs-${mpi}-${input}-${ranks}`);
      const options = ['--block-size', blockSize, '--schedule', schedule, '--threads', threads, '--format', 'csv'];
      const args = ['count', ...by, ...options, '--log-dir', logDir, ...given, input];
      const expected = { status: 0, stdout: csv, stderr: note(input) };
      expect(shown(await runJob(mpi, ranks, args, job))).toEqual(expected);
      removeBlocks(logDir);
      expect(shown(await runJob(mpi, again, [...args, '--resume'], job))).toEqual(expected);
    },
  );

  test('small files in batches are one block, whatever the threads: 2 ranks', { timeout: 120_000 }, async () => {
    const logDir = join(folder, `small-${mpi}`);
    const files = ['--log-dir', logDir, '--block-size', '20K', 'small'];
    const args = ['count', ...by, '--format', 'csv', ...given, ...files];
    const first = documents.findIndex(({ source }) => source === undefined);
    const expected = { status: 0, stdout: csv, stderr: note(`small/${String(first).padStart(3, '0')}.json`) };
    expect(shown(await runJob(mpi, 2, [...args, '--threads', '3'], job))).toEqual(expected);
    const block = readLog(logDir, 0).find(({ event }) => event === 'block') as { groups: string[] } | undefined;
    expect(block?.groups).toEqual([...new Set(block?.groups)].sort());
  });

  test('text, JSON with the records of each group, and the status: 2 ranks', { timeout: 120_000 }, async () => {
    const text = shown(await runJob(mpi, 2, ['count', ...by, ...given, 'all.jsonl'], job));
    const linesOfText = rows.map((row) => `${row.join('\t').replace('tab\there', 'tab\\x09here')}\n`);
    expect(text).toEqual({ status: 0, stdout: linesOfText.join(''), stderr: note('all.jsonl') });

    const logDir = join(folder, `json-${mpi}`);
    const args = ['count', ...by, '--format', 'json', '--log-dir', logDir, ...given, 'all.jsonl'];
    const { stdout } = await runJob(mpi, 2, args, job);
    const result = JSON.parse(stdout.toString()) as {
      records: number;
      by: string;
      groups: { group: string; records: number; patterns: { pattern: string; count: number; records: number }[] }[];
    };
    expect(result).toMatchObject({ by: 'jsonl:meta.source', records: documents.length });
    expect(result.groups.map(({ group, records }) => [group, records])).toEqual(
      groups.map((name) => [name, documents.filter(({ source }) => (source ?? '') === name).length]),
    );
    expect(
      result.groups.flatMap(({ group, patterns: found }) =>
        found.map(({ pattern, count, records }) => [count, records, pattern, group]),
      ),
    ).toEqual(rows);
    const told = await run([process.execPath, program, 'status', logDir], job);
    const total = (index: 0 | 1, pattern: string) =>
      rows.reduce((sum, row) => sum + (row[2] === pattern ? row[index] : 0), 0);
    const totals = patterns.map((pattern) => `${total(0, pattern)}\t${total(1, pattern)}\t${pattern}\n`).join('');
    expect(told.stdout.toString()).toContain(totals);

    const other = shown(await runJob(mpi, 2, [...args, '--resume', '--by', 'jsonl:source'], job));
    expect(other).toMatchObject({ status: 3, stdout: '' });
    expect(other.stderr).toContain('it was begun with --by jsonl:meta.source, not with --by jsonl:source;');
  });

  test('a group that is no string is an input error, or left out; standard input: 1 rank', async () => {
    const input = '{"s":"x","text":"ab"}\n{"s":1,"text":"ab"}\n{"s":"x","text":"ab ab"}\n';
    const count = async (...more: readonly string[]) => {
      const command = `cd '${folder}' && printf '%s' '${input}' | "$0" "$1" count --records jsonl:text --by jsonl:s ${more.join(' ')} ab -`;
      return shown(await run(['bash', '-c', command, process.execPath, program], job));
    };
    const failed = await count();
    expect(failed).toMatchObject({ status: 3, stdout: '' });
    expect(failed.stderr).toContain('at byte 22 of the text has a group that is no string; to leave such lines out');
    expect(await count('--skip-invalid')).toMatchObject({ status: 6, stdout: '3\t2\tab\tx\n' });
  });

  test('groups of lines without a field to count in are wrong usage: 2 ranks', async () => {
    for (const records of [[], ['--records', 'line'], ['--records', 'fastq']]) {
      const args = ['count', ...records, '--by', 'jsonl:meta.source', ...given, 'all.jsonl'];
      const { status, stdout, stderr } = shown(await runJob(mpi, 2, args, job));
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain('--by jsonl:FIELD needs --records jsonl:FIELD, the field of each line to count in');
    }
  });
});
