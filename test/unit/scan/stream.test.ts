// A stream is counted like a file of the same bytes, however they come.
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, write, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';

import { compilePatterns } from '../../../src/scan/patterns.ts';
import type { Scanner } from '../../../src/scan/scanner.ts';
import { temporaryFolder } from '../../support/job.ts';
import { prose } from '../../support/text.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const file = join(folder, 'text');
const pipe = join(folder, 'pipe');
execFileSync('mkfifo', [pipe]);

// Returns the number of bytes that were written.
const writeAsync = (fd: number, bytes: Uint8Array) =>
  promisify(write)(fd, bytes).then(({ bytesWritten }) => bytesWritten);

/** What a stream and a file of the same bytes give, by a scanner. */
async function both(scanner: Scanner, text: Uint8Array, windowSize: number) {
  writeFileSync(file, text);
  const fd = openSync(file, 'r');
  try {
    // The stream first: it reads from where the descriptor is.
    const { counts: streamed, storedSize } = await scanner.countStream(fd, { windowSize });
    const { counts } = text.length > 0 ? await scanner.countFileRange(fd, text.length, 0, text.length) : { counts: [] };
    return { streamed: [...streamed], counts: text.length > 0 ? [...counts] : [...streamed.map(() => 0n)], storedSize };
  } finally {
    closeSync(fd);
  }
}

const options = fc.record({ ignoreCase: fc.boolean(), word: fc.boolean(), overlapping: fc.boolean() });
const letters = fc.constantFrom('a', 'b', 'A', ' ', 'é', 's', 'ſ', '\xff');
const latin1OrUtf8 = (text: string) => Buffer.from(text, text.includes('\xff') ? 'latin1' : 'utf8');
const text = fc.array(letters, { maxLength: 300 }).map((all) => latin1OrUtf8(all.join('')));
const pattern = fc.array(letters, { minLength: 1, maxLength: 6 }).map((all) => latin1OrUtf8(all.join('')));

test('a stream is counted like a file, with any text, patterns and window', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.array(pattern, { minLength: 1, maxLength: 4 }),
      options,
      fc.integer({ min: 1, max: 200 }),
      async (content, patterns, chosen, windowSize) => {
        const { streamed, counts, storedSize } = await both(compilePatterns(patterns, chosen), content, windowSize);
        expect(streamed).toEqual(counts);
        expect(storedSize).toBe(content.length);
      },
    ),
    { numRuns: 500 },
  );
});

test('runs of occurrences across windows of a stream are counted', async () => {
  for (const content of [prose(700_000), Buffer.alloc(300_001, 'ab'), Buffer.alloc(128 * 1024, 'a')]) {
    for (const overlapping of [false, true]) {
      const scanner = compilePatterns([Buffer.from('aba'), Buffer.from('love'), Buffer.from('aaaaa')], {
        ignoreCase: true,
        word: false,
        overlapping,
      });
      const { streamed, counts } = await both(scanner, content, 128 * 1024);
      expect(streamed).toEqual(counts);
    }
  }
});

test('a pipe with a slow writer of small chunks is counted', { timeout: 30_000 }, async () => {
  // More than a pipe holds.
  const content = prose(200_000);
  const scanner = compilePatterns([Buffer.from('love'), Buffer.from('hate')], {
    ignoreCase: true,
    word: true,
    overlapping: false,
  });
  writeFileSync(file, content);
  const whole = openSync(file, 'r');
  const { counts } = await scanner.countFileRange(whole, content.length, 0, content.length);
  closeSync(whole);

  // Not blocking, as standard input may be: what is not there yet is waited for.
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(pipe, 'w');
  const streamed = scanner.countStream(reader);
  await sleep(20);
  const size = 7_777;
  for (let begin = 0; begin < content.length; begin += size) {
    expect(await writeAsync(writer, content.subarray(begin, begin + size))).toBe(
      Math.min(size, content.length - begin),
    );
    await sleep(1);
  }
  closeSync(writer);
  expect([...(await streamed).counts]).toEqual([...counts]);
  closeSync(reader);
});

test('a stream that cannot be read is an error', async () => {
  const fd = openSync(folder, 'r');
  const scanner = compilePatterns([Buffer.from('love')], { ignoreCase: false, word: false, overlapping: false });
  await expect(scanner.countStream(fd)).rejects.toMatchObject({ errno: 21, offset: 0 });
  closeSync(fd);
});
