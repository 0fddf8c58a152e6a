// Whole jobs over files with decoding units, which are divided among blocks, ranks and threads.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { bzip2Stream } from '../decode/bzip2-stream.ts';
import { bgzfBlock } from '../decode/divided.ts';
import { pack, packWith } from '../decode/harness.ts';
import { xzBlocks, xzIndex, xzStream, type XzBlock } from '../decode/xz-stream.ts';
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
import { buildPreload, type Trouble } from '../support/preload.ts';
import { blocksCounted, logOf, runAndDisturb } from '../support/stopped-job.ts';
import { prose, randomNumbers } from '../support/text.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const at = (name: string) => join(folder, name);
const timeoutSeconds = 60;
const text = prose(60_000);
const plain = at('plain.txt');
const searched = ['-i', '-w', '-e', 'love', '-e', 'résumé', '-e', 'the', '-e', 'aa'];
const names = [
  'members.gz',
  'blocks.bgz',
  'frames.zst',
  'streams.bz2',
  'blocks.bz2',
  'streams.xz',
  'blocks.xz',
  'sized.xz',
  'frames.lz4',
  'hostile.gz',
];
const all = names.map(at);
const bgzfEnd = bgzfBlock(Buffer.alloc(0));
let trouble: (trouble: Trouble) => Record<string, string>;
let expected = '';

/** Cuts a text into so many parts anywhere, of which some are empty. */
function parts(of: Buffer, count: number, seed: number): Buffer[] {
  const random = randomNumbers(seed);
  const cuts = Array.from({ length: count - 2 }, () => random() % of.length).concat(of.length / 2, of.length / 2);
  const edges = [0, ...cuts.map(Math.floor).sort((one, other) => one - other), of.length];
  return edges.slice(1).map((end, index) => of.subarray(edges[index], end));
}

const storedOf = ({ stored }: XzBlock) => stored;

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** Returns a text that is stored in a member as it is, and holds so many members that a false start among them goes unnoticed. */
const hostileText = () => {
  const inner = Buffer.concat(parts(text, 30, 5).map((part) => gzipSync(part)));
  return Buffer.concat([Buffer.from('love '), inner, inner, inner, inner, inner]);
};

beforeAll(async () => {
  trouble = buildPreload(folder);
  const hostile = hostileText();
  writeFileSync(plain, text);
  writeFileSync(at('hostile.txt'), Buffer.concat([text, hostile, text]));
  const files: Record<string, Buffer[]> = {
    'members.gz': parts(text, 60, 1).map((part) => gzipSync(part)),
    'blocks.bgz': [...parts(text, 50, 2).map(bgzfBlock), bgzfEnd],
    'frames.zst': parts(text, 40, 3).map((part) => pack('zstd', part)),
    'streams.bz2': parts(text, 20, 4).map((part) => pack('bzip2', part)),
    'blocks.bz2': [bzip2Stream(parts(text, 20, 10).map((part) => pack('bzip2', part)))],
    'streams.xz': parts(text, 20, 6).map((part) => pack('xz', part)),
    // Three streams with zeros between them, of blocks without and with their sizes in their headers.
    'blocks.xz': [
      packWith(['xz', '-c', '-0', '-T1', '--block-size=900'], text.subarray(0, 30_000)),
      Buffer.alloc(16),
      packWith(['xz', '-c', '-0', '-T2', '--block-size=2000'], text.subarray(30_000, 50_000)),
      packWith(['xz', '-c', '-0', '--check=none'], text.subarray(50_000)),
    ],
    'sized.xz': [packWith(['xz', '-c', '-0', '-T2', '--block-size=1000', '--check=sha256'], text)],
    'frames.lz4': parts(text, 40, 7).map((part) => pack('lz4', part)),
    'hostile.gz': [
      ...parts(text, 10, 8).map((part) => gzipSync(part)),
      gzipSync(hostile, { level: 0 }),
      ...parts(text, 10, 9).map((part) => gzipSync(part)),
    ],
  };
  for (const [name, units] of Object.entries(files)) writeFileSync(at(name), Buffer.concat(units));
  const plainFiles = names.map((name) => (name === 'hostile.gz' ? at('hostile.txt') : plain));
  const counted = await run([process.execPath, program, 'count', ...searched, ...plainFiles], { timeoutSeconds });
  expected = counted.stdout.toString();
  expect(expected).toMatch(/^[1-9]\d*\tlove\n[1-9]\d*\trésumé\n[1-9]\d*\tthe\n[1-9]\d*\taa\n$/);
}, 120_000);

function expectTotals(outcome: Outcome): void {
  expect(ownLines(outcome)).toEqual([]);
  expect(outcome.stdout.toString()).toBe(expected);
  expect(outcome.status).toBe(0);
}

/** Returns the blocks in the log of each rank that belong to divided files. */
function linked(logDir: string, ranks: number): Record<string, unknown>[][] {
  return Array.from({ length: ranks }, (_, rank) => logOf(logDir, rank).filter(({ link }) => link !== undefined));
}

describe.each(mpis)('%s', (mpi) => {
  test.each(
    casesOf(mpi, [
      [1, '5K'],
      [2, '700'],
      [3, '900'],
      [7, '5K'],
    ]),
  )('%d ranks count the text in divided files, in blocks of %s', { timeout: 200_000 }, async (ranks, blockSize) => {
    const logDir = at(`whole-${mpi}-${ranks}`);
    const args = ['--block-size', blockSize, '--threads', '2', '--log-dir', logDir, ...searched, ...all];
    expectTotals(await runJob(mpi, ranks, ['count', ...args], { timeoutSeconds }));
    // Every rank has a part of the divided files.
    for (const blocks of linked(logDir, ranks)) expect(blocks.length).toBeGreaterThan(0);
    const resumed = await runJob(mpi, ranks, ['count', '--resume', ...args], { timeoutSeconds });
    expectTotals(resumed);
  });

  test('3 ranks count the blocks of xz files as they become free', { timeout: 100_000 }, async () => {
    const args = ['--block-size', '900', '--schedule', 'dynamic', '--threads', '2'];
    const counted = await runJob(mpi, 3, ['count', ...args, 'love', at('blocks.xz'), at('sized.xz')], {
      timeoutSeconds,
    });
    const wanted = await run([process.execPath, program, 'count', 'love', plain, plain], { timeoutSeconds });
    expect(ownLines(counted)).toEqual([]);
    expect(counted.stdout.toString()).toBe(wanted.stdout.toString());
    expect(counted.status).toBe(0);
  });

  test('wc counts the text in divided files', { timeout: 100_000 }, async () => {
    const files = all.slice(0, -1);
    const wc = (program: readonly string[]) => run([...program], { timeoutSeconds });
    const [line = ''] = (await wc([process.execPath, program, 'wc', plain])).stdout.toString().split('\n');
    const [lines, words, characters, bytes] = line.trim().split(/\s+/).map(Number);
    const args = ['wc', '--block-size', '900', '--format', 'json', ...files];
    const { stdout, status } = await runJob(mpi, 3, args, { timeoutSeconds });
    expect(status).toBe(0);
    const { perFile } = JSON.parse(stdout.toString()) as { perFile: Record<string, unknown>[] };
    expect(perFile).toEqual(files.map((file) => ({ file, lines, words, characters, bytes })));
  });

  test.each(casesOf(mpi, [1, 2, 3, 7]))(
    '%d ranks report damage in the middle of a divided file',
    { timeout: 100_000 },
    async (ranks) => {
      const units = parts(text, 60, 1).map((part) => gzipSync(part));
      const begin = units.slice(0, 40).reduce((sum, { length }) => sum + length, 0);
      const damaged = Buffer.concat(units);
      damaged[begin + 60] = (damaged[begin + 60] ?? 0) ^ 0x55;
      writeFileSync(at(`damaged-${ranks}.gz`), damaged);
      const args = ['count', 'love', '--block-size', '700', plain, at(`damaged-${ranks}.gz`)];
      const failed = await runJob(mpi, ranks, args, { timeoutSeconds });
      const pattern = new RegExp(
        `damaged-${ranks}\\.gz: is damaged at byte \\d+, in the gzip member from byte ${begin}: `,
      );
      expect(ownLines(failed)).toEqual([expect.stringMatching(pattern)]);
      expect(failed.stdout.toString()).toBe('');
      expect(failed.status).toBe(3);
    },
  );

  test.each(casesOf(mpi, [1, 2, 3, 7]))(
    '%d ranks report damage in the middle of a block of bzip2',
    { timeout: 100_000 },
    async (ranks) => {
      const damaged = bzip2Stream(parts(text, 20, 10).map((part) => pack('bzip2', part)));
      const middle = Math.floor(0.6 * damaged.length);
      damaged[middle] = (damaged[middle] ?? 0) ^ 0x18;
      writeFileSync(at(`damaged-${ranks}.bz2`), damaged);
      const args = ['count', 'love', plain, at(`damaged-${ranks}.bz2`)];
      const [whole = ''] = ownLines(await run([process.execPath, program, ...args], { timeoutSeconds }));
      const [, message = ''] = /(is damaged at byte \d+, in the bzip2 block from byte \d+: .+)$/.exec(whole) ?? [];
      expect(message).not.toBe('');
      const failed = await runJob(mpi, ranks, [...args, '--block-size', '700'], { timeoutSeconds });
      expect(ownLines(failed)).toEqual([expect.stringContaining(`damaged-${ranks}.bz2: ${message}`)]);
      expect(failed.stdout.toString()).toBe('');
      expect(failed.status).toBe(3);
    },
  );

  test.each(casesOf(mpi, [1, 2, 3, 7]))(
    '%d ranks report that a stream of bzip2 lacks a block',
    { timeout: 100_000 },
    async (ranks) => {
      const blocks = parts(text, 30, 11).map((part) => pack('bzip2', part));
      const logDir = at(`lacking-${ranks}`);
      const path = at(`lacking-${ranks}.bz2`);
      writeFileSync(path, bzip2Stream(blocks.toSpliced(17, 1), blocks));
      const args = ['--block-size', '700', '--log-dir', logDir, ...searched, plain, path];
      const failed = await runJob(mpi, ranks, ['count', ...args], { timeoutSeconds });
      const message =
        /lacking-\d\.bz2: is damaged at byte (\d+), in the bzip2 block from byte \1: the checksum of its stream is not that of its blocks$/;
      expect(ownLines(failed)).toEqual([expect.stringMatching(message)]);
      expect(failed.stdout.toString()).toBe('');
      expect(failed.status).toBe(3);
      // What was counted is in the journal, with the parts of the checksum.
      const resumed = await runJob(mpi, 3, ['count', '--resume', ...args], { timeoutSeconds });
      expect(ownLines(resumed)).toEqual([expect.stringMatching(message)]);
      expect(resumed.stdout.toString()).toBe('');
      expect(resumed.status).toBe(3);
      const skipping = await runJob(mpi, 2, ['count', '--resume', '--skip-unreadable', ...args], { timeoutSeconds });
      expect(skipping.status).toBe(6);
      const { stdout } = await run([process.execPath, program, 'count', ...searched, plain], { timeoutSeconds });
      expect(skipping.stdout.toString()).toBe(stdout.toString());
    },
  );

  const damagedXz: readonly (readonly [string, (stream: Buffer) => Buffer, RegExp])[] = [
    [
      'with a bit of its index',
      (stream) => flipped(stream, stream.length - 20),
      /is damaged at byte \d+: the index of the xz stream that ends at byte \d+ is wrong$/,
    ],
    [
      'with a bit of a block',
      (stream) => flipped(stream, 12 + Buffer.concat(xzBlocks(stream).slice(0, 40).map(storedOf)).length + 30),
      /is damaged at byte \d+, in the xz block from byte \d+: the data, its checksum or its size in the index is wrong$/,
    ],
    [
      'without one of its blocks',
      (stream) => xzStream(stream, xzBlocks(stream).toSpliced(40, 1), xzIndex(xzBlocks(stream))),
      /is damaged at byte \d+: the index of the xz stream that ends at byte \d+ lists more bytes than stand before it$/,
    ],
    [
      'that lists other sizes',
      (stream) => {
        const [first, second, ...rest] = xzBlocks(stream) as [XzBlock, XzBlock, ...XzBlock[]];
        return xzStream(stream, xzBlocks(stream), xzIndex([second, first, ...rest]));
      },
      /is damaged at byte 12, in the xz block from byte 0: its header has other sizes than the index$/,
    ],
    [
      'that is cut off',
      (stream) => stream.subarray(0, stream.length >> 1),
      /is cut off, or something else is behind its end: no xz stream ends at byte \d+$/,
    ],
    [
      'with a line of text behind it',
      (stream) => Buffer.concat([stream, Buffer.from('love\n')]),
      /is cut off, or something else is behind its end: no xz stream ends at byte \d+$/,
    ],
  ];
  test.each(casesOf(mpi, damagedXz))(
    '3 ranks report an xz file %s',
    { timeout: 200_000 },
    async (name, damage, message) => {
      const [path, logDir] = [at('damaged.xz'), at(`damaged-xz-${mpi}-${name.replaceAll(' ', '-')}`)];
      writeFileSync(path, damage(readFileSync(at('sized.xz'))));
      const args = ['--block-size', '700', '--threads', '2', '--log-dir', logDir, ...searched, plain, path];
      const failed = await runJob(mpi, 3, ['count', ...args], { timeoutSeconds });
      expect(ownLines(failed)).toEqual([expect.stringMatching(message)]);
      expect(ownLines(failed)[0]).toContain('damaged.xz: is ');
      expect(failed.stdout.toString()).toBe('');
      expect(failed.status).toBe(3);
      // One rank says the same of the file as a whole.
      const [line = ''] = ownLines(await run([process.execPath, program, 'count', 'love', path], { timeoutSeconds }));
      const noticed = /damaged at byte \d+, in/;
      expect(ownLines(failed)[0]?.replace(noticed, 'damaged in')).toContain(
        line.slice(line.indexOf('damaged.xz: ')).replace(noticed, 'damaged in'),
      );
      const skipping = await runJob(mpi, 3, ['count', '--skip-unreadable', '--resume', ...args], { timeoutSeconds });
      expect(skipping.status).toBe(6);
      const { stdout } = await run([process.execPath, program, 'count', ...searched, plain], { timeoutSeconds });
      expect(skipping.stdout.toString()).toBe(stdout.toString());
    },
  );

  test('a count that was killed and stopped is resumed with other ranks', { timeout: 200_000 }, async () => {
    const logDir = at(`stopped-${mpi}`);
    const args = ['--resume', '--io', 'read', '--block-size', '700', ...searched, ...all];
    const disturb = (ranks: number, signal: NodeJS.Signals, of: Mpi) =>
      runAndDisturb(
        {
          mpi: of,
          ranks,
          logDir,
          args,
          environment: trouble({ file: folder, call: 'pread', slow: 15 }),
          timeoutSeconds,
        },
        (pids) => {
          process.kill(pids[ranks - 1]!, signal);
        },
      );
    const killed = await disturb(3, 'SIGKILL', mpi);
    expect(killed.stdout.toString()).not.toContain('love'); // MPICH's launcher writes to it, too
    expect(killed.status).not.toBe(0);
    const before = blocksCounted(logDir, 3).length;
    const stopped = await disturb(2, 'SIGTERM', mpi === 'openmpi' ? 'mpich' : 'openmpi');
    expect(stopped.status).toBe(85);
    expect(blocksCounted(logDir, 3).length).toBeGreaterThan(before);
    expectTotals(await runJob(mpi, 3, ['count', '--log-dir', logDir, ...args], { timeoutSeconds }));
    const status = await run([process.execPath, program, 'status', logDir], { timeoutSeconds });
    expect(status.stdout.toString()).toMatch(/^complete\n/);
    expect(status.stdout.toString()).toContain(`totals\n${expected}`);
    // A journal from which the lines of a rank are missing leaves chains that depend on them.
    rmSync(join(logDir, 'ranks', '000', 'rank-000001.jsonl'));
    expectTotals(await runJob(mpi, 2, ['count', '--log-dir', logDir, ...args], { timeoutSeconds }));
  });

  test('blocks that began with what a member holds are counted again', { timeout: 100_000 }, async () => {
    const logDir = at(`hostile-${mpi}`);
    // With threads, every block begins with a guess.
    const args = ['count', '--log-dir', logDir, '--block-size', '700', '--threads', '3', 'love', at('hostile.gz')];
    const counted = await runJob(mpi, 3, args, { timeoutSeconds });
    const love = (await run([process.execPath, program, 'count', 'love', at('hostile.txt')], { timeoutSeconds }))
      .stdout;
    expect(counted.stdout.toString()).toBe(love.toString());
    const blocks = blocksCounted(logDir, 3);
    // The journal has the lines of false starts, too.
    expect(blocks.length).toBeGreaterThan(new Set(blocks).size);
    rmSync(join(logDir, 'result.json'));
    const resumed = await runJob(mpi, 2, [...args, '--resume'], { timeoutSeconds });
    expect(resumed.stdout.toString()).toBe(love.toString());
    expect(readFileSync(join(logDir, 'result.json'), 'utf8')).toContain('"complete":true');
  });
});

// One stream for each write, as programs do that append to a file.
const pythonXz = `
import lzma, sys
while part := sys.stdin.buffer.read(200_000):
    sys.stdout.buffer.write(lzma.compress(part, check=lzma.CHECK_CRC32, preset=1))`;

test('files that other programs made are divided', { timeout: 100_000 }, async () => {
  const long = prose(3_000_000);
  writeFileSync(at('long.txt'), long);
  const count = async (...args: string[]) =>
    (await run([process.execPath, program, 'count', ...searched, ...args], { timeoutSeconds })).stdout.toString();
  const wanted = await count(at('long.txt'));
  const commands: Record<string, readonly string[]> = {
    'bgzip.gz': ['bgzip', '-c', '-@2'],
    'pigz.gz': ['pigz', '-c', '-p2'],
    'pzstd.zst': ['pzstd', '-q', '-c', '-p2'],
    'lbzip2.bz2': ['lbzip2', '-c', '-n2'],
    'xz.xz': ['xz', '-c', '-T2', '-0', '--block-size=200000'],
    'python.xz': ['python3', '-c', pythonXz],
    'lz4.lz4': ['lz4', '-q', '-c'],
  };
  for (const [name, command] of Object.entries(commands)) {
    writeFileSync(at(name), packWith(command, long));
    expect(await count('--block-size', '100K', '--threads', '3', at(name))).toBe(wanted);
  }
});
