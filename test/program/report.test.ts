import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import stringWidth from 'string-width';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { byteStrings } from '../../src/base/byte-strings.ts';
import type { CorpusFile } from '../../src/corpus/file-checks.ts';
import { createPlan } from '../../src/job/plan/plan-file.ts';
import type { Plan } from '../../src/job/plan/plan.ts';
import { program, run, temporaryFolder, type Outcome } from '../support/job.ts';
import { blockLine, contents, samplePlan, seal, startLine, writeRankLog } from '../support/log-folder.ts';
import { linesOf, type BlockStory, type RankStory } from '../support/rank-events.ts';
import { countSpec } from '../support/spec.ts';

let folder: string;
let remove: () => void;
beforeEach(() => ({ folder, remove } = temporaryFolder()));
afterEach(() => {
  remove();
});

const report = (...args: string[]) =>
  run([process.execPath, program, 'report', ...args], { timeoutSeconds: 20, environment: { TERM: 'xterm' } });

/** Writes the log folder of a job: what each rank did, in one run after the other. */
function write(plan: Plan, ...logs: readonly (readonly RankStory[])[]): void {
  createPlan(Buffer.from(folder), plan);
  for (const log of logs) writeRankLog(folder, log[0]?.rank ?? 0, ...log.flatMap((story) => linesOf(story, plan)));
}

const plan = samplePlan();
const counts = [8, 4, 0, 1, 2, 8, 0, 0, 4, 1];

/** The blocks [first, end), each after so many seconds, of which all but one are spent on reading and scanning. */
function blocks(first: number, end: number, seconds = 5, begun = 0): BlockStory[] {
  return Array.from({ length: end - first }, (_, index) => ({
    block: first + index,
    at: begun + seconds * (index + 1),
    bytes: first + index === 9 ? 95 : 100,
    reading: 1,
    scanning: seconds - 1,
    counts: [counts[first + index] ?? 0, first + index === 2 ? 7 : 0],
  }));
}

/** A job of two ranks, of which the second one takes three times as long. */
const complete: RankStory[][] = [
  [{ rank: 0, host: 'node1', ranks: 2, slice: 500, blocks: blocks(0, 5), counted: 25, ended: 75.5 }],
  [{ rank: 1, host: 'node2', ranks: 2, slice: 495, blocks: blocks(5, 10, 15), counted: 75, ended: 75.5 }],
];

/** The same, stopped after three blocks, and resumed by three ranks, the last of which has not ended. */
const resumed: RankStory[][] = [
  [
    { rank: 0, host: 'node1', ranks: 2, slice: 500, blocks: blocks(0, 2), counted: 10 },
    { rank: 0, host: 'node9', ranks: 3, begun: 60, slice: 300, blocks: blocks(2, 5, 5, 60), counted: 75 },
  ],
  [
    { rank: 1, host: 'node2', ranks: 2, slice: 495, blocks: blocks(5, 6, 10), counted: 10 },
    { rank: 1, host: 'node9', ranks: 3, begun: 60, slice: 200, blocks: blocks(6, 8, 5, 60), counted: 70 },
  ],
  [{ rank: 2, host: 'node9', ranks: 3, begun: 60, slice: 195, blocks: blocks(8, 9, 5, 60) }],
];

describe('report', () => {
  test('tells of a count that is complete: who was slow, and where the patterns are', async () => {
    write(plan, ...complete);
    const before = contents(folder);
    const outcome = await report(folder);
    expect(outcome.stdout.toString()).toBe(
      `complete
corpus   1 file, 995 bytes
patterns 2
run      2 ranks on 2 hosts, 2030-01-01 00:00:00 UTC, 76 s, 13 B/s
rates    of a rank: least 7 B/s, median 7 B/s, most 20 B/s

rank slice bytes counting reading scanning waiting slow     host
   0 500 B 500 B     25.0    5.00     20.0    50.5          node1
   1 495 B 495 B     75.0    5.00     70.0    0.50 scanning node2
seconds: counting, up to a rank's last block;
within it, reading and scanning, added up over threads; waiting, after it
scanning: takes longer to scan a byte

count range   DP along the corpus pattern
   28  7/10 0.46 █▅ ▂▃█  ▅▂       love
    7  1/10 0.90   █              hate
range: in how many of 10 parts of the corpus; DP: deviation of proportions,
from 0, evenly spread, to 1; a bar: 100 B of the corpus, the higher the more
occurrences in it
`,
    );
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(contents(folder)).toEqual(before);
  });

  test('tells of a count that was resumed and is not complete, and says so at the top', async () => {
    write(plan, ...resumed);
    const outcome = await report(folder);
    expect(outcome.stdout.toString()).toBe(
      `not complete: 9 of 10 blocks are counted, in 2 runs; all below is about these
corpus   1 file, 995 bytes
counted  900 bytes (90.5 %)
patterns 2
run 1    2 ranks on 2 hosts, 2030-01-01 00:00:00 UTC, 10.0 s, 30 B/s
         it broke off
run 2    3 ranks on 1 host, 2030-01-01 00:01:00 UTC, 15.0 s, 40 B/s
         it has no end yet: it still runs, or it broke off
rates    of a rank: least 10 B/s, median 20 B/s, most 20 B/s

run 1
rank slice bytes counting reading scanning waiting slow     host
   0 500 B 200 B     10.0    2.00     8.00    0.00          node1
   1 495 B 100 B     10.0    1.00     9.00    0.00 scanning node2
run 2
rank slice bytes counting reading scanning waiting slow  host
   0 300 B 300 B     15.0    3.00     12.0    0.00 bytes node9
   1 200 B 200 B     10.0    2.00     8.00    5.00       node9
   2 195 B 100 B     5.00    1.00     4.00       -       node9
seconds: counting, up to a rank's last block;
within it, reading and scanning, added up over threads; waiting, after it
bytes: has more bytes than others
scanning: takes longer to scan a byte

count range   DP along the corpus pattern
   27   6/9 0.44 █▅ ▂▃█  ▅░       love
    7   1/9 0.89   █      ░       hate
range: in how many of 10 parts of the corpus; DP: deviation of proportions,
from 0, evenly spread, to 1; a bar: 100 B of the corpus, the higher the more
occurrences in it; ░: not counted yet
`,
    );
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
  });

  test('with --format json has all of it', async () => {
    write(plan, ...resumed);
    const outcome = await report('--format', 'json', folder);
    const json = JSON.parse(outcome.stdout.toString()) as { runs: { ending: unknown; ranks: object[] }[] };
    expect(json.runs.map(({ ending }) => ending)).toEqual([null, null]);
    expect(json).toMatchObject({
      complete: false,
      files: 1,
      blocks: 10,
      blocksDone: 9,
      bytes: 995,
      bytesDone: 900,
      omitted: 0,
      counters: 2,
      parts: {
        bytes: [100, 100, 100, 100, 100, 100, 100, 100, 100, 95],
        bytesDone: [100, 100, 100, 100, 100, 100, 100, 100, 100, 0],
      },
      dispersion: [
        { name: 'love', total: 27, range: 6, counts: [8, 4, 0, 1, 2, 8, 0, 0, 4, 0] },
        { name: 'hate', total: 7, range: 1, counts: [0, 0, 7, 0, 0, 0, 0, 0, 0, 0] },
      ],
      ignoredLines: 0,
    });
    expect(json.runs.map(({ ranks }) => ranks.length)).toEqual([2, 3]);
    expect(json.runs[1]?.ranks[2]).toEqual({
      rank: 2,
      host: 'node9',
      cores: 1,
      threads: 1,
      begun: '2030-01-01T00:01:00.000Z',
      last: '2030-01-01T00:01:05.000Z',
      slice: 195,
      blocks: 1,
      bytes: 100,
      text: 100,
      counting: 5,
      readSeconds: 1,
      decodeSeconds: 0,
      scanSeconds: 4,
      waiting: null,
      slow: null,
    });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
  });

  test('says that lines are left out', async () => {
    createPlan(Buffer.from(folder), plan);
    const blocks = Array.from({ length: 10 }, (_, block) => blockLine(plan, block, [1, 0]));
    const found = { invalidLines: [3, 0, 0, 0, 14] };
    const time = '2030-01-01T00:00:00.000Z';
    const invalid = seal({ time, event: 'block', block: 4, counts: [1, 0], findings: found }, plan);
    writeRankLog(folder, 0, startLine(plan, 'node1'), ...blocks.toSpliced(4, 1, invalid));
    const text = (await report(folder)).stdout.toString();
    expect(text).toMatch(/^complete, but for the lines left out\n/);
    expect(text).toMatch(/^left out 3 lines that are not valid$/m);
    const json = JSON.parse((await report('--format', 'json', folder)).stdout.toString()) as unknown;
    const first = [{ file: '/texts/book', offset: 14 }];
    expect(json).toMatchObject({ complete: false, invalid: { lines: 3, first } });
  });

  test('with --format csv has a line for each rank of each run', async () => {
    write(plan, ...complete);
    const outcome = await report('--format=csv', folder);
    expect(outcome.stdout.toString().split('\r\n')).toEqual([
      'run,rank,host,slice,bytes,text,blocks,counting,reading,decoding,scanning,waiting,slow',
      '1,0,node1,500,500,500,5,25.000000,5.000000,0.000000,20.000000,50.500000,',
      '1,1,node2,495,495,495,5,75.000000,5.000000,0.000000,70.000000,0.500000,scanning',
      '',
    ]);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
  });

  const files = ['one', 'two', 'three'].map((name, index): CorpusFile => {
    return { path: Buffer.from(`/${name}`), size: 150 * index, modified: 1n };
  });
  /** A count by file in which the block in the middle has file ranges of both files that are not empty, and the last one is not counted. */
  const byFile = samplePlan({
    spec: {
      ...countSpec(['love', 'hate']),
      records: 'line',
      by: 'file',
      ids: byteStrings([Buffer.from('g"1'), Buffer.from('g2')]),
    },
    files,
    grid: { blockSize: 100, blocks: 5 },
  });
  const rowsOfFiles = [
    [4, 0, 2, 0, 5],
    [2, 0, 1, 0, 3, 0, 0, 0, 0, 1],
    [0, 9, 0, 1, 4],
    [3, 0, 3, 0, 3],
  ];

  function writeByFile(): void {
    createPlan(Buffer.from(folder), byFile);
    writeRankLog(folder, 0, ...rowsOfFiles.map((counts, block) => blockLine(byFile, block, counts)));
  }

  test('tells of groups and records', async () => {
    writeByFile();
    const text = (await report(folder)).stdout.toString();
    expect(text).toMatch(/^patterns 2\nrecords {2}16 \(line\)\ngroups {3}2, by file$/m);
    expect(text.slice(text.indexOf('count records'))).toBe(
      `count records range   DP along the corpus pattern
    9       6   2/2 0.29 █▅ ▇░            g"1 love
    9       1   1/2 0.38   █ ░            g2 hate
records: in how many of 16 records
range: in how many of 2 groups; DP: deviation of proportions over them,
by their bytes, from 0, evenly spread, to 1; a bar: 90 B of the corpus,
the higher the more occurrences in it; ░: not counted yet
`,
    );
    const json = JSON.parse((await report('--format', 'json', folder)).stdout.toString()) as unknown;
    expect(json).toMatchObject({
      by: 'file',
      groups: 2,
      groupUnit: 'bytes',
      records: 16,
      dispersion: [
        { name: 'love', id: 'g"1', total: 9, records: 6, range: 3, groupRange: 2, groupDeviation: 6 / 9 - 150 / 400 },
        { name: 'hate', id: 'g2', total: 9, records: 1, range: 1, groupRange: 1, groupDeviation: 1 - 250 / 400 },
      ],
    });
  });

  test('with --format csv --table patterns has a line for each pattern', async () => {
    writeByFile();
    const csv = await report('--format', 'csv', '--table', 'patterns', folder);
    const lines = csv.stdout.toString().split('\r\n');
    expect(lines).toEqual([
      'count,records,id,pattern,range,parts,deviation,groupRange,groups,groupDeviation',
      expect.stringMatching(/^9,6,"g""1",love,3,4,0\.27\d+,2,2,0\.2916666+\d*$/),
      '9,1,g2,hate,1,4,0.75,1,2,0.375',
      '',
    ]);
    expect(csv).toMatchObject({ status: 0, stderr: '' });
  });

  test('with --format csv --table patterns has few columns where there is nothing more to tell, and no limit', async () => {
    const many = samplePlan({ spec: countSpec(Array.from({ length: 10_487 }, (_, index) => `word${index}`)) });
    createPlan(Buffer.from(folder), many);
    const last = { length: 10_487, indices: [10_485], counts: [7] };
    const time = '2030-01-01T00:00:00.000Z';
    writeRankLog(folder, 0, seal({ time, event: 'block', block: 0, sparse: last }, many));
    const lines = (await report('--format', 'csv', '--table', 'patterns', folder)).stdout.toString().split('\r\n');
    expect(lines).toHaveLength(10_489);
    expect(lines.filter((_, index) => [0, 1, 10_485, 10_486, 10_487].includes(index))).toEqual([
      'count,pattern,range,parts,deviation',
      '0,word0,0,1,',
      '0,word10484,0,1,',
      '7,word10485,,,',
      '0,word10486,,,',
    ]);
    const text = (await report(folder)).stdout.toString();
    expect(text).toContain(`
the 20 most frequent of 10487 patterns, among the first 10485;
--format csv --table patterns has all of these
`);
    for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(80);
  });

  test('leaves room for names beside the largest numbers of groups, records and occurrences', async () => {
    const wide = samplePlan({
      spec: { ...countSpec(['p'.repeat(50)]), records: 'jsonl:text', by: 'jsonl:source' },
      grid: { blockSize: 2, blocks: 400 },
      files: [{ path: Buffer.from('/docs'), size: 800, modified: 1n }],
    });
    createPlan(Buffer.from(folder), wide);
    const time = '2030-01-01T00:00:00.000Z';
    const rows = Array.from({ length: 400 }, (_, block) => {
      const groups = Array.from({ length: 300 }, (_each, index) => `${block}-${index}`);
      const counts = groups.flatMap(() => [10 ** 10, 10 ** 9, 10 ** 9]);
      return seal({ time, event: 'block', block, groups, counts }, wide);
    });
    writeRankLog(folder, 0, ...rows);
    const lines = (await report(folder)).stdout.toString().split('\n');
    expect(lines.slice(-6)).toEqual([
      `1200000000000000 120000000000000 120000/120000 0.00 ${'█'.repeat(16)} ${'p'.repeat(10)}…`,
      'records: in how many of 120000000000000 records',
      'range: in how many of 120000 groups; DP: deviation of proportions over them,',
      'by their records, from 0, evenly spread, to 1; a bar: 50 B of the corpus,',
      'the higher the more occurrences in it',
      '',
    ]);
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(80);
  });

  test('groups more than 40 ranks by host', async () => {
    const logs = Array.from({ length: 41 }, (_, rank): RankStory[] => [
      { rank, host: `node${rank % 3}`, ranks: 41, slice: 1000, blocks: [], counted: rank === 4 ? 20 : 10, ended: 21 },
    ]);
    write(plan, ...logs);
    const lines = (await report(folder)).stdout.toString().split('\n');
    expect(lines.filter((line) => /(?:node\d|host)$/.test(line))).toEqual([
      'ranks    slice bytes counting reading scanning waiting slow   host',
      '   14 13.7 KiB   0 B     10.0    0.00     0.00    11.0        node0',
      '   14 13.7 KiB   0 B     10.7    0.00     0.00    10.3 1 idle node1',
      '   13 12.7 KiB   0 B     10.0    0.00     0.00    11.0        node2',
    ]);
    expect(lines).toContain("seconds, means over the ranks of a host: counting, up to a rank's last block;");
  });

  test('summarises thousands of ranks, the slow ones first', async () => {
    const ranks = 2000;
    const logs = Array.from({ length: ranks }, (_, rank): RankStory[] => [
      { rank, host: `node${Math.floor(rank / 10)}`, ranks, blocks: [], counted: rank === 777 ? 90 : 10, ended: 91 },
    ]);
    write(plan, ...logs);
    const lines = (await report(folder)).stdout.toString().split('\n');
    const hosts = lines.filter((line) => /node\d+$/.test(line));
    expect(hosts).toHaveLength(40);
    expect(hosts[0]).toMatch(/ 1 idle node77$/);
    expect(lines).toContain('the 40 slowest of 200 hosts; --format csv has all ranks');
    expect((await report('--format', 'csv', folder)).stdout.toString().split('\r\n')).toHaveLength(ranks + 2);
  });

  test('shows the most frequent of many patterns', async () => {
    const many = samplePlan({ spec: countSpec(Array.from({ length: 100 }, (_, index) => `word${index}`)) });
    createPlan(Buffer.from(folder), many);
    writeRankLog(
      folder,
      0,
      startLine(many, 'a'),
      blockLine(
        many,
        0,
        Array.from({ length: 100 }, (_, index) => index % 50),
      ),
    );
    const lines = (await report(folder)).stdout.toString().split('\n');
    const shown = lines.flatMap((line) => /word\d+$/.exec(line) ?? []);
    expect(shown).toHaveLength(20);
    expect(shown.slice(0, 4)).toEqual(['word49', 'word99', 'word48', 'word98']);
    expect(lines).toContain('the 20 most frequent of 100 patterns; --format json has all of these');
  });

  test('tells of a count of words', async () => {
    const files: CorpusFile[] = ['one', 'two'].map((name) => ({
      path: Buffer.from(`/${name}`),
      size: 150,
      modified: 1n,
    }));
    const wc = samplePlan({
      spec: { kind: 'wc', wordRule: 'coreutils 9.4' },
      files,
      grid: { blockSize: 100, blocks: 3 },
    });
    createPlan(Buffer.from(folder), wc);
    // The block in the middle has file ranges of both files.
    const rows = [
      [1, 20, 90, 100],
      [1, 10, 45, 50, 2, 10, 45, 50],
      [0, 0, 0, 100],
    ];
    writeRankLog(folder, 0, startLine(wc, 'a'), ...rows.map((counts, block) => blockLine(wc, block, counts)));
    const text = (await report(folder)).stdout.toString();
    expect(text.slice(text.indexOf('count range'), text.indexOf('range:'))).toBe(
      `count range   DP along the corpus of
    4   2/3 0.42 ▃█               lines
   40   2/3 0.33 ██               words
  180   2/3 0.33 ██               characters
  300   3/3 0.00 ███              bytes
`,
    );
    expect(text).not.toContain('patterns');
  });

  test('tells of a count that has just begun, and of an empty corpus', async () => {
    createPlan(Buffer.from(folder), plan);
    expect((await report(folder)).stdout.toString()).toMatch(
      /^not complete: 0 of 10 blocks are counted; all below is about these\ncorpus .*\ncounted {2}0 bytes \(0\.0 %\)\npatterns 2\n\ncount range DP along/,
    );
    expect(await report('--format', 'csv', folder)).toMatchObject({ status: 0, stderr: '' });
  });

  test('tells of an empty corpus', async () => {
    createPlan(Buffer.from(folder), samplePlan({ files: [], grid: { blockSize: 0, blocks: 0 } }));
    expect((await report(folder)).stdout.toString()).toBe('complete\ncorpus   0 files, 0 bytes\npatterns 2\n');
    expect(JSON.parse((await report('--format', 'json', folder)).stdout.toString())).toMatchObject({ complete: true });
  });

  test('tells how many lines were ignored', async () => {
    write(plan, ...complete);
    writeRankLog(folder, 7, 'torn');
    expect((await report(folder)).stdout.toString()).toContain('\nignored  1 torn, damaged or foreign line\n');
  });
});

/** Runs `report` in a terminal. */
function inTerminal(environment: Record<string, string>): Promise<Outcome> {
  const command = [process.execPath, program, 'report', folder].map((word) => `'${word}'`).join(' ');
  return run(['script', '-qec', command, '/dev/null'], {
    timeoutSeconds: 20,
    environment: { TERM: 'xterm', NO_COLOR: '', ...environment },
  });
}

describe('a terminal', () => {
  test('gets colours, unless NO_COLOR is set', async () => {
    write(plan, ...complete);
    const plain = (await report(folder)).stdout.toString();
    const [coloured = '', monochrome = ''] = (await Promise.all([inTerminal({}), inTerminal({ NO_COLOR: '1' })])).map(
      ({ stdout }) => stdout.toString().replaceAll('\r\n', '\n'),
    );
    expect(monochrome).toBe(plain);
    const sequence = /\u001b\[\d+m/g;
    expect(coloured.replace(sequence, '')).toBe(plain);
    expect(coloured).toMatch(/\u001b\[35m *1 495 B .* scanning node2\u001b\[39m/);
  });

  test('gets colours whatever else the environment says, and none if it is dumb', async () => {
    write(plan, ...complete);
    const outputs = [
      { CI: 'true' },
      { NODE_DISABLE_COLORS: '1' },
      { TERM: 'dumb' },
      { FORCE_COLOR: '1', TERM: 'dumb' },
    ];
    const areColoured = await Promise.all(
      outputs.map(async (environment) => (await inTerminal(environment)).stdout.includes('\u001b[')),
    );
    expect(areColoured).toEqual([true, true, false, false]);
  });
});

// What acts on a terminal, is invisible, or is markup or a formula elsewhere.
const hostileText =
  '\u001b]0;pwned\u0007\u009b31m\u001b[2J\r\b\u202e\u2066\u2028\u007f\ttext<script>"\u200b,=1+1' + '鯨'.repeat(5000);
const acting = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe('hostile names', () => {
  beforeEach(() => {
    const hostile = samplePlan({
      spec: countSpec([hostileText, Buffer.from('\u001b[31m\xff\x9b2J', 'latin1')]),
      files: [{ path: Buffer.from(`/${hostileText}`), size: 995, modified: 1n }],
    });
    createPlan(Buffer.from(folder), hostile);
    const skip = seal({ event: 'skip', file: `/${hostileText}`, begin: 0, reason: hostileText }, hostile);
    writeRankLog(folder, 0, startLine(hostile, hostileText.slice(0, 200)), blockLine(hostile, 0, [3, 4]), skip);
  });

  test('do not act on a terminal, and every line has at most 80 columns', async () => {
    const { stdout, stderr, status } = await report(folder);
    expect(stdout.toString()).not.toMatch(acting);
    expect(stdout.toString()).toContain('\\x1b]0;pwned\\x07\\xc2\\x9b31m');
    for (const line of stdout.toString().split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(80);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });

  test('are complete in JSON, and one field in CSV, without what acts on a terminal', async () => {
    const json = (await report('--format', 'json', folder)).stdout.toString();
    expect(JSON.parse(json)).toMatchObject({
      dispersion: [{ name: hostileText }, { name: { base64: expect.any(String) as string } }],
      runs: [{ ranks: [{ host: hostileText.slice(0, 200) }] }],
    });
    expect(json).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
    const [, line = '', end] = (await report('--format', 'csv', folder)).stdout.toString().split('\r\n');
    expect(line).toMatch(/^1,0,"\\x1b[^"]*""[^"]*,=1\+1鯨+",0,/);
    expect(line).not.toMatch(acting);
    expect(end).toBe('');
  });
});

describe('report --html', () => {
  const at = (name: string) => join(folder, name);
  const html = (file: string) => report('--html', file, folder);

  test('writes a page, in place of an earlier one, and prints nothing', async () => {
    write(plan, ...resumed);
    const before = readdirSync(folder);
    for (const name of ['a.html', 'ré port.html', 'a.html']) {
      expect(await html(at(name))).toMatchObject({ status: 0, stdout: Buffer.of(), stderr: '' });
      expect(readFileSync(at(name), 'utf8')).toMatch(
        /^<!doctype html>\n<!-- mpicount report -->\n<html lang="en">[^]*<\/html>\n$/,
      );
    }
    expect(readFileSync(at('a.html'), 'utf8')).toContain('not complete: 9 of 10 blocks are counted, in 2 runs');
    expect(readdirSync(folder).sort()).toEqual([...before, 'a.html', 'ré port.html'].sort());
  });

  test.each<[string, () => string, RegExp]>([
    [
      'that is no report',
      () => (writeFileSync(at('x'), 'my text'), at('x')),
      /: it is there already and is no report of mpicount; /,
    ],
    [
      'that is empty',
      () => (writeFileSync(at('x'), ''), at('x')),
      /: it is there already and is no report of mpicount; /,
    ],
    ['that is a folder', () => folder, /: it is there already and is no report of mpicount; /],
    [
      'behind a link',
      () => (writeFileSync(at('x'), 'my text'), symlinkSync('x', at('y')), at('y')),
      /: it is there already /,
    ],
    ['in no folder', () => at('none/x.html'), /: no such file or folder|: .*no such/],
  ])('leaves a file alone %s', async (_name, file, says) => {
    write(plan, ...complete);
    const outcome = await html(file());
    expect(outcome.stderr).toMatch(says);
    expect(outcome.stderr).toMatch(/^mpicount: cannot write [^\n]*\n$/);
    expect(outcome).toMatchObject({ status: 5, stdout: Buffer.of() });
  });

  test.each<[string[], RegExp]>([
    [['--html', ''], /^mpicount: --html: the file name is empty\n$/],
    [['--table', 'patterns'], /^mpicount: --table chooses what --format csv prints; give both, or neither\n$/],
    [
      ['--html', 'x', '--table', 'ranks'],
      /^mpicount: --table chooses what --format csv prints; give both, or neither\n$/,
    ],
    [
      ['--html', 'x', '--format', 'json'],
      /^mpicount: --html and --format are two forms of the report; give one of them\n$/,
    ],
  ])('%j is refused', async (args, says) => {
    write(plan, ...complete);
    const outcome = await report(...args, folder);
    expect(outcome.stderr).toMatch(says);
    expect(outcome.status).toBe(2);
  });
});

describe('report refuses', () => {
  test.each<[string, () => string[], number, RegExp]>([
    ['no folder', () => [], 2, /^report needs one log folder; see: mpicount --help$/],
    ['two folders', () => [folder, folder], 2, /^report needs one log folder; see: mpicount --help$/],
    ['an empty name', () => [''], 2, /^report: the folder name is empty$/],
    ['a folder without a plan', () => [folder], 3, /: no plan\.json in it, so not the log folder of a count$/],
    ['another format', () => ['--format', 'xml', folder], 2, /^--format: 'xml' is not one of text, json, csv$/],
    [
      'another table',
      () => ['--format', 'csv', '--table', 'x', folder],
      2,
      /^--table: 'x' is not one of ranks, patterns$/,
    ],
  ])('%s', async (_name, args, status, says) => {
    const outcome = await report(...args());
    expect(outcome.stderr.replace(/^mpicount: (.*)\n$/, '$1')).toMatch(says);
    expect(outcome.stdout.toString()).toBe('');
    expect(outcome.status).toBe(status);
  });

  test('a folder without blocks in its logs', async () => {
    createPlan(Buffer.from(folder), plan, 'summary');
    const outcome = await report(folder);
    expect(outcome.stderr).toContain('counted with --log summary, so all there is to see is result.json');
    expect(outcome.status).toBe(3);
  });

  test('a contradictory journal', async () => {
    write(plan, ...complete);
    mkdirSync(join(folder, 'ranks', '000'), { recursive: true });
    writeRankLog(folder, 9, blockLine(plan, 0, [1, 1]));
    const outcome = await report(folder);
    expect(outcome.stderr).toContain('counts for block 0 contradict those of an earlier line');
    expect(outcome).toMatchObject({ status: 3 });
    expect(outcome.stdout.toString()).toBe('');
  });
});
