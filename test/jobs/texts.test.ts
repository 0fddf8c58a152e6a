// Whole jobs over texts and lists that are not what they seem, and over pipes.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { launcherOf, mpis, ownLines, program, run, runJob, temporaryFolder, type Outcome } from '../support/job.ts';
import { prose } from '../support/text.ts';

const { folder, remove } = temporaryFolder();
const at = (name: string) => join(folder, name);
const timeoutSeconds = 30;
const book = at('book.txt');
const words = ['love', 'hate', 'aa', 'é'];

beforeAll(() => {
  writeFileSync(book, prose(900_000));
  writeFileSync(at('1.gz'), gzipSync('love'));
  writeFileSync(at('2.gz'), gzipSync('hate'));
  writeFileSync(at('utf-16.txt'), Buffer.from('\ufefflove', 'utf16le'));
  writeFileSync(at('lines.jsonl'), '{"text": "love"}\n{"text": "hate"}\n');
  writeFileSync(at('latin-1.txt'), Buffer.from('caf\xe9 caf', 'latin1'));
  writeFileSync(at('words'), `\ufeff${words.join('\r\n')}\r\n`);
});
afterAll(remove);

function expectDone(outcome: Outcome, stdout: string, notes: readonly string[]): void {
  expect(ownLines(outcome)).toEqual(notes.map((note) => `mpicount: note: ${note}`));
  expect(outcome.stdout.toString()).toBe(stdout);
  expect(outcome.status).toBe(0);
}

const ofGzip = (first: string, count: number, files: number) =>
  `${count} of ${files} files are compressed (gzip: ${count}; the first: ${first}); ` +
  'counted were the stored bytes, not the text in them: leave out --no-decompress, but decompress zip and 7z first';

describe.each(mpis)('%s', (mpi) => {
  test('compressed, UTF-16, JSON and Latin-1 texts are noted once per kind', { timeout: 40_000 }, async () => {
    const files = [book, at('1.gz'), at('utf-16.txt'), at('2.gz'), at('lines.jsonl'), at('latin-1.txt')];
    const outcome = await runJob(
      mpi,
      3,
      ['count', '-w', '-e', 'caf', '--no-decompress', '--block-size', '100K', ...files],
      {
        timeoutSeconds,
      },
    );
    expectDone(outcome, '2\tcaf\n', [
      ofGzip(at('1.gz'), 2, 6),
      `1 of 6 files is not UTF-8 (UTF-16: 1; the first: ${at('utf-16.txt')}); ` +
        'counted were the raw bytes, in which UTF-8 is not found: leave out --no-decompress, or name the encoding, as in --encoding UTF-32LE',
      `1 of 6 files is JSON lines (the first: ${at('lines.jsonl')}); ` +
        'counted were the raw bytes, names of fields and escapes included; to count in a field: --records jsonl:FIELD',
      `--word: 1 occurrence beside bytes that are not UTF-8 passed as words (the first in ${at('latin-1.txt')}), ` +
        'as in Latin-1: name the encoding, as in --encoding latin1',
    ]);
  });

  test('a resumed job notes texts that an earlier run counted, also in its result', { timeout: 80_000 }, async () => {
    const logs = at(`logs-${mpi}`);
    const args = ['count', 'no such', '--no-decompress', book, at('1.gz'), at('2.gz'), '--log-dir', logs];
    const note = ofGzip(at('1.gz'), 2, 3);
    expectDone(await runJob(mpi, 2, args, { timeoutSeconds }), '0\tno such\n', [note]);
    expectDone(await runJob(mpi, 3, [...args, '--resume'], { timeoutSeconds }), '0\tno such\n', [note]);
    expect(JSON.parse(readFileSync(join(logs, 'result.json'), 'utf8'))).toMatchObject({ notes: [note] });
  });

  test('a list with a byte order mark and CR LF has the visible patterns', { timeout: 40_000 }, async () => {
    const outcome = await runJob(mpi, 2, ['count', '-f', at('words'), book], { timeoutSeconds });
    const expected = await run([process.execPath, program, 'count', ...words.flatMap((word) => ['-e', word]), book], {
      timeoutSeconds,
    });
    expect(expected.stdout.toString()).toMatch(/^[1-9]\d*\tlove\n[1-9]/);
    expectDone(outcome, expected.stdout.toString(), [
      `${at('words')}: every line ends in CR LF, and the CR is not taken as part of it`,
    ]);
  });

  test('a pattern without occurrences that names a file is noted', { timeout: 40_000 }, async () => {
    const outcome = await runJob(mpi, 2, ['count', '-e', 'love', '-e', 'words', at('1.gz')], {
      timeoutSeconds,
      cwd: folder,
    });
    expect(ownLines(outcome).at(-1)).toBe(
      "mpicount: note: the pattern 'words' occurs nowhere and is the name of a file or folder: if that was to be counted in, " +
        "a word before it got lost (a lone ':' does; write -e:)",
    );
    expect(outcome.status).toBe(0);
  });

  test('one rank counts a pipe, several refuse it', { timeout: 60_000 }, async () => {
    const pipe = at(`pipe-${mpi}`);
    execFileSync('mkfifo', [pipe]);
    const command =
      `(sleep 0.2; cat ${book} >${pipe}) & ` +
      `${launcherOf(mpi)} -np 1 ${process.execPath} ${program} count love ${pipe}`;
    const { stdout } = await run([process.execPath, program, 'count', 'love', book], { timeoutSeconds });
    expectDone(await run(['bash', '-c', command], { timeoutSeconds }), stdout.toString(), []);
    const refused = await runJob(mpi, 2, ['count', 'love', pipe], { timeoutSeconds });
    expect(ownLines(refused)).toEqual([
      expect.stringMatching(
        /pipe-\w+: is a pipe, which cannot be cut into slices; save it to a file first, or count it with one rank$/,
      ),
    ]);
    expect(refused.stdout.toString()).toBe('');
    expect(refused.status).toBe(3);
  });
});

describe('pipes, 1 rank without a launcher', () => {
  const bash = (script: string) => run(['bash', '-c', script, process.execPath, program], { timeoutSeconds });

  test.each(['', '-i', '-w', '--overlapping', '-i -w --threads 3'])(
    'are counted like files: %s',
    { timeout: 60_000 },
    async (options) => {
      const patterns = words.map((word) => `-e ${word}`).join(' ');
      const ofFile = await bash(`"$0" "$1" count ${options} ${patterns} ${book} ${book}`);
      const ofPipe = await bash(`cat ${book} | "$0" "$1" count ${options} ${patterns} - <(cat ${book})`);
      expect(ofFile.status).toBe(0);
      expectDone(ofPipe, ofFile.stdout.toString(), []);
    },
  );

  test('have their sizes in the result, and are noted when compressed', { timeout: 40_000 }, async () => {
    const outcome = await bash(`cat ${at('1.gz')} | "$0" "$1" count --no-decompress --format json love - ${book}`);
    expect(JSON.parse(outcome.stdout.toString())).toMatchObject({
      files: 2,
      bytes: readFileSync(book).length + readFileSync(at('1.gz')).length,
      notes: [
        '1 of 2 files is compressed (gzip: 1; the first: -); ' +
          'counted were the stored bytes, not the text in them: leave out --no-decompress, but decompress zip and 7z first',
      ],
    });
  });

  test.each([
    [
      `--log-dir ${at('no-logs')} -`,
      /^mpicount: -: is a pipe, of which a count cannot be resumed; save it to a file first, or add --log summary$/,
    ],
    [`${at('twice')} ${at('twice')}`, /twice: is a pipe, which can be read only once, but is named twice$/],
  ])('are refused if they would have to be read again: %#', { timeout: 40_000 }, async (args, says) => {
    execFileSync('bash', ['-c', `test -p ${at('twice')} || mkfifo ${at('twice')}`]);
    const outcome = await bash(`"$0" "$1" count love ${args} </dev/null`);
    expect(ownLines(outcome)).toEqual([expect.stringMatching(says)]);
    expect(outcome.stdout.toString()).toBe('');
    expect(outcome.status).toBe(3);
  });

  test('with patterns are waited for when they are non-blocking', { timeout: 40_000 }, async () => {
    const script = `(sleep 0.5; echo love) | python3 -c 'import os; os.set_blocking(0, False); import sys; os.execv(sys.argv[1], sys.argv[1:])' "$0" "$1" count -f - ${book}`;
    const { stdout } = await run([process.execPath, program, 'count', 'love', book], { timeoutSeconds });
    expectDone(await bash(script), stdout.toString(), []);
  });
});
