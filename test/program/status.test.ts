import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { inspectFile, type CorpusFile } from '../../src/corpus/file-checks.ts';
import { maxCheckedFiles } from '../../src/job/plan/obstacle.ts';
import { createPlan, identityOf } from '../../src/job/plan/plan-file.ts';
import type { Plan } from '../../src/job/plan/plan.ts';
import { program, run, temporaryFolder } from '../support/job.ts';
import { blockLine, contents, samplePlan, seal, startLine, writeRankLog } from '../support/log-folder.ts';
import { countSpec } from '../support/spec.ts';

let folder: string;
let book: string;
let plan: Plan;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  book = join(folder, 'book');
  plan = samplePlan({ files: [textFile(book, 995)] });
});
afterEach(() => {
  remove();
});

/** Makes a file of some size. */
function textFile(path: string, size: number): CorpusFile {
  writeFileSync(path, 'x'.repeat(size));
  utimesSync(path, 1e9, 1e9);
  return inspectFile.sync(Buffer.from(path));
}

const status = (...args: string[]) => run([process.execPath, program, 'status', ...args], { timeoutSeconds: 20 });

/** A count of which three of ten blocks are done, by two ranks. */
function begun(): void {
  createPlan(Buffer.from(folder), plan);
  writeRankLog(folder, 0, startLine(plan, 'node2'), blockLine(plan, 0, [1, 10]), blockLine(plan, 1, [2, 20]));
  writeRankLog(folder, 1, startLine(plan, 'node1'), blockLine(plan, 9, [4, 40]));
}

describe('status', () => {
  test('prints progress, hosts and totals so far of an unfinished count', async () => {
    begun();
    const before = contents(folder);
    const outcome = await status(folder);
    expect(outcome.stdout.toString()).toBe(
      `not complete; to go on, give the same command with --resume
blocks   3 of 10
bytes    295 of 995
ranks    2 started so far, on node1, node2
totals so far, not those of all bytes
7\tlove
70\thate
`,
    );
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(contents(folder)).toEqual(before);
  });

  test('with --format json lists the missing blocks', async () => {
    begun();
    const outcome = await status('--format', 'json', folder);
    expect(JSON.parse(outcome.stdout.toString())).toEqual({
      complete: false,
      blocks: 10,
      blocksDone: 3,
      bytes: 995,
      bytesDone: 295,
      patterns: [
        { pattern: 'love', count: 7 },
        { pattern: 'hate', count: 70 },
      ],
      files: 1,
      starts: 2,
      hosts: ['node1', 'node2'],
      missing: [{ first: 2, end: 9 }],
      ignoredLines: 0,
      obstacle: null,
    });
    expect(outcome.stdout.toString().indexOf('\n')).toBe(outcome.stdout.length - 1);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
  });

  test('prints the totals of a complete count', async () => {
    begun();
    const rest = Array.from({ length: 7 }, (_, index) => blockLine(plan, index + 2, [2 ** 40, 0]));
    writeRankLog(folder, 300, ...rest, seal({ event: 'end' }, plan));
    const outcome = await status(folder);
    expect(outcome.stdout.toString()).toBe(
      `complete
blocks   10 of 10
bytes    995 of 995
ranks    2 started so far, on node1, node2
totals
${7 + 7 * 2 ** 40}\tlove
70\thate
`,
    );
    expect(outcome.status).toBe(0);
    const json = JSON.parse((await status(folder, '--format', 'json')).stdout.toString()) as object;
    expect(json).toMatchObject({ complete: true, missing: [], bytesDone: 995, obstacle: null });
  });

  test('prints zero totals of a count that has just begun', async () => {
    createPlan(Buffer.from(folder), plan);
    const { stdout, status: exit } = await status(folder);
    expect(stdout.toString()).toContain('blocks   0 of 10\nbytes    0 of 995\nranks    0 started so far, on no host\n');
    expect(exit).toBe(0);
  });

  test('reports a count of an empty corpus as complete', async () => {
    createPlan(Buffer.from(folder), samplePlan({ files: [], grid: { blockSize: 0, blocks: 0 } }));
    const { stdout } = await status(folder);
    expect(stdout.toString()).toMatch(/^complete\nblocks {3}0 of 0\nbytes {4}0 of 0\n/);
  });

  test('prints counts beyond 2^53 exactly', async () => {
    const large = samplePlan({ spec: countSpec(['x']) });
    createPlan(Buffer.from(folder), large);
    const most = Number.MAX_SAFE_INTEGER;
    writeRankLog(folder, 0, ...[0, 1, 2].map((block) => blockLine(large, block, [most])));
    const exact = (3n * BigInt(most)).toString();
    expect((await status(folder)).stdout.toString()).toContain(`\n${exact}\tx\n`);
    expect((await status(folder, '--format=json')).stdout.toString()).toContain(`"count":${exact}`);
  });

  test('prints the number of ignored lines', async () => {
    begun();
    writeRankLog(folder, 7, 'torn', '\n', '\0'.repeat(100), '\n', blockLine(samplePlan({ files: [] }), 5, [9, 9]));
    const { stdout } = await status(folder);
    expect(stdout.toString()).toContain('blocks   3 of 10\n');
    expect(stdout.toString().split('\n').slice(-2)).toEqual(['3 torn, damaged or foreign lines were ignored', '']);
    expect(JSON.parse((await status(folder, '--format', 'json')).stdout.toString())).toMatchObject({ ignoredLines: 3 });
  });

  test('works on a read-only folder and writes nothing', async () => {
    begun();
    for (const name of ['ranks/000', 'ranks', '.']) chmodSync(join(folder, name), 0o555);
    expect(await status(folder)).toMatchObject({ status: 0, stderr: '' });
    for (const name of ['.', 'ranks', 'ranks/000']) chmodSync(join(folder, name), 0o755);
  });
});

describe('status of a count that cannot be resumed unchanged', () => {
  const expectFirstLine = async (line: string, obstacle: object | null, cwd = folder) => {
    const command = [process.execPath, program, 'status', folder];
    const outcome = await run(command, { timeoutSeconds: 20, cwd });
    expect(outcome.stdout.toString().split('\n').slice(0, 2)).toEqual([line, 'blocks   3 of 10']);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    const json = await run([...command, '--format', 'json'], { timeoutSeconds: 20, cwd });
    expect(JSON.parse(json.stdout.toString())).toMatchObject({ complete: false, obstacle });
  };
  const anew = 'count anew with another --log-dir';
  const withGrowth = `if it only grew, give the same command with --resume --allow-growth, or ${anew}`;

  test('suggests --allow-growth when a file grew', async () => {
    begun();
    appendFileSync(book, 'x');
    const what = `${book} had 995 bytes and now has 996`;
    await expectFirstLine(`not complete; ${what}; ${withGrowth}`, { kind: 'grown', what });
  });

  test.each<[string, (at: string) => unknown, string]>([
    ['was cut', (at) => truncateSync(at, 994), 'had 995 bytes and now has 994'],
    ['was written to', (at) => utimesSync(at, 1, 1), 'was written to since'],
    [
      'was replaced',
      (at) => renameSync((textFile(`${at}2`, 996), `${at}2`), at),
      'had 995 bytes and now has 996: another file has taken its place',
    ],
  ])('names the reason when a file %s', async (_name, change, difference) => {
    begun();
    change(book);
    const what = `${book} ${difference}`;
    await expectFirstLine(`not complete; it cannot be resumed: ${what}; ${anew}`, { kind: 'changed', what });
  });

  test('names a file that is missing', async () => {
    begun();
    rmSync(book);
    const what = `${book}: no such file`;
    await expectFirstLine(`not complete; it cannot be resumed from here: ${what}`, { kind: 'missing', what });
  });

  test('names the most serious of several changes', async () => {
    const sizes = [200, 200, 200, 200, 195];
    plan = samplePlan({ files: sizes.map((size, index) => textFile(join(folder, `text-${index}`), size)) });
    begun();
    appendFileSync(join(folder, 'text-1'), 'x');
    const at = (index: number) => join(folder, `text-${index}`);
    const grown = `${at(1)} had 200 bytes and now has 201`;
    await expectFirstLine(`not complete; ${grown}; ${withGrowth}`, { kind: 'grown', what: grown });
    rmSync(at(2));
    const gone = `${at(2)}: no such file`;
    await expectFirstLine(`not complete; it cannot be resumed from here: ${gone}`, { kind: 'missing', what: gone });
    truncateSync(at(3), 1);
    truncateSync(at(4), 1);
    const cut = `${at(3)} had 200 bytes and now has 1`;
    await expectFirstLine(`not complete; it cannot be resumed: ${cut}; ${anew}`, { kind: 'changed', what: cut });
  });

  test('says so when a relative path leads to another file, or to none, in this folder', async () => {
    plan = samplePlan({ files: [{ ...plan.files.at(0), path: Buffer.from('book') }] });
    begun();
    await expectFirstLine('not complete; to go on, give the same command with --resume', null);
    mkdirSync(join(folder, 'elsewhere'));
    const gone = 'book: no such file';
    await expectFirstLine(
      `not complete; it cannot be resumed from here: ${gone}`,
      { kind: 'missing', what: gone },
      join(folder, 'elsewhere'),
    );
    writeFileSync(join(folder, 'elsewhere', 'book'), 'x');
    const what = 'book had 995 bytes and now has 1 (seen from this folder)';
    await expectFirstLine(
      `not complete; it cannot be resumed: ${what}; ${anew}`,
      { kind: 'changed', what },
      join(folder, 'elsewhere'),
    );
  });

  test('says how many of many files were checked', async () => {
    const { path, modified, inode } = textFile(book, 1);
    const files = Array<CorpusFile>(maxCheckedFiles + 1).fill({ path, size: 1, modified, inode });
    files[maxCheckedFiles] = { path: Buffer.from('/texts/gone'), size: 1, modified };
    const grid = { blockSize: 1001, blocks: 10 };
    plan = samplePlan({ files, grid });
    begun();
    await expectFirstLine(
      `not complete; to go on, give the same command with --resume ` +
        `(of ${maxCheckedFiles + 1} files, the first ${maxCheckedFiles} were checked for changes)`,
      null,
    );
  });
});

// What acts on a terminal: control characters of both kinds, changes of direction, line separators.
const hostileText = '\u001b]0;pwned\u0007\u009b31m\u001b[2J\r\b\u202e\u2066\u2028\u007f\u0000\ttext';
const acting = /(?![\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

describe('hostile names in status', () => {
  const hostile = samplePlan({
    spec: countSpec([hostileText, Buffer.from('\u001b[31m\xff\x9b2J', 'latin1')]),
    files: [{ path: Buffer.from(`/${hostileText}`.replace('\0', '')), size: 995, modified: 1n }],
  });
  const write = () => {
    createPlan(Buffer.from(folder), hostile);
    writeRankLog(folder, 0, startLine(hostile, hostileText), blockLine(hostile, 0, [3, 4]), `${hostileText}\n`);
  };

  test('are printed without control characters', async () => {
    write();
    const { stdout, stderr, status: exit } = await status(folder);
    const text = stdout.toString();
    // The tab between count and pattern is ours.
    expect(text.replace(/^\d+\t/gm, '')).not.toMatch(acting);
    const [, second, third] = /\n3\t(.*)\n4\t(.*)\n/.exec(text) ?? [];
    expect(second).toBe(
      '\\x1b]0;pwned\\x07\\xc2\\x9b31m\\x1b[2J\\x0d\\x08\\xe2\\x80\\xae\\xe2\\x81\\xa6\\xe2\\x80\\xa8\\x7f\\x00\\x09text',
    );
    expect(third).toBe('\\x1b[31m\\xff\\x9b2J');
    expect(text).toMatch(/^ranks {4}1 started so far, on \\x1b\]0;pwned/m);
    expect(stderr).toBe('');
    expect(exit).toBe(0);
  });

  test('are complete in JSON, without control characters', async () => {
    write();
    const { stdout, status: exit } = await status(folder, '--format', 'json');
    expect(JSON.parse(stdout.toString())).toMatchObject({
      hosts: [hostileText],
      patterns: [
        { pattern: hostileText, count: 3 },
        { pattern: { base64: Buffer.from('\u001b[31m\xff\x9b2J', 'latin1').toString('base64') }, count: 4 },
      ],
    });
    expect(stdout.toString()).not.toMatch(acting);
    expect(exit).toBe(0);
  });

  test('of a log folder are printed without control characters in messages', async () => {
    const name = join(folder, '\u001b[2J\u009b31m\u202e');
    mkdirSync(name);
    const outcome = await status(name);
    expect(outcome.stderr).toBe(
      `mpicount: ${folder}/\\x1b[2J\\xc2\\x9b31m\\xe2\\x80\\xae: no plan.json in it, so not the log folder of a count\n`,
    );
    expect(outcome.status).toBe(3);
  });

  test('as the reason why a file is skipped are printed without control characters', async () => {
    createPlan(Buffer.from(folder), plan);
    writeRankLog(folder, 0, seal({ event: 'skip', file: 'book', begin: 0, reason: hostileText }, plan));
    const { stdout, status: exit } = await status(folder);
    expect(stdout.toString()).toMatch(/^skipped {2}1 of 1 files; the first: /m);
    expect(stdout.toString().replace(/^\d+\t/gm, '')).not.toMatch(acting);
    expect(exit).toBe(0);
  });

  test('as format or host are printed without control characters', async () => {
    createPlan(Buffer.from(folder), plan);
    const path = join(folder, 'plan.json');
    const text = readFileSync(path, 'utf8').replace('"format":1', `"format":${JSON.stringify(hostileText)}`);
    writeFileSync(path, text);
    const { stderr, stdout, status: exit } = await status(folder);
    expect(stderr).toBe(`mpicount: ${path}: damaged; start anew with another --log-dir\n`);
    expect(stderr).not.toMatch(acting);
    expect(stdout.toString()).toBe('');
    expect(exit).toBe(3);
  });
});

describe('status refuses', () => {
  test.each<[string, (at: string) => string[], number, RegExp]>([
    ['no folder', () => [], 2, /^status needs one log folder; see: mpicount --help$/],
    ['two folders', (at) => [at, at], 2, /^status needs one log folder; see: mpicount --help$/],
    ['an empty name', () => [''], 2, /the folder name is empty$/],
    [
      'a folder that is not there',
      (at) => [`${at}/none`],
      3,
      /\/none: no plan\.json in it, so not the log folder of a count$/,
    ],
    ['a folder without a plan', (at) => [at], 3, /: no plan\.json in it, so not the log folder of a count$/],
    ['a file', () => [program], 3, /mpicount\.cjs: no plan\.json in it, so not the log folder of a count$/],
    ['another format', (at) => ['--format', 'xml', at], 2, /^--format: 'xml' is not one of text, json$/],
    ['an unknown option', (at) => ['--resume', at], 2, /^unknown option --resume; see: mpicount --help$/],
  ])('%s', async (_name, args, exit, says) => {
    const outcome = await status(...args(folder));
    expect(outcome.stderr.endsWith('\n')).toBe(true);
    const [line = '', ...more] = outcome.stderr.slice(0, -1).split('\n');
    expect(more).toEqual([]);
    expect(line.replace('mpicount: ', '')).toMatch(says);
    expect(outcome.stdout.toString()).toBe('');
    expect(outcome.status).toBe(exit);
  });

  test('a contradictory journal', async () => {
    begun();
    const path = writeRankLog(folder, 2, blockLine(plan, 9, [4, 41]));
    const outcome = await status(folder);
    expect(outcome.stderr).toMatch(
      /^mpicount: .*rank-00000[12]\.jsonl: counts for block 9 contradict those of an earlier line; /,
    );
    expect(outcome.stderr).toContain(path.slice(0, -7));
    expect(outcome.stderr.endsWith('count anew with another --log-dir\n')).toBe(true);
    expect(outcome.stdout.toString()).toBe('');
    expect(outcome.status).toBe(3);
  });

  test('a plan with another identity', async () => {
    begun();
    const path = join(folder, 'plan.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace(identityOf(plan), '0'.repeat(64)));
    const outcome = await status(folder);
    expect(outcome.stderr).toBe(`mpicount: ${path}: damaged; start anew with another --log-dir\n`);
    expect(outcome.status).toBe(3);
  });
});

test('status --help needs no log folder', async () => {
  const outcome = await status('--help');
  expect(outcome.stdout.toString()).toContain('mpicount status LOGDIR [--follow] [--format json]');
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
});

test('status reports a full disk and a closed pipe', async () => {
  begun();
  const script = '"$0" "$@" >/dev/full';
  const outcome = await run(['bash', '-c', script, process.execPath, program, 'status', folder], {
    timeoutSeconds: 20,
  });
  expect(outcome.stderr).toBe('mpicount: cannot write to standard output: the disk is full\n');
  expect(outcome.status).toBe(5);
});
