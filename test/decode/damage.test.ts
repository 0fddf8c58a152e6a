// The results of counting in files with twelve kinds of damage, as docs/formats.md shows them.
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { packageRoot } from '../../src/base/package.ts';
import { decodedFormats, fileStart, formatNumber } from '../../src/corpus/file-format.ts';
import type { ReadFailure } from '../../src/scan/kernel.ts';
import { compilePatterns } from '../../src/scan/patterns.ts';
import { temporaryFolder } from '../support/job.ts';
import { prose } from '../support/text.ts';
import { compressed, pack, packWith } from './harness.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const halves = [prose(9000, 1), prose(9000, 2)] as const;
const kinds = [...compressed, 'BGZF'] as const;

function packed(kind: (typeof kinds)[number]): [first: Buffer, second: Buffer] {
  const [first, second] = halves;
  if (kind !== 'BGZF') return [pack(kind, first), pack(kind, second)];
  // Only the second half ends with the empty block that ends a file.
  const [one, two] = [packWith(['bgzip', '-c'], first), packWith(['bgzip', '-c'], second)];
  return [one.subarray(0, -28), two];
}

const flipped = (bytes: Buffer, at: number, bits = 1) => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ bits;
  return copy;
};
const middle = (bytes: Buffer) => bytes.length >> 1;

const damages: readonly (readonly [string, (first: Buffer, second: Buffer) => Buffer])[] = [
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

test('a table of damage', { timeout: 120_000 }, async () => {
  const path = join(folder, 'file');
  const count = async (bytes: Buffer) => {
    writeFileSync(path, bytes);
    return countIn(path);
  };
  const names = new Map<bigint | string, string>([[await count(pack('gzip', halves[0])), 'first unit']]);
  names.set(await count(pack('gzip', Buffer.concat(halves))), 'text');
  expect(names.size).toBe(2);
  const rows = [`| damage | ${kinds.join(' | ')} |`, `| --- |${' --- |'.repeat(kinds.length)}`];
  for (const [name, damage] of damages) {
    const cells: string[] = [];
    for (const kind of kinds) {
      const found = await count(damage(...packed(kind)));
      cells.push(names.get(found) ?? String(found));
    }
    rows.push(`| ${name} | ${cells.join(' | ')} |`);
  }
  console.log(rows.join('\n'));
  const shown = readFileSync(join(packageRoot, 'docs', 'formats.md'), 'utf8');
  expect(shown).toContain(rows.join('\n'));
});
