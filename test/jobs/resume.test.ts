import { cpSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readPlan } from '../../src/job/plan/plan-file.ts';
import { record, table } from '../support/bad-input-table.ts';
import {
  casesOf,
  mpis,
  ownLines,
  program,
  run,
  runJob,
  temporaryFolder,
  type Mpi,
  type Outcome,
} from '../support/job.ts';
import { blockLine, contents, filesBelow, forgedPlan, writeRankLog } from '../support/log-folder.ts';
import { buildPreload, type Trouble } from '../support/preload.ts';
import { blocksCounted, logOf, runAndDisturb } from '../support/stopped-job.ts';
import { prose } from '../support/text.ts';
import { countSpec } from '../support/spec.ts';

// What was stopped goes on where it was, with other ranks and another MPI, and what does not fit is refused.

const { folder, remove } = temporaryFolder();
const at = (name: string) => join(folder, name);
const [one, two] = [at('one.txt'), at('two.txt')];
const patterns = ['love', 'aa', 'abab', 'é', 'no such'];
const options = [...patterns.flatMap((pattern) => ['-e', pattern]), one, two];
const timeoutSeconds = 30;
const text = prose(60_000);
const other = prose(20_000, 2);
const bytes = text.length + other.length;
const blocks = Math.ceil(bytes / 1024);
let trouble: (trouble: Trouble) => Record<string, string>;

/** What is printed for the patterns, by a program that reads everything from start to end. */
function totals(contents: readonly Buffer[]): string {
  return patterns
    .map((pattern) => {
      const found = contents.map((content) => content.toString().split(pattern).length - 1);
      return `${found.reduce((sum, count) => sum + count, 0)}\t${pattern}\n`;
    })
    .join('');
}
const expected = totals([text, other]);

/** As it is when counts begin. */
function restoreOne(): void {
  writeFileSync(one, text);
  utimesSync(one, 1e9, 1e9);
}

beforeAll(() => {
  trouble = buildPreload(folder);
  restoreOne();
  writeFileSync(two, other);
});
afterAll(() => {
  console.log(table());
  remove();
});

function expectRefusal(name: string, mpi: Mpi, outcome: Outcome, status: number, says: string): void {
  record(name, mpi, outcome);
  expect(ownLines(outcome).map((line) => line.replace(/ rank 0 on \S+:/, ''))).toEqual([`mpicount: ${says}`]);
  expect(outcome.stdout.toString()).toBe('');
  expect(outcome.status).toBe(status);
}

/** Begins or goes on with a count, and stops it when each rank has counted a block or more. */
async function stopped(mpi: Mpi, ranks: number, logDir: string, threads = 1): Promise<Outcome> {
  const args = ['--resume', '--io', 'read', '--threads', String(threads), '--block-size', '1K', ...options];
  const environment = trouble({ file: folder, call: 'pread', slow: 25 });
  return runAndDisturb({ mpi, ranks, logDir, args, environment, timeoutSeconds }, (pids) => {
    process.kill(pids[0]!, 'SIGTERM');
  });
}

describe.each(mpis)('%s', (mpi) => {
  const otherMpi = mpi === 'openmpi' ? 'mpich' : 'openmpi';
  const logDir = at(`logs-${mpi}`);

  test(
    'stopped twice, under both MPIs, the totals are those of an undisturbed count',
    { timeout: 90_000 },
    async () => {
      const first = await stopped(mpi, 3, logDir);
      expect(first.status).toBe(85);
      const begun = blocksCounted(logDir, 4).length;
      expect(begun).toBeGreaterThan(0);
      expect(begun).toBeLessThan(blocks);
      const second = await stopped(otherMpi, 2, logDir);
      expect(second.status).toBe(85);
      expect(blocksCounted(logDir, 4).length).toBeGreaterThan(begun);
      expect([first.stdout.toString(), second.stdout.toString()]).toEqual(['', '']);

      // The folder is the count's, wherever it is.
      const moved = at(`moved-${mpi}`);
      cpSync(logDir, moved, { recursive: true });
      const last = await runJob(mpi, 4, ['count', '--resume', '--log-dir', moved, ...options], { timeoutSeconds });
      expect(last.stdout.toString()).toBe(expected);
      expect(last).toMatchObject({ status: 0, stderr: '' });
      // No block was counted again.
      expect(blocksCounted(moved, 4)).toEqual(Array.from({ length: blocks }, (_, block) => block));
      const result = JSON.parse(readFileSync(join(moved, 'result.json'), 'utf8')) as Record<string, unknown>;
      expect(result).toMatchObject({ complete: true, bytes, ranks: 4, files: 2 });
      const status = await run([process.execPath, program, 'status', moved], { timeoutSeconds });
      expect(status.stdout.toString()).toContain(
        `complete\nblocks   ${blocks} of ${blocks}\nbytes    ${bytes} of ${bytes}\n`,
      );
      expect(status.stdout.toString().endsWith(`\ntotals\n${expected}`)).toBe(true);

      // Blocks that are in the logs of two ranks count once.
      cpSync(join(moved, 'ranks/000/rank-000001.jsonl'), join(moved, 'ranks/000/rank-000008.jsonl'));
      const again = await runJob(mpi, 3, ['count', '--resume', '--log-dir', moved, ...options], { timeoutSeconds });
      expect(again.stdout.toString()).toBe(expected);
      expect(again).toMatchObject({ status: 0, stderr: '' });
    },
  );

  test('a count with threads is resumed with another number of threads', { timeout: 60_000 }, async () => {
    const logs = at(`threads-${mpi}`);
    const first = await stopped(mpi, 2, logs, 3);
    expect(first.status).toBe(85);
    expect(first.stdout.toString()).toBe('');
    expect(blocksCounted(logs, 2).length).toBeLessThan(blocks);
    const args = ['count', '--resume', '--threads', '2', '--log-dir', logs, ...options];
    const last = await runJob(mpi, 3, args, { timeoutSeconds });
    expect(last.stdout.toString()).toBe(expected);
    expect(last).toMatchObject({ status: 0, stderr: '' });
    expect(blocksCounted(logs, 3)).toEqual(Array.from({ length: blocks }, (_, block) => block));
  });

  test('a complete count prints its totals again without reading its files', { timeout: 40_000 }, async () => {
    const finished = at(`finished-${mpi}`);
    const swapped = at(`swapped-${mpi}.txt`);
    writeFileSync(swapped, text);
    const args = [
      'count',
      '--log-dir',
      finished,
      '--resume',
      ...patterns.flatMap((pattern) => ['-e', pattern]),
      swapped,
    ];
    const first = await runJob(mpi, 2, args, { timeoutSeconds });
    expect(first.stdout.toString()).toBe(totals([text]));
    const { atime, mtime } = statSync(swapped);
    utimesSync(swapped, atime, mtime); // what utimes can say of a time, which is less than the file system's
    const before = { size: text.length, time: statSync(swapped, { bigint: true }).mtimeNs };
    // The plan that knows this time.
    rmSync(finished, { recursive: true });
    await runJob(mpi, 2, args, { timeoutSeconds });
    const began = logOf(finished, 0).length;

    writeFileSync(swapped, '');
    truncateSync(swapped, text.length); // holes: no pattern in them
    utimesSync(swapped, atime, mtime);
    expect({ size: statSync(swapped).size, time: statSync(swapped, { bigint: true }).mtimeNs }).toEqual(before);
    const again = await runJob(otherMpi, 3, args, { timeoutSeconds });
    expect(again.stdout.toString()).toBe(totals([text]));
    expect(again).toMatchObject({ status: 0, stderr: '' });
    expect(
      logOf(finished, 0)
        .slice(began)
        .map(({ event }) => event),
    ).toEqual(['start', 'waiting', 'end']);
    // Counted anew, it would have none.
    const anew = await runJob(mpi, 2, ['count', ...args.slice(4)], { timeoutSeconds });
    expect(anew.stdout.toString()).toBe(patterns.map((pattern) => `0\t${pattern}\n`).join(''));
  });

  test('--resume begins a new count if there is none to resume', { timeout: 40_000 }, async () => {
    const empty = at(`empty-${mpi}`);
    mkdirSync(empty);
    const outcome = await runJob(mpi, 2, ['count', '--resume', '--log-dir', empty, ...options], { timeoutSeconds });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout.toString()).toBe(expected);
  });

  test.each([
    ['blocks', ['plan.json', 'ranks/000/rank-000000.jsonl', 'ranks/000/rank-000001.jsonl', 'result.json']],
    ['summary', ['plan.json', 'ranks/000/rank-000000.jsonl', 'ranks/000/rank-000001.jsonl', 'result.json']],
    ['off', ['plan.json', 'result.json']],
  ])('--log %s writes the expected files', { timeout: 40_000 }, async (level, files) => {
    const logs = at(`log-${level}-${mpi}`);
    const args = ['count', '--log', level, '--log-dir', logs, '--block-size', '30K', ...options];
    const outcome = await runJob(mpi, 2, args, { timeoutSeconds });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout.toString()).toBe(expected);
    expect(filesBelow(logs)).toEqual(files);
    const events = logOf(logs, 0).map(({ event }) => event);
    const byLevel = { blocks: ['start', 'block', 'waiting', 'end'], summary: ['start', 'waiting', 'end'], off: [] };
    expect(events).toEqual(byLevel[level as keyof typeof byLevel]);
    const status = await run([process.execPath, program, 'status', logs], { timeoutSeconds });
    if (level === 'blocks') {
      expect(status.stdout.toString()).toMatch(/^complete\n/);
      expect(status).toMatchObject({ status: 0, stderr: '' });
    } else {
      expect(status.stderr).toBe(
        `mpicount: ${logs}: counted with --log ${level}, so all there is to see is result.json, once it is done\n`,
      );
      expect(status.stdout.toString()).toBe('');
      expect(status.status).toBe(3);
    }
    // There is nothing to go on with.
    const again = await runJob(mpi, 1, args, { timeoutSeconds });
    const goOn = level === 'blocks' ? 'go on with it: --resume; ' : '';
    expectRefusal(
      `log folder in use, begun with --log ${level}`,
      mpi,
      again,
      2,
      `${logs} holds the log of an earlier count; ${goOn}count anew: another --log-dir, or remove this one first`,
    );
  });

  test('--log-sync beyond the limit of timers is accepted without a warning', { timeout: 40_000 }, async () => {
    const args = ['count', '--log-sync', '30d', '--log-dir', at(`sync-${mpi}`), ...options];
    const outcome = await runJob(mpi, 2, args, { timeoutSeconds });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
  });
});

describe.each(mpis)('refused: %s', (mpi) => {
  const logDir = at(`refusals-${mpi}`);
  let left: Record<string, string>;
  const before = ['count', '--block-size', '10K'];
  const resume = (...args: string[]) => ['count', '--resume', '--log-dir', logDir, ...args];
  const ways = 'give the same as before, or count anew with another --log-dir';

  // As a job leaves it that was killed when it had counted one block.
  beforeAll(async () => {
    const whole = at(`whole-${mpi}`);
    await runJob(mpi, 2, [...before, '--log-dir', whole, ...options], { timeoutSeconds });
    mkdirSync(logDir);
    cpSync(join(whole, 'plan.json'), join(logDir, 'plan.json'));
    const { plan } = readPlan(Buffer.from(logDir))!;
    writeRankLog(logDir, 0, blockLine(plan, 0, [1, 2, 3, 4, 0]));
    left = contents(logDir);
    writeFileSync(at('huge'), '');
    truncateSync(at('huge'), 2 ** 40);
  });

  interface Case {
    readonly name: string;
    readonly args: readonly string[];
    readonly status: number;
    readonly says: string;
  }
  const [love = '', ...more] = options.slice(1);
  const cases: readonly Case[] = [
    {
      name: 'log folder in use',
      args: [...before, '--log-dir', logDir, ...options],
      status: 2,
      says:
        `${logDir} holds the log of an earlier count; go on with it: --resume; ` +
        'count anew: another --log-dir, or remove this one first',
    },
    {
      name: 'log folder in use, with --log off',
      args: [...before, '--log-dir', logDir, '--log', 'off', ...options],
      status: 2,
      says:
        `${logDir} holds the log of an earlier count; go on with it: --resume; ` +
        'count anew: another --log-dir, or remove this one first',
    },
    {
      name: 'resume: another pattern',
      args: resume('-e', 'Love', ...more),
      status: 3,
      says: `cannot resume: pattern 1 was 'love', not 'Love'; ${ways}`,
    },
    {
      name: 'resume: one pattern more',
      args: resume('-e', 'hate', ...options),
      status: 3,
      says: `cannot resume: it was begun with 5 patterns, not 6; ${ways}`,
    },
    ...[
      ['-i', '--ignore-case'],
      ['-w', '--word'],
      ['--overlapping', '--overlapping'],
    ].map(([option = '', name = '']) => ({
      name: `resume: with ${name}`,
      args: resume(option, ...options),
      status: 3,
      says: `cannot resume: it was begun without ${name}; ${ways}`,
    })),
    {
      name: 'resume: another order of files',
      args: resume(...options.slice(0, -2), two, one),
      status: 3,
      says: `cannot resume: file 1 was ${one}, not ${two}; ${ways}`,
    },
    {
      name: 'resume: one file less',
      args: resume(...options.slice(0, -1)),
      status: 3,
      says: `cannot resume: it was begun with 2 files, not 1; ${ways}`,
    },
    {
      name: 'resume: another block size',
      args: resume('--block-size', '20K', ...options),
      status: 3,
      says: `cannot resume: it was begun with blocks of 10240 bytes, not 20480; ${ways}`,
    },
    {
      name: '--resume without --log-dir',
      args: ['count', '--resume', ...options],
      status: 2,
      says: '--resume needs --log-dir, where what is counted is kept',
    },
    {
      name: '--time-limit without --log-dir',
      args: ['count', '--time-limit', '1h', ...options],
      status: 2,
      says: '--time-limit needs --log-dir, where what is counted is kept',
    },
    {
      name: '--resume with --log summary',
      args: resume('--log', 'summary', ...options),
      status: 2,
      says: '--resume needs --log blocks, not --log summary',
    },
    {
      name: '--time-limit with --log off',
      args: [...before, '--log-dir', at('none'), '--time-limit', '1h', '--log', 'off', ...options],
      status: 2,
      says: '--time-limit needs --log blocks, not --log off',
    },
    {
      name: '--time-limit that is no time',
      args: resume('--time-limit', '01:30:00', ...options),
      status: 2,
      says: "--time-limit: '01:30:00' is not a time; give one such as 90s, 15m, 2h or 1d",
    },
    {
      name: '--log-sync that is no time',
      args: resume('--log-sync', '0', ...options),
      status: 2,
      says: "--log-sync: '0' is not a time; give one such as 90s, 15m, 2h or 1d",
    },
    {
      name: '--log that is not one',
      args: resume('--log', 'some', ...options),
      status: 2,
      says: "--log: 'some' is not one of blocks, summary, off",
    },
    {
      name: 'too many blocks',
      args: ['count', '--log-dir', at('none'), '--block-size', '1', love, at('huge')],
      status: 2,
      says: `blocks of 1 bytes are too many for 1099511627776 bytes; make them at least 10996`,
    },
  ];

  const refuse = async ({ name, args, status, says }: Case) => {
    const outcome = await runJob(mpi, 2, args, { timeoutSeconds });
    expectRefusal(name, mpi, outcome, status, says);
    expect(contents(logDir)).toEqual(left);
    expect(filesBelow(folder)).not.toContain('none/plan.json');
  };

  // Several at a time: launchers mostly wait when a job fails.
  test.concurrent.each(casesOf(mpi, cases))('$name', { timeout: 40_000 }, refuse);

  const changes: readonly (Case & { readonly change: () => void })[] = [
    {
      name: 'resume: a file grew',
      args: resume(...options),
      status: 3,
      says:
        `cannot resume: ${one} had ${text.length} bytes and now has ${text.length + 1}; ` +
        'if it only grew, resume with --allow-growth, or count anew with another --log-dir',
      change: () => truncateSync(one, text.length + 1),
    },
    {
      name: 'resume: a file was written to',
      args: resume(...options),
      status: 3,
      says: `cannot resume: ${one} was written to since; ${ways}`,
      change: () => utimesSync(one, 1e9, 1e9 + 1),
    },
    {
      name: 'resume: a file is gone',
      args: resume(...options),
      status: 3,
      says: `${one}: no such file`,
      change: () => rmSync(one),
    },
  ];
  test.each(casesOf(mpi, changes))('$name', { timeout: 40_000 }, async (refused) => {
    refused.change();
    await refuse(refused).finally(restoreOne);
  });

  const spoiled = (name: string) => {
    const path = at(`${name}-${mpi}`);
    cpSync(logDir, path, { recursive: true });
    return path;
  };

  test.concurrent('a damaged plan', { timeout: 40_000 }, async () => {
    const path = spoiled('damaged');
    const plan = readFileSync(join(path, 'plan.json'), 'utf8');
    writeFileSync(join(path, 'plan.json'), plan.replace('love', 'live'));
    const outcome = await runJob(mpi, 2, ['count', '--resume', '--log-dir', path, ...options], { timeoutSeconds });
    expectRefusal(
      'resume: damaged plan',
      mpi,
      outcome,
      3,
      `${path}/plan.json: damaged; start anew with another --log-dir`,
    );
  });

  test.concurrent.each(
    casesOf(mpi, [
      ['a pattern of 4 GB', '"patterns":[{"base64":{"length":4000000000}}]'],
      ['a pattern of 1 TB', '"patterns":[{"base64":{"length":1099511627776}}]'],
      ['patterns that are nested', `"patterns":${'['.repeat(1e6)}${']'.repeat(1e6)}`],
    ]),
  )('forged plan: %s', { timeout: 40_000 }, async (name, patterns) => {
    const path = at(`forged ${name} ${mpi}`);
    mkdirSync(path);
    const plan = `{${patterns},"options":{},"grid":{},"logDir":null,"files":[]}`;
    writeFileSync(join(path, 'plan.json'), forgedPlan(plan));
    const says = `${path}/plan.json: damaged; start anew with another --log-dir`;
    const outcome = await runJob(mpi, 2, ['count', '--resume', '--log-dir', path, ...options], { timeoutSeconds });
    expectRefusal(`resume: forged plan, ${name}`, mpi, outcome, 3, says);
    // With less memory than the plan asks for.
    const command = ['bash', '-c', 'ulimit -v 2000000; exec "$@"', 'bash', process.execPath, program, 'status', path];
    const status = await run(command, { timeoutSeconds });
    expect(status).toMatchObject({ status: 3, stderr: `mpicount: ${says}\n` });
    expect(status.stdout.toString()).toBe('');
  });

  test.concurrent('a contradictory journal', { timeout: 40_000 }, async () => {
    const path = spoiled('contradicting');
    const { plan } = readPlan(Buffer.from(path))!;
    const journal = writeRankLog(path, 0, blockLine(plan, 0, [1, 2, 3, 4, 0]), blockLine(plan, 0, [1, 2, 3, 5, 0]));
    const outcome = await runJob(mpi, 2, ['count', '--resume', '--log-dir', path, ...options], { timeoutSeconds });
    const says =
      `${journal}: counts for block 0 contradict those of an earlier line; ` +
      'the input changed unnoticed, or a disk is failing: count anew with another --log-dir';
    expectRefusal('resume: contradicting journal', mpi, outcome, 3, says);
  });

  test.concurrent('a journal line with too many counts', { timeout: 40_000 }, async () => {
    const path = spoiled('foreign');
    const { plan } = readPlan(Buffer.from(path))!;
    writeRankLog(
      path,
      0,
      blockLine(plan, 0, [9, 9, 9, 9, 9, 9]),
      blockLine({ ...plan, spec: countSpec([]) }, 1, [9, 9, 9, 9, 9]),
    );
    const outcome = await runJob(mpi, 2, ['count', '--resume', '--log-dir', path, ...options], { timeoutSeconds });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout.toString()).toBe(expected);
  });
});
