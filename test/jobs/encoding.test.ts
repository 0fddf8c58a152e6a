// Whole jobs over text in encodings, plain, compressed, and beside text with byte order marks.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { pack } from '../decode/harness.ts';
import { casesOf, mpis, ownLines, program, readLog, run, runJob, temporaryFolder } from '../support/job.ts';
import { buildPreload, type Trouble } from '../support/preload.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const at = (name: string) => join(folder, name);
const timeoutSeconds = 60;
const text = 'It was many and many a year ago, résumé, naïve café: love.\nLOVE, lovely, un été\n'.repeat(800);
const latin1 = Buffer.from(text, 'latin1');
/** Text in ISO-8859-1, plain and in units, and in other encodings with their byte order marks. */
const files = ['plain', 'gzip', 'zstd', 'utf-16', 'utf-8'].map(at);
const searched = ['-i', '-w', '-e', 'love', '-e', 'résumé', '-e', 'été'];
let environmentOf: (trouble: Trouble) => Record<string, string>;

beforeAll(() => {
  environmentOf = buildPreload(folder);
  writeFileSync(at('decoded'), text);
  writeFileSync(at('plain'), latin1);
  for (const format of ['gzip', 'zstd'] as const) {
    const units = Array.from({ length: 5 }, (_, unit) => latin1.subarray(unit * 13_001, (unit + 1) * 13_001));
    const rest = latin1.subarray(5 * 13_001);
    writeFileSync(at(format), Buffer.concat([...units, rest].map((unit) => pack(format, unit))));
  }
  writeFileSync(at('utf-16'), Buffer.from(`\ufeff${text}`, 'utf16le'));
  writeFileSync(at('utf-8'), `\ufeff${text}`);
  writeFileSync(at('invalid'), Buffer.from('love\x81', 'latin1'));
});

const alone = (args: readonly string[]) => run([process.execPath, program, ...args], { timeoutSeconds });

describe.each(mpis)('%s', (mpi) => {
  test.each(casesOf(mpi, [1, 3]))(
    '%d ranks count text in any encoding as its UTF-8',
    { timeout: 200_000 },
    async (ranks) => {
      const expected = await alone(['count', ...searched, ...files.map(() => at('decoded'))]);
      expect(expected.stdout.toString()).toMatch(/^[1-9]\d*\tlove\n[1-9]\d*\trésumé\n[1-9]\d*\tété\n$/);
      for (const blockSize of ['4096', '1M']) {
        const args = ['count', ...searched, '--encoding', 'ISO-8859-1', '--block-size', blockSize, ...files];
        const counted = await runJob(mpi, ranks, args, { timeoutSeconds });
        expect(ownLines(counted)).toEqual([]);
        expect(counted.stdout.toString()).toBe(expected.stdout.toString());
        expect(counted.status).toBe(0);
      }
    },
  );

  test('a count is resumed with the same encoding only', { timeout: 200_000 }, async () => {
    const logs = at(`logs-${mpi}`);
    const args = ['count', 'love', ...files, '--block-size', '4096', '--log-dir', logs];
    const whole = await runJob(mpi, 3, [...args, '--encoding', 'latin1'], { timeoutSeconds });
    expect(whole.status).toBe(0);
    expect(readLog(logs, 0)[0]).toMatchObject({ event: 'start', encoding: 'latin1' });
    expect(JSON.parse(readFileSync(join(logs, 'result.json'), 'utf8'))).toMatchObject({ encoding: 'latin1' });
    rmSync(join(logs, 'result.json'));
    rmSync(join(logs, 'ranks', '000', 'rank-000001.jsonl'));
    for (const [other, shown] of [
      [[], 'without --encoding'],
      [['--encoding', 'CP1252'], 'with --encoding CP1252'],
    ] as const) {
      const refused = await runJob(mpi, 2, [...args, ...other, '--resume'], { timeoutSeconds });
      expect(ownLines(refused)).toEqual([
        expect.stringContaining(`cannot resume: it was begun with --encoding latin1, not ${shown}; give the same`),
      ]);
      expect(refused.status).toBe(3);
    }
    const resumed = await runJob(mpi, 2, [...args, '--encoding', 'latin1', '--resume'], { timeoutSeconds });
    expect(ownLines(resumed)).toEqual([]);
    expect(resumed.stdout.toString()).toBe(whole.stdout.toString());
  });

  test(
    'an encoding that one rank cannot decode is an error before anything is counted',
    { timeout: 60_000 },
    async () => {
      // That rank need not have any of the files.
      const failed = await runJob(mpi, 3, ['count', 'love', at('invalid'), '--encoding', 'CP1252'], {
        timeoutSeconds,
        environment: environmentOf({ file: 'any', rank: 2, call: 'iconv_open', failure: 'EINVAL' }),
      });
      expect(ownLines(failed)).toEqual([
        expect.stringMatching(
          /rank 2 on .+: --encoding: the encoding CP1252 is not known to iconv of .+ here; `iconv -l` lists those that are; rank 0 can decode it: install the modules of iconv here, too \(glibc-gconv-extra on Fedora and RHEL\)$/,
        ),
      ]);
      expect({ status: failed.status, stdout: failed.stdout.toString() }).toEqual({ status: 3, stdout: '' });
    },
  );

  test('what is not in the encoding is an error, or is skipped', { timeout: 100_000 }, async () => {
    const args = ['count', 'love', at('invalid'), at('plain'), '--encoding', 'CP1252'];
    const what = `${at('invalid')}: is not in the encoding CP1252: byte 4 (0x81) is not valid in it`;
    const failed = await runJob(mpi, 2, args, { timeoutSeconds });
    expect(ownLines(failed)).toEqual([expect.stringContaining(what)]);
    expect({ status: failed.status, stdout: failed.stdout.toString() }).toEqual({ status: 3, stdout: '' });
    const skipped = await runJob(mpi, 2, [...args, '--skip-unreadable'], { timeoutSeconds });
    expect(skipped.stderr).toContain(what);
    expect(skipped.stdout.toString()).toBe('1600\tlove\n');
    expect(skipped.status).toBe(6);
  });
});

describe('1 rank without a launcher', () => {
  test('a text that must be decoded from its start, in blocks and threads', { timeout: 60_000 }, async () => {
    const japanese = at('japanese');
    await run(['bash', '-c', `yes 'love 愛' | head -n 2000 | iconv -f UTF-8 -t SHIFT_JIS >'${japanese}'`], {
      timeoutSeconds,
    });
    writeFileSync(`${japanese}.gz`, pack('gzip', readFileSync(japanese)));
    const args = ['count', '-e', '愛', '-e', 'love', '--block-size', '4096', '--threads', '2'];
    const counted = await alone([...args, '--encoding', 'SHIFT_JIS//', japanese, `${japanese}.gz`]);
    expect(ownLines(counted)).toEqual([]);
    expect(counted.stdout.toString()).toBe('4000\t愛\n4000\tlove\n');
  });

  test('wc counts the text', { timeout: 60_000 }, async () => {
    const numbers = (stdout: Buffer) => stdout.toString().trim().split(/\s+/).slice(0, 4);
    const expected = numbers((await alone(['wc', at('decoded')])).stdout);
    for (const name of ['plain', 'gzip']) {
      const counted = await alone(['wc', '--encoding', 'ISO-8859-1', '--block-size', '1000', at(name)]);
      expect(numbers(counted.stdout)).toEqual(expected);
    }
  });

  test('pipes are decoded', { timeout: 100_000 }, async () => {
    const expected = await alone(['count', ...searched, at('decoded')]);
    for (const file of files) {
      const command = `cat ${file} | ${process.execPath} ${program} count ${searched.join(' ')} --encoding latin1 -`;
      const counted = await run(['bash', '-c', command], { timeoutSeconds });
      expect(ownLines(counted)).toEqual([]);
      expect(counted.stdout.toString()).toBe(expected.stdout.toString());
    }
  });

  test.each([
    [
      ['--encoding', 'KLINGON'],
      /^mpicount: --encoding: the encoding KLINGON is not known to iconv of .+ here; `iconv -l` lists those that are$/,
    ],
    [
      ['--encoding', 'CP1252//IGNORE'],
      /^mpicount: --encoding: 'CP1252\/\/IGNORE' is no name of an encoding; `iconv -l` lists them$/,
    ],
    [
      ['--encoding', 'CP1252', '--no-decompress'],
      /^mpicount: --encoding decodes text, --no-decompress counts it as stored: give one of them$/,
    ],
  ])('%j is wrong usage', { timeout: 60_000 }, async (args, message) => {
    const refused = await alone(['count', 'love', at('plain'), ...args]);
    expect(ownLines(refused)).toEqual([expect.stringMatching(message)]);
    expect({ status: refused.status, stdout: refused.stdout.toString() }).toEqual({ status: 2, stdout: '' });
  });
});
