// The blocks of xz files, which are found by the indexes at the ends of their streams, by decoders built with sanitizers.
// MPICOUNT_FUZZ_RUNS=100 runs a hundred times as many cases.
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

import { temporaryFolder } from '../support/job.ts';
import { complete, Decoders, packWith, type Steps } from './harness.ts';
import { xzBlocks, xzFooter, xzIndex, xzStream, type XzBlock } from './xz-stream.ts';
import { useDecoders } from './use-decoders.ts';

const times = Number(process.env['MPICOUNT_FUZZ_RUNS'] ?? 1);
const { folder, remove } = temporaryFolder();
afterAll(remove);
let decoders: Decoders;
useDecoders(join(folder, 'decode'), (started) => {
  decoders = started;
});

const decode = (stored: Buffer, steps: Steps = {}) => decoders.decode('xz', stored, { isFile: true, ...steps });
const text = Buffer.from('It was many and many a year ago,\nIn a kingdom by the sea,\n'.repeat(2));
const blockSize = 30;
const pack = (...options: readonly string[]) => packWith(['xz', '-c', '-0', ...options], text);
// Without the sizes in the headers of blocks, and with them.
const plain = pack('-T1', `--block-size=${blockSize}`, '--check=crc32');
const sized = pack('-T2', `--block-size=${blockSize}`);
const empty = packWith(['xz', '-c'], Buffer.alloc(0));
const [plainBlocks, sizedBlocks] = [xzBlocks(plain), xzBlocks(sized)];

test('the streams of these tests are put together as xz does it', () => {
  expect(plainBlocks.length).toBe(4);
  expect(plainBlocks.map(({ textSize }) => textSize)).toEqual([30, 30, 30, 26]);
  expect(xzStream(plain, plainBlocks)).toEqual(plain);
  expect(xzStream(sized, sizedBlocks)).toEqual(sized);
  expect(xzStream(empty, [])).toEqual(empty);
});

/** Returns where the units of a stream begin: the header belongs to the first block. */
function startsOf(stream: Buffer, offset = 0): number[] {
  let at = offset + 12;
  return xzBlocks(stream).map(({ stored }, index) => {
    const begin = index === 0 ? offset : at;
    at += stored.length;
    return begin;
  });
}

describe.each([
  ['without sizes', plain],
  ['with sizes', sized],
  ['without checks', pack('--block-size=30', '--check=none')],
  ['with SHA-256 and a filter', pack('--block-size=30', '--check=sha256', '--delta=dist=2', '--lzma2')],
])('blocks %s', (_name, stream) => {
  const file = Buffer.concat([stream, Buffer.alloc(8), empty, stream, Buffer.alloc(4)]);
  const second = stream.length + 8;
  const third = second + empty.length;
  const starts = [...startsOf(stream), second, ...startsOf(stream, third)];

  test('are decoded in steps of any size', async () => {
    for (const feed of [1, 2, 3, 13, 64, 65_536]) {
      for (const room of [1, 7, 4096])
        expect(await decode(file, { feed, room })).toEqual(complete(Buffer.concat([text, text]), 9));
    }
  });

  test('can be decoded from each of them on, and from nowhere else', async () => {
    const whole = Buffer.concat([text, text]);
    for (let begin = 0; begin < file.length - 4; begin += 1) {
      const decoded = await decode(file, { begin });
      const unit = starts.indexOf(begin);
      if (unit < 0) {
        expect(decoded).toMatchObject({
          failed: true,
          message: `${begin} is damaged at byte ${begin}: no xz block begins there`,
        });
      } else {
        // The empty stream is the fifth unit.
        const textBegin = unit < 5 ? unit * blockSize : text.length + (unit - 5) * blockSize;
        expect([unit, decoded]).toEqual([
          unit,
          complete(whole.subarray(unit === 4 ? text.length : textBegin), starts.length - unit),
        ]);
      }
    }
  });
});

describe.each([
  ['without sizes', plain],
  ['with sizes', sized],
])('damage to blocks %s', (_name, stream) => {
  const file = Buffer.concat([stream, Buffer.alloc(4), stream]);

  test('a file that is cut off anywhere but between two streams is an error', async () => {
    for (let end = 1; end < file.length; end += 1) {
      const decoded = await decode(file.subarray(0, end));
      if (end === stream.length || end === stream.length + 4) expect(decoded).toEqual(complete(text, 4));
      else {
        // Zeros may fill up the file in fours.
        let last = end;
        while (last >= 12 && file.readUInt32LE(last - 4) === 0) last -= 4;
        expect(decoded).toEqual({
          failed: true,
          units: 0,
          text: Buffer.alloc(0),
          message: `is cut off, or something else is behind its end: no xz stream ends at byte ${last}`,
        });
      }
    }
  });

  test('a flipped bit is an error', { timeout: 120_000 }, async () => {
    const replies = await Promise.all(
      Array.from({ length: 8 * file.length }, (_, bit) => {
        const damaged = Buffer.from(file);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return decode(damaged);
      }),
    );
    expect(replies.flatMap(({ failed }, bit) => (failed ? [] : [bit]))).toEqual([]);
  });
});

describe('an index that is wrong', () => {
  const streamEnd = plain.length;
  const index = 12 + Buffer.concat(plainBlocks.map(({ stored }) => stored)).length;
  const changed = (blocks: readonly XzBlock[], at: number, change: Partial<XzBlock>) =>
    blocks.map((block, place) => (place === at ? { ...block, ...change } : block));
  const listing = (like: Buffer, blocks: readonly XzBlock[], listed: readonly XzBlock[]) =>
    xzStream(like, blocks, xzIndex(listed));
  const [first, second] = [plainBlocks[0]!, plainBlocks[1]!];
  const of = (end: number) => ` of the xz stream that ends at byte ${end} `;
  const flipped = (at: number) => {
    const copy = Buffer.from(plain);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  const withFooter = (size: number) => Buffer.concat([plain.subarray(0, -12), xzFooter(plain.subarray(6, 8), size)]);
  const indexSize = streamEnd - 12 - index;
  const notListed = listing(plain, plainBlocks, plainBlocks.slice(1));
  const tooLarge = listing(plain, plainBlocks, changed(plainBlocks, 3, { unpaddedSize: 2 ** 52 }));
  const cutBlock = xzStream(plain, [first, ...plainBlocks.slice(2)], xzIndex(plainBlocks));
  const secondBegin = 12 + first.stored.length;

  test.each<readonly [string, Buffer, string]>([
    ['a flipped bit', flipped(index + 2), `is damaged at byte ${index}: the index${of(streamEnd)}is wrong`],
    [
      'a flipped bit in the footer',
      flipped(streamEnd - 8),
      `is damaged at byte ${streamEnd - 12}: the footer${of(streamEnd)}is wrong`,
    ],
    [
      'a footer that leads into a block',
      withFooter(indexSize + 8),
      `is damaged at byte ${index - 8}: the index${of(streamEnd)}is wrong`,
    ],
    [
      'a footer that leads into the index',
      withFooter(indexSize - 4),
      `is damaged at byte ${index + 4}: the index${of(streamEnd)}is wrong`,
    ],
    [
      'a footer that leads before the file',
      withFooter(1 << 20),
      `is damaged at byte ${streamEnd - 12}: the index${of(streamEnd)}would begin before the file`,
    ],
    [
      'a block that is cut out, and is still listed',
      cutBlock,
      `is damaged at byte ${index - second.stored.length}: ` +
        `the index${of(cutBlock.length)}lists more bytes than stand before it`,
    ],
    [
      'a block that is not listed',
      notListed,
      `is damaged at byte ${first.stored.length}: the header${of(notListed.length)}is not here, where its index says`,
    ],
    [
      'a size that is too large for any file',
      tooLarge,
      `is damaged at byte ${index}: the index${of(tooLarge.length)}lists more bytes than stand before it`,
    ],
    [
      'a size that no block has',
      listing(plain, plainBlocks, changed(plainBlocks, 3, { unpaddedSize: 4 })),
      `is damaged at byte ${index}: the index${of(streamEnd)}is wrong`,
    ],
    [
      'another size of the text',
      listing(plain, plainBlocks, changed(plainBlocks, 1, { textSize: 29 })),
      `is damaged in the xz block from byte ${secondBegin}: ` +
        'the data, its checksum or its size in the index is wrong',
    ],
    [
      'another size of the text than the header of the block has',
      listing(sized, sizedBlocks, changed(sizedBlocks, 0, { textSize: 31 })),
      'is damaged in the xz block from byte 0: its header has other sizes than the index',
    ],
    [
      'another size of the block than its header has',
      listing(sized, sizedBlocks, changed(sizedBlocks, 0, { unpaddedSize: sizedBlocks[0]!.unpaddedSize - 1 })),
      'is damaged in the xz block from byte 0: its header has other sizes than the index',
    ],
    [
      'blocks in another order',
      listing(sized, sizedBlocks, [sizedBlocks[3]!, ...sizedBlocks.slice(1, 3), sizedBlocks[0]!]),
      'is damaged in the xz block from byte 0: its header has other sizes than the index',
    ],
  ])('%s', async (_name, stored, message) => {
    const decoded = await decode(stored);
    expect(decoded.failed).toBe(true);
    // Where a library notices damage in a block depends on how much of it was passed at a time.
    expect(decoded.message.replace(/^\d+ is damaged at byte \d+, in/, 'is damaged in')).toBe(message);
    // Nor does liblzma decode it as a stream.
    expect(await decoders.decode('xz', stored)).toMatchObject({ failed: true });
  });

  test('blocks without one of them, whose index was made anew, are another file', async () => {
    const found = await decode(xzStream(plain, [first, ...plainBlocks.slice(2)]));
    expect(found).toEqual(complete(Buffer.concat([text.subarray(0, 30), text.subarray(60)]), 3));
  });

  test('what is a complete stream for liblzma is complete with blocks, too, and nothing else is', async () => {
    const record = fc.record({
      at: fc.nat({ max: 3 }),
      unpaddedSize: fc.integer({ min: -5, max: 5 }),
      textSize: fc.integer({ min: -1, max: 1 }),
      other: fc.nat({ max: 3 }),
    });
    const blocks = fc.tuple(fc.constantFrom([plain, plainBlocks] as const, [sized, sizedBlocks] as const), record);
    const property = fc.asyncProperty(
      blocks,
      fc.constantFrom('sizes', 'order', 'left out', 'twice'),
      fc.boolean(),
      async ([[like, all], { at, other, ...by }], kind, isListed) => {
        const one = all[at]!;
        const kinds: Record<typeof kind, XzBlock[]> = {
          sizes: changed(all, at, {
            unpaddedSize: one.unpaddedSize + by.unpaddedSize,
            textSize: one.textSize + by.textSize,
          }),
          order: changed(changed(all, at, all[other]!), other, one),
          'left out': all.filter((_, place) => place !== at),
          twice: [...all, one],
        };
        const stored = isListed ? xzStream(like, kinds[kind]) : listing(like, all, kinds[kind]);
        const asStream = await decoders.decode('xz', stored);
        const asFile = await decode(stored);
        expect(asFile.failed).toBe(asStream.failed);
        if (!asStream.failed) expect(asFile.text).toEqual(asStream.text);
      },
    );
    await fc.assert(property, { numRuns: 300 * times });
  });
});

describe('a file that is divided at its streams', () => {
  const many = (count: number, zeros: number) =>
    Buffer.concat([...Array.from({ length: count }, () => plain), Buffer.alloc(zeros)]);

  test('has more than 128', async () => {
    expect(await decode(many(128, 0))).toMatchObject({ failed: false, units: 128 * 4 });
    expect(await decode(many(129, 0))).toMatchObject({ failed: false, units: 129 });
    expect(await decode(many(129, 0).subarray(1 * plain.length), { begin: plain.length })).toMatchObject({
      failed: false,
      units: 127 * 4,
    });
  });

  test('or more than 64 KiB of zeros', async () => {
    expect(await decode(many(2, 65_532))).toMatchObject({ failed: false, units: 8 });
    expect(await decode(many(2, 65_560))).toMatchObject({ failed: false, units: 2 });
    expect(await decode(many(0, 65_560))).toMatchObject({ failed: true });
  });
});

test('blocks that need more memory than there is are an error that says how much', async () => {
  const { message } = await decode(packWith(['xz', '-c', '-9', '--block-size=30'], text), { memory: 1024 });
  expect(message).toMatch(
    /^12 needs 6\d MiB of memory to be decoded, more than the 1 MiB that there are for a decoder; /,
  );
});

test('an index that cannot be read, or not again, is an error', async () => {
  const stored = Buffer.concat([plain, sized]);
  const whole = complete(Buffer.concat([text, text]), 8);
  const messages: string[] = [];
  for (let reads = 1; ; reads += 1) {
    const decoded = await decode(stored, { reads });
    if (!decoded.failed) {
      expect(decoded).toEqual(whole);
      break;
    }
    expect(whole.text.subarray(0, decoded.text.length)).toEqual(decoded.text);
    messages.push(decoded.message.replace(/^\d+ /, ''));
  }
  // The footer, the index and the header of each stream, after the zeros; then each index again. Whoever reads the file knows why it cannot be
  // read.
  const again = 'cannot be decoded: its index could not be read again';
  expect(messages).toEqual(['', '', '', '', '', '', '', again, again]);
});

test('the index of many blocks is read in parts', async () => {
  const letters = Buffer.alloc(5000, 'love ');
  const stored = packWith(['xz', '-c', '-0', '--block-size=1', '--check=none'], letters);
  const units = xzBlocks(stored).length;
  expect(units).toBe(5000);
  expect(await decode(stored)).toEqual(complete(letters, units));
  const [begin = 0] = startsOf(stored).slice(-7);
  expect(await decode(stored, { begin })).toEqual(complete(letters.subarray(-7), 7));
});
