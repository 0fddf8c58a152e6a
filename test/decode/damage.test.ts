// What is counted in files with twelve kinds of damage, and what other programs make of them, as docs/formats.md shows it.
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { packageRoot } from '../../src/base/package.ts';
import { decodedFormats, fileStart, formatNumber } from '../../src/corpus/file-format.ts';
import type { ReadFailure } from '../../src/scan/kernel.ts';
import { compilePatterns } from '../../src/scan/patterns.ts';
import { run, temporaryFolder } from '../support/job.ts';
import { prose } from '../support/text.ts';
import { compressed, pack, packWith } from './harness.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const timeoutSeconds = 60;

const halves = [prose(150_000, 1), prose(150_000, 2)] as const;
const kinds = [...compressed, 'BGZF'] as const;
type Kind = (typeof kinds)[number];
/** Damages a file of two parts, each with half of the text. */
type Damage = (first: Buffer, second: Buffer) => Buffer;

function packHalves(kind: Kind): readonly [first: Buffer, second: Buffer] {
  const [first, second] = halves;
  if (kind !== 'BGZF') return [pack(kind, first), pack(kind, second)];
  // Only the second half ends with the empty block that ends a file.
  const [one, two] = [packWith(['bgzip', '-c'], first), packWith(['bgzip', '-c'], second)];
  return [one.subarray(0, -28), two];
}

const packedHalves = new Map(kinds.map((kind) => [kind, packHalves(kind)]));

/** Returns a damaged file of two units, or of two rows of BGZF blocks. */
const damagedFile = (kind: Kind, damage: Damage) => damage(...packedHalves.get(kind)!);

const flipped = (bytes: Buffer, at: number, bits = 1) => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ bits;
  return copy;
};
const middle = (bytes: Buffer) => bytes.length >> 1;

const intact: Damage = (first, second) => Buffer.concat([first, second]);
const damages: readonly (readonly [string, Damage])[] = [
  ['cut off in a unit', (first, second) => Buffer.concat([first, second.subarray(0, middle(second))])],
  ['the last byte is missing', (first, second) => Buffer.concat([first, second.subarray(0, -1)])],
  ['cut off between two units', (first) => first],
  ['cut off in the header of a unit', (first, second) => Buffer.concat([first, second.subarray(0, 3)])],
  ['a bit of the data is wrong', (first, second) => Buffer.concat([first, flipped(second, middle(second))])],
  ['a byte of the data is wrong', (first, second) => Buffer.concat([flipped(first, middle(first), 0xff), second])],
  [
    '20 bytes in the middle are missing',
    (first, second) => Buffer.concat([first.subarray(0, -30), first.subarray(-10), second]),
  ],
  [
    '512 bytes in the middle are zero',
    (first, second) => Buffer.concat([Buffer.from(first).fill(0, 100, 612), second]),
  ],
  ['the second unit is not recognized', (first, second) => Buffer.concat([first, flipped(second, 1)])],
  ['a line of text behind the end', (first, second) => Buffer.concat([first, second, Buffer.from('love\n')])],
  ['512 zeros behind the end', (first, second) => Buffer.concat([first, second, Buffer.alloc(512)])],
  ['the first byte is wrong', (first, second) => Buffer.concat([flipped(first, 0), second])],
];

const scanner = compilePatterns([Buffer.from('love')], { ignoreCase: false, word: false, overlapping: false });

async function countIn(path: string): Promise<bigint | string> {
  const { size } = statSync(path);
  const start = await fileStart(Buffer.from(path));
  const format = decodedFormats.find((decoded) => decoded === start.format);
  const fd = openSync(path, 'r');
  try {
    const range = { fd, fileSize: size, begin: 0, end: size, format: formatNumber(format) };
    const { counts } = await scanner.countFileRanges([range]);
    return format === undefined ? 'stored' : (counts[0] ?? 0n);
  } catch (error) {
    expect((error as ReadFailure).undecodable).toBe(true);
    expect((error as ReadFailure).message).toMatch(/^is (?:cut off|damaged)/);
    return 'error';
  } finally {
    closeSync(fd);
  }
}

const docs = readFileSync(join(packageRoot, 'docs', 'formats.md'), 'utf8');

/** Makes a table with a row for each kind of damage. */
async function tableOf<T>(
  columns: readonly T[],
  head: (column: T) => string,
  cell: (column: T, damage: Damage) => Promise<string>,
): Promise<string> {
  const rows = [`| damage | ${columns.map(head).join(' | ')} |`, `| --- |${' --- |'.repeat(columns.length)}`];
  for (const [name, damage] of damages) {
    const cells: string[] = [];
    for (const column of columns) cells.push(await cell(column, damage));
    rows.push(`| ${name} | ${cells.join(' | ')} |`);
  }
  return rows.join('\n');
}

test('a table of damage', { timeout: 120_000 }, async () => {
  const path = join(folder, 'file');
  const count = async (bytes: Buffer) => {
    writeFileSync(path, bytes);
    return countIn(path);
  };
  const names = new Map<bigint | string, string>([[await count(pack('gzip', halves[0])), 'first unit']]);
  names.set(await count(pack('gzip', Buffer.concat(halves))), 'text');
  expect(names.size).toBe(2);
  const table = await tableOf(
    kinds,
    (kind) => kind,
    async (kind, damage) => {
      const found = await count(damagedFile(kind, damage));
      return names.get(found) ?? String(found);
    },
  );
  console.log(table);
  expect(docs).toContain(table);
});

const suffixes: Readonly<Record<Kind, string>> = {
  gzip: '.gz',
  zstd: '.zst',
  xz: '.xz',
  bzip2: '.bz2',
  lz4: '.lz4',
  BGZF: '.gz',
};

/** What people use instead, with a file of one kind. */
interface Peer {
  readonly name: string;
  readonly kind: Kind;
  readonly command: readonly string[];
}

const decoders: readonly Peer[] = [
  { name: '`gzip -dc`', kind: 'gzip', command: ['gzip', '-dc'] },
  { name: '`zcat \\| grep -o`', kind: 'gzip', command: ['sh', '-c', 'zcat "$0" | grep -a -o love'] },
  { name: '`zstd -dc`', kind: 'zstd', command: ['zstd', '-dc'] },
  { name: '`xz -dc`', kind: 'xz', command: ['xz', '-dc'] },
  { name: '`bzip2 -dc`', kind: 'bzip2', command: ['bzip2', '-dc'] },
  { name: '`lz4 -dc`', kind: 'lz4', command: ['lz4', '-dc'] },
  { name: '`bgzip -dc`', kind: 'BGZF', command: ['bgzip', '-dc'] },
];
const ripgrep = kinds.map((kind): Peer => ({ name: kind, kind, command: ['rg', '-z', '-a', '-o', 'love'] }));

/** Returns the exit status of a program, and how often the pattern is in what it writes. */
async function answerOf(peer: Peer, damage: Damage): Promise<readonly [status: number, count: number]> {
  const path = join(folder, `file${suffixes[peer.kind]}`);
  writeFileSync(path, damagedFile(peer.kind, damage));
  const { status, stdout } = await run([...peer.command, path], { timeoutSeconds });
  return [status, occurrences(stdout)];
}

const occurrences = (text: Buffer) => text.toString('latin1').split('love').length - 1;

async function versionOf(program: string): Promise<string> {
  const { stdout, stderr } = await run([program, '--version'], { timeoutSeconds });
  return /\d+(?:\.\d+)+/.exec(stdout.toString() + stderr)?.[0] ?? 'unknown';
}

test('what other programs say of the same files', { timeout: 240_000 }, async () => {
  const whole = occurrences(Buffer.concat(halves));
  for (const peer of [...decoders, ...ripgrep]) {
    expect([peer, await answerOf(peer, intact)]).toEqual([peer, [0, whole]]);
  }
  const answer = async (peer: Peer, damage: Damage) => (await answerOf(peer, damage)).join(', ');
  const tables = [
    await tableOf(decoders, ({ name }) => name, answer),
    await tableOf(ripgrep, ({ name }) => name, answer),
  ];
  const programs = ['gzip', 'zstd', 'xz', 'bzip2', 'lz4', 'bgzip', 'rg'];
  const versions: string[] = [];
  for (const program of programs) versions.push(`${program} ${await versionOf(program)}`);
  const counts = `${whole} occurrences, and its first unit ${occurrences(halves[0])}`;
  console.log([`${counts}; ${versions.join(', ')}`, ...tables].join('\n\n'));
  // A pipe ends with the status of its last program, so that nothing tells of the part that is missing.
  const [status, count] = await answerOf(decoders[1]!, damages[0]![1]);
  expect(status).toBe(0);
  expect(count).toBeLessThan(whole);
  // Other versions may give up at other places, and with another status.
  if (!docs.includes(versions.join(', '))) return;
  for (const part of [counts, ...tables]) expect(docs).toContain(part);
});
