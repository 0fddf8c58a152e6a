// Whole jobs that count in a field of JSON lines, and in the sequences of FASTQ.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { pack } from '../decode/harness.ts';
import { referenceCounts } from '../search/reference.ts';
import { mpis, program, run, runJob, temporaryFolder } from '../support/job.ts';
import { prose } from '../support/text.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const at = (name: string) => join(folder, name);
const timeoutSeconds = 60;

/** A text cut into documents at its line ends. */
const documents = prose(60_000, 3)
  .toString()
  .split(/(?<=\n)(?=l|p|r)/)
  .map((document) => document.replace(/\n$/, ''));
const patterns = ['love', 'prince', 'résumé', '愛', 'Andrew', 'hope less'];
const given = patterns.flatMap((pattern) => ['-e', pattern]);

const jsonLines = (escape: (json: string) => string) =>
  documents
    .map((text, id) => `${escape(JSON.stringify({ url: 'http://love.example/love', id, meta: { text } }))}\n`)
    .join('');
const ascii = (json: string) =>
  json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Packs a text in units of so many bytes. */
const packed = (text: string, size: number) => {
  const bytes = Buffer.from(text);
  const units = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    pack('gzip', bytes.subarray(size * index, size * (index + 1))),
  );
  return Buffer.concat(units);
};

/** The lines of totals for records with these texts. */
function totalsOf(texts: readonly string[], { word = false } = {}): string {
  const options = { ignoreCase: false, word, overlapping: false };
  const bytes = patterns.map((pattern) => Buffer.from(pattern));
  const rows = texts.map((text) => referenceCounts(Buffer.from(text), bytes, options));
  return patterns
    .map((pattern, index) => {
      const counts = rows.map((row) => row[index]!);
      const count = counts.reduce((sum, one) => sum + one, 0n);
      return `${count}\t${counts.filter((one) => one > 0n).length}\t${pattern}\n`;
    })
    .join('');
}

const reads = Array.from({ length: 900 }, (_, index) => 'ACGTTGCAAC'.repeat(4).slice(index % 7, 12 + (index % 28)));
const fastq = reads
  .map((read, index) => `@r${index}\n${read}\n+\n${'@+I!'.repeat(10).slice(0, read.length)}\n`)
  .join('');

const invalid = ['{"text":"love"', '{"text":1}', 'love', '{"text":"lo\tve"}'];
const withInvalid = invalid.map((line) => `{"text":"love"}\n${line}\n\n{"a":1}\n`).join('');

beforeAll(() => {
  writeFileSync(
    at('utf8.jsonl'),
    jsonLines((json) => json),
  );
  writeFileSync(at('ascii.jsonl'), jsonLines(ascii));
  writeFileSync(
    at('utf8.jsonl.gz'),
    packed(
      jsonLines((json) => json),
      1500,
    ),
  );
  writeFileSync(at('plain.txt'), documents.join('\n'));
  writeFileSync(at('reads.fastq'), fastq);
  writeFileSync(at('reads.fastq.gz'), packed(fastq, 900));
  writeFileSync(at('not.fastq'), fastq.replace('\n+\n', '\n-\n'));
  writeFileSync(at('invalid.jsonl'), withInvalid);
  mkdirSync(at('logs'));
});

describe.each(mpis)('%s', (mpi) => {
  const count = async (ranks: number, ...args: readonly string[]) => {
    const outcome = await runJob(mpi, ranks, ['count', ...args], { timeoutSeconds, cwd: folder });
    // Without what the launcher says of a status.
    const stderr = outcome.stderr.match(/^mpicount: .*\n/gm)?.join('') ?? '';
    return { status: outcome.status, stdout: outcome.stdout.toString(), stderr };
  };

  test('the totals of a text as JSON lines are those of the text', { timeout: 300_000 }, async () => {
    expect(documents.length).toBeGreaterThan(100);
    const plain = (await count(1, '-w', ...given, 'plain.txt')).stdout;
    const expected = totalsOf(documents, { word: true });
    expect(expected.replace(/^(\d+)\t\d+/gm, '$1')).toBe(plain);
    for (const [ranks, file, ...more] of [
      [1, 'utf8.jsonl'],
      [3, 'utf8.jsonl', '--block-size', '700', '--threads', '2'],
      [2, 'ascii.jsonl', '--block-size', '61', '--schedule', 'dynamic'],
      [3, 'utf8.jsonl.gz', '--block-size', '500'],
      [2, 'utf8.jsonl.gz', '--block-size', '100', '--schedule', 'dynamic'],
    ] as const) {
      const args = ['--records', 'jsonl:meta.text', '-w', ...more, ...given, file];
      expect(await count(ranks, ...args)).toEqual({ status: 0, stdout: expected, stderr: '' });
    }
  });

  test('JSON lines that are counted raw are noted, with the way to ask', { timeout: 60_000 }, async () => {
    const { status, stderr } = await count(2, 'love', 'utf8.jsonl');
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr:
        'mpicount: note: 1 of 1 files is JSON lines (the first: utf8.jsonl); counted were the raw bytes, names of fields and ' +
        'escapes included; to count in a field: --records jsonl:FIELD\n',
    });
  });

  test('a line that is not valid is an error, or is left out', { timeout: 120_000 }, async () => {
    const error = await count(2, '--records', 'jsonl:text', '--block-size', '40', 'love', 'invalid.jsonl');
    expect(error).toMatchObject({ status: 3, stdout: '' });
    expect(error.stderr).toMatch(
      /invalid\.jsonl: the line at byte (16|56|92|122) (is no JSON object: |has a field that is no string; )/,
    );

    const logDir = at(`logs/${mpi}`);
    const args = ['--records', 'jsonl:text', '--skip-invalid', '--block-size', '40', 'love', at('invalid.jsonl')];
    const offsets = invalid.map((line) => withInvalid.indexOf(`\n${line}\n`) + 1);
    const listed = offsets.map((offset) => `mpicount: left out: ${at('invalid.jsonl')}: the line at byte ${offset}\n`);
    const skipped = await count(3, ...args, '--log-dir', logDir);
    expect(skipped).toEqual({
      status: 6,
      stdout: '4\t4\tlove\n',
      stderr: `${listed.join('')}mpicount: 4 lines are not valid and not counted, so the status is 6\n`,
    });
    const file = at('invalid.jsonl');
    const expected = { lines: 4, first: offsets.map((offset) => ({ file, offset })) };
    const result = { complete: false, records: 8, skipInvalid: true, recordUnit: 'jsonl:text', invalid: expected };
    expect(JSON.parse(readFileSync(join(logDir, 'result.json'), 'utf8'))).toMatchObject(result);
    const status = await run([process.execPath, program, 'status', logDir, '--format', 'json'], { timeoutSeconds });
    expect(JSON.parse(status.stdout.toString())).toMatchObject({ complete: false, records: 8, invalid: expected });
    // What an earlier run left out is known from the journal.
    expect(await count(2, ...args, '--log-dir', logDir, '--resume')).toEqual(skipped);
    const other = await count(2, ...args.filter((arg) => arg !== '--skip-invalid'), '--log-dir', logDir, '--resume');
    expect(other).toMatchObject({ status: 3, stdout: '' });
    expect(other.stderr).toContain('cannot resume: it was begun with --skip-invalid');
  });

  test('the sequences of FASTQ are counted, wherever it is cut', { timeout: 300_000 }, async () => {
    const occurrences = reads.map((read) => read.split('TTGC').length - 1);
    const expected = `${occurrences.reduce((sum, one) => sum + one, 0)}\t${occurrences.filter((one) => one > 0).length}\tTTGC\n0\t0\t@\n`;
    for (const [ranks, file, ...more] of [
      [1, 'reads.fastq'],
      [3, 'reads.fastq', '--block-size', '37', '--threads', '2'],
      [3, 'reads.fastq.gz', '--block-size', '64'],
      [2, 'reads.fastq.gz', '--block-size', '300', '--schedule', 'dynamic'],
    ] as const) {
      const args = ['--records', 'fastq', ...more, '-e', 'TTGC', '-e', '@', file];
      expect(await count(ranks, ...args)).toEqual({ status: 0, stdout: expected, stderr: '' });
    }
    const error = await count(2, '--records', 'fastq', 'ACGT', 'not.fastq');
    expect(error).toMatchObject({ status: 3, stdout: '' });
    expect(error.stderr).toContain(
      "not.fastq: the line at byte 17 is no FASTQ: the third line of a record begins with '+', but the line does not",
    );
  });
});
