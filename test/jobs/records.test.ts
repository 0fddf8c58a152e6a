// Whole jobs that count records, beside grep -c.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { pack } from '../decode/harness.ts';
import { launcherOf, mpis, program, run, runJob, temporaryFolder, type Mpi } from '../support/job.ts';
import { buildPreload, type Trouble } from '../support/preload.ts';
import { blocksCounted, runAndDisturb } from '../support/stopped-job.ts';
import { prose } from '../support/text.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const at = (name: string) => join(folder, name);
const timeoutSeconds = 60;
const blockSize = 512;

/** Lines of all kinds: short, empty, with CR LF, longer than many blocks, and a last one without a newline. */
const text = Buffer.concat([
  prose(20_000),
  Buffer.from('\n\n\r\nlove\r\nlove love\r\n\nLOVE'),
  Buffer.from('\nno such word here '.repeat(200).replaceAll('\n', ' ')),
  Buffer.from('love\n'),
  Buffer.from(`love ${'lovelovelove '.repeat(400)}\n${'x'.repeat(5000)}\n`),
  prose(10_000),
  Buffer.from('\nthe last line: glove'),
]);
const files = {
  'text.txt': text,
  empty: Buffer.of(),
  'a newline': Buffer.from('\n'),
  'no newline': Buffer.from('love'),
  'more.txt': prose(3000),
};
/** The same text in units of 700 bytes. */
const divided = Buffer.concat(
  Array.from({ length: Math.ceil(text.length / 700) }, (_, index) =>
    pack('gzip', text.subarray(700 * index, 700 * (index + 1))),
  ),
);
const names = Object.keys(files);
const patterns = ['love', 'e', 'the ', 'no such word'];
const given = patterns.flatMap((pattern) => ['-e', pattern]);
let trouble: (trouble: Trouble) => Record<string, string>;
let logs = 0;
const newLogDir = () => at(`logs-${(logs += 1)}`);

beforeAll(() => {
  trouble = buildPreload(folder);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(at(name), bytes);
  writeFileSync(at('divided.gz'), divided);
});

/** The number of lines with a pattern in some files, as grep tells it. */
function grepCount(pattern: string, options: readonly string[], inputs: readonly string[]): number {
  const input = Buffer.concat(inputs.map((name) => terminated(readFileSync(at(name)))));
  const environment = { ...process.env, LC_ALL: 'C.UTF-8' };
  const args = ['-a', '-F', '-c', ...options, '-e', pattern];
  // The status is 1 if there is no such line.
  const shell = ['-c', 'grep "$@" || test $? -eq 1', 'sh', ...args];
  return Number(execFileSync('sh', shell, { input, env: environment }).toString());
}

/** A last line without a newline does not go on in the next file. */
function terminated(bytes: Buffer): Buffer {
  return bytes.length === 0 || bytes.at(-1) === 0x0a ? bytes : Buffer.concat([bytes, Buffer.from('\n')]);
}

/** The lines of the totals: the occurrences as mpicount counts them without records, and the lines that grep counts. */
async function expectedText(mpi: Mpi, options: readonly string[], inputs: readonly string[]): Promise<string> {
  const plain = await runJob(mpi, 1, ['count', ...options, ...given, ...inputs], { timeoutSeconds, cwd: folder });
  const counts = plain.stdout.toString().trimEnd().split('\n');
  return patterns
    .map((pattern, index) => {
      const [count = ''] = counts[index]?.split('\t') ?? [];
      const grepOptions = options.filter((option) => option !== '--overlapping');
      return `${count}\t${grepCount(
        pattern,
        grepOptions,
        inputs.filter((name) => name !== 'divided.gz'),
      )}\t${pattern}\n`;
    })
    .join('');
}

describe.each(mpis)('%s', (mpi) => {
  const count = (ranks: number, ...args: readonly string[]) =>
    runJob(mpi, ranks, ['count', ...args], { timeoutSeconds, cwd: folder });

  test('lines as grep -c counts them, with any ranks and schedule', { timeout: 300_000 }, async () => {
    for (const [index, options] of [[], ['-i'], ['-w'], ['-i', '-w'], ['--overlapping']].entries()) {
      const expected = await expectedText(mpi, options, names);
      for (const [ranks, ...more] of [
        [1],
        [2, '--block-size', '1'],
        [3, '--block-size', '61', '--threads', '2'],
        [7, '--block-size', '512', '--schedule', 'dynamic'],
      ] as const) {
        // The native tests have every cut with each option.
        if (index > 0 && ranks !== [3, 7][index % 2]) continue;
        const { status, stdout, stderr } = await count(
          ranks,
          '--records',
          'line',
          ...options,
          ...more,
          ...given,
          ...names,
        );
        expect({ status, stdout: stdout.toString(), stderr }).toEqual({ status: 0, stdout: expected, stderr: '' });
      }
    }
  });

  test('lines in a compressed file that is divided', { timeout: 120_000 }, async () => {
    const expected = await expectedText(mpi, [], ['text.txt']);
    for (const [ranks, size, schedule] of [
      [1, '1M', 'static'],
      [3, '100', 'static'],
      [2, '300', 'dynamic'],
    ] as const) {
      const args = ['--records', 'line', '--block-size', size, '--schedule', schedule, ...given, 'divided.gz'];
      const { status, stdout, stderr } = await count(ranks, ...args);
      expect({ status, stdout: stdout.toString(), stderr }).toEqual({ status: 0, stdout: expected, stderr: '' });
    }
  });

  test('files that contain a pattern, however they lie in blocks', { timeout: 240_000 }, async () => {
    const inputs = [...names, 'divided.gz', 'text.txt'];
    for (const options of [[], ['-i', '-w']]) {
      const whole = await expectedText(mpi, options, inputs);
      const expected = patterns.map((pattern, index) => {
        const [count = ''] = whole.split('\n')[index]?.split('\t') ?? [];
        // The text of the compressed file is that of another one.
        const texts = inputs.map((name) => (name === 'divided.gz' ? 'text.txt' : name));
        const files = texts.filter((name) => grepCount(pattern, options, [name]) > 0).length;
        return { count: Number(count), records: files, pattern };
      });
      for (const [ranks, ...more] of [
        [1, '--block-size', '1M'],
        [2, '--block-size', '1000', '--threads', '2'],
        [3, '--block-size', '61', '--schedule', 'dynamic'],
        [7, '--block-size', '512'],
      ] as const) {
        if (options.length > 0 && ranks !== 3) continue;
        const args = ['--records', 'file', '--format', 'json', ...options, ...more, ...given, ...inputs];
        const { status, stdout, stderr } = await count(ranks, ...args);
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
        expect(JSON.parse(stdout.toString())).toMatchObject({ patterns: expected, records: inputs.length });
      }
    }
  });

  test('JSON and CSV have the lines with each pattern, and JSON all lines', { timeout: 60_000 }, async () => {
    const options = ['--records', 'line', '-e', 'love', '-e', 'no, "such"'];
    const lines = grepCount('', [], names);
    const love = grepCount('love', [], names);
    const json = await count(2, ...options, '--format', 'json', ...names);
    expect(JSON.parse(json.stdout.toString())).toMatchObject({
      patterns: [
        { pattern: 'love', records: love },
        { pattern: 'no, "such"', count: 0, records: 0 },
      ],
      records: lines,
      recordUnit: 'line',
    });
    const csv = (await count(3, ...options, '--format', 'csv', ...names)).stdout.toString();
    expect(csv).toMatch(new RegExp(`^count,records,pattern\r\n\\d+,${love},love\r\n0,0,"no, ""such"""\r\n$`));
  });

  test('a pipe and standard input', { timeout: 60_000 }, async () => {
    const expected = await expectedText(mpi, [], ['text.txt']);
    const command = [launcherOf(mpi), '-np', '1', process.execPath, program, 'count', '--records', 'line', ...given];
    const shell = ['sh', '-c', 'cat text.txt | "$@" -', 'sh', ...command];
    const { status, stdout, stderr } = await run(shell, { timeoutSeconds, cwd: folder });
    expect({ status, stdout: stdout.toString(), stderr }).toEqual({ status: 0, stdout: expected, stderr: '' });
  });

  test('a job that counts files goes on without counting any of them twice', { timeout: 120_000 }, async () => {
    const logDir = newLogDir();
    const inputs = [...names, ...names].map(at);
    const args = ['--records', 'file', '--io', 'read', '--block-size', '4K', ...given, ...inputs];
    const expected = (await count(1, ...args)).stdout.toString();
    const environment = trouble({ file: at('text.txt'), call: 'pread', slow: 1500 });
    const job = { mpi, ranks: 2, logDir, args, timeoutSeconds, environment, counting: [] };
    const stopped = await runAndDisturb(job, (pids) => {
      process.kill(pids[1]!, 'SIGTERM');
    });
    expect({ status: stopped.status, stdout: stopped.stdout.toString() }).toEqual({ status: 85, stdout: '' });
    const resumed = await count(3, '--resume', '--log-dir', logDir, ...args);
    expect({ ...resumed, stdout: resumed.stdout.toString() }).toMatchObject({
      status: 0,
      stdout: expected,
      stderr: '',
    });
  });

  test.each(['static', 'dynamic'])(
    'stopped, and resumed with other ranks: %s',
    { timeout: 120_000 },
    async (schedule) => {
      const logDir = newLogDir();
      const args = ['--records', 'line', '--io', 'read', '--block-size', String(blockSize), ...given, at('text.txt')];
      const environment = trouble({ file: at('text.txt'), call: 'pread', slow: 100 });
      const job = { mpi, ranks: 3, logDir, args: ['--schedule', schedule, ...args], timeoutSeconds, environment };
      const stopped = await runAndDisturb(job, (pids) => {
        process.kill(pids[1]!, 'SIGTERM');
      });
      expect({ status: stopped.status, stdout: stopped.stdout.toString() }).toEqual({ status: 85, stdout: '' });
      expect(blocksCounted(logDir, 3).length).toBeLessThan(Math.ceil(text.length / blockSize));

      const other = await count(2, '--resume', '--log-dir', logDir, ...args.slice(2));
      expect({
        status: other.status,
        stderr: other.stderr.split('\n').find((line) => line.includes('--records')),
      }).toEqual({
        status: 3,
        stderr: expect.stringContaining('cannot resume: it was begun with --records line;') as string,
      });

      const resumed = await count(2, '--resume', '--log-dir', logDir, ...args);
      const expected = await expectedText(mpi, [], ['text.txt']);
      expect(resumed).toMatchObject({ status: 0, stderr: '' });
      expect(resumed.stdout.toString()).toBe(expected);
      const status = await run([process.execPath, program, 'status', logDir], { timeoutSeconds });
      expect(status.stdout.toString()).toContain(`totals\n${expected}`);
    },
  );
});
