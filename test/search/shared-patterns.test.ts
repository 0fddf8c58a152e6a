// Patterns that one process compiles to shared memory and others load from it. The image itself is tested in large-lists.cc.
import { execFile } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CompiledKernel, SharedPatterns } from '../../src/scan/kernel.ts';

// Lists of this size are then compiled as large ones are; see by-grams.test.ts.
process.env['MPICOUNT_TEST_BY_GRAMS'] = 'yes';
const { compilePatterns } = await import('../../src/scan/patterns.ts');

// Patterns of all kinds of search, with duplicates; some that match the same if case is ignored, and some that are not well-formed UTF-8.
const patterns = [
  ...Array.from({ length: 300 }, (_, number) => `pattern ${number % 290} of many`),
  ...['o', 'of', 'of ', 'OF', 'K', 'ß', '\u212a', 'STRASSE', 'straße', 'ΣΑΣ', 'σας', 'pattern 5 OF many'],
].map((text) => Buffer.from(text));
patterns.push(Buffer.of(0xff, 0x6f, 0x66, 0x20), Buffer.of(0xc3, 0x20, 0x6f, 0x66));
const text = Buffer.concat(patterns.flatMap((pattern, index) => [pattern, Buffer.from(index % 3 ? ' ' : '\n')]));
const options = { ignoreCase: false, word: false, overlapping: false };

let folder: string;
let file: number;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mpicount-shared-'));
  writeFileSync(join(folder, 'text'), text);
  file = openSync(join(folder, 'text'), 'r');
});
afterAll(() => {
  closeSync(file);
  rmSync(folder, { recursive: true });
});

const countsOf = async (kernel: CompiledKernel) => {
  const range = { fd: file, fileSize: text.length, begin: 0, end: text.length };
  return (await kernel.countFileRanges([range])).counts;
};

/** Compiles the patterns to shared memory. */
async function share(of: typeof options): Promise<[CompiledKernel, SharedPatterns]> {
  const kernel = compilePatterns(patterns, of, undefined, 'to');
  return [kernel, (await kernel.ready())!];
}

test.each([
  options,
  { ...options, ignoreCase: true },
  { ...options, ignoreCase: true, word: true },
  { ...options, overlapping: true },
])('patterns that are shared, and those that are loaded, count as others do: %j', async (of) => {
  for (const records of [undefined, 'line'] as const) {
    const wanted = await countsOf(compilePatterns(patterns, of, records));
    expect(wanted[0]).toBeGreaterThan(1n);
    const sharing = compilePatterns(patterns, of, records, 'to');
    const shared = (await sharing.ready())!;
    const loading = compilePatterns(patterns, of, records, { from: shared });
    expect(await loading.ready()).toEqual(shared);
    // The memory stays while it is mapped.
    closeSync(shared.descriptor);
    expect(await countsOf(sharing)).toEqual(wanted);
    expect(await countsOf(loading)).toEqual(wanted);
  }
});

test('patterns that cannot be loaded are compiled', async () => {
  const [, shared] = await share(options);
  const wanted = await countsOf(compilePatterns(patterns, options));
  const others = [
    { ...shared, key: shared.key - 1 },
    { ...shared, size: shared.size - 1 },
    // Another file, which is no shared memory.
    { ...shared, descriptor: file },
    { ...shared, descriptor: 1_000_000 },
    { ...shared, process: 2 ** 30 },
    undefined,
  ];
  for (const from of others) {
    const kernel = compilePatterns(patterns, options, undefined, { from });
    expect(await kernel.ready()).toBeUndefined();
    expect(await countsOf(kernel)).toEqual(wanted);
  }
  closeSync(shared.descriptor);
});

test('nobody can change shared memory', async () => {
  const [, { process: owner, descriptor }] = await share(options);
  const path = `/proc/${owner}/fd/${descriptor}`;
  for (const change of ['truncate -s 0', 'dd bs=1 count=1 conv=notrunc if=/dev/zero of=']) {
    const command = change.endsWith('=') ? `${change}${path}` : `${change} ${path}`;
    await expect(promisify(execFile)('sh', ['-c', command])).rejects.toThrow(/Operation not permitted/);
  }
  closeSync(descriptor);
});
