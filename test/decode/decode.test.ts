import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { temporaryFolder } from '../support/job.ts';
import { bzip2Stream } from './bzip2-stream.ts';
import { bgzfBlock } from './divided.ts';
import { gzipMember, type GzipHeader } from './gzip-member.ts';
import { complete, compressed, Decoders, pack, packWith, type Decoded, type Steps } from './harness.ts';
import { useDecoders } from './use-decoders.ts';

const { folder, remove } = temporaryFolder();
const program = join(folder, 'decode');
afterAll(remove);
let decoders: Decoders;
useDecoders(program, (started) => {
  decoders = started;
});

const steps = fc.record({
  feed: fc.integer({ min: 1, max: 300 }),
  room: fc.integer({ min: 1, max: 300 }),
  givesRoom: fc.boolean(),
});
// Short texts of few letters compress, so that all kinds of blocks occur.
const text = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc
    .array(fc.constantFrom('love', ' ', 'é', '\n', 'lovely'), { maxLength: 200 })
    .map((words) => Buffer.from(words.join(''))),
);

describe.each(compressed)('%s', (format) => {
  test('any text, in units that are cut anywhere, in steps of any size', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 4 }), steps, async (parts, sizes) => {
      const stored = Buffer.concat(parts.map((part) => pack(format, part)));
      expect(await decoders.decode(format, stored, sizes)).toEqual(complete(Buffer.concat(parts), parts.length));
    });
    await fc.assert(property, { numRuns: 100 });
  });

  const parts = [
    Buffer.from('It was many and many a year ago,\nIn a kingdom by the sea,\n'.repeat(3)),
    Buffer.alloc(0),
    Buffer.from('That a maiden there lived whom you may know\nBy the name of Annabel Lee;\n'),
  ];
  const whole = Buffer.concat(parts);
  const units = parts.map((part) => pack(format, part));
  const stored = Buffer.concat(units);

  // A file that ends with a unit is a complete file. No format but BGZF says how many units it has.
  test('a file that is cut off anywhere but between two units is an error', { timeout: 120_000 }, async () => {
    const borders = new Map<number, Decoded>();
    for (let count = 1, end = 0; count <= units.length; count += 1) {
      end += units[count - 1]?.length ?? 0;
      borders.set(end, complete(Buffer.concat(parts.slice(0, count)), count));
    }
    for (let end = 1; end <= stored.length; end += 1) {
      for (const sizes of [{}, { feed: 1, room: 7 }]) {
        const decoded = await decoders.decode(format, stored.subarray(0, end), sizes);
        const border = borders.get(end);
        if (border) expect(decoded).toEqual(border);
        else
          expect(decoded).toMatchObject({
            failed: true,
            message: expect.stringMatching(`^${end} is cut off at byte ${end}, `) as string,
          });
      }
    }
  });

  test('a flipped bit is an error, or does not concern the text', { timeout: 240_000 }, async () => {
    const replies = await Promise.all(
      Array.from({ length: 8 * stored.length }, (_, bit) => {
        const damaged = Buffer.from(stored);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return decoders.decode(format, damaged);
      }),
    );
    const wrong = replies.flatMap((reply, bit) => (reply.failed || reply.text.equals(whole) ? [] : [bit]));
    expect(wrong).toEqual([]);
    expect(replies.filter(({ failed }) => failed).length).toBeGreaterThan(replies.length / 2);
  });

  test.each([
    ['a letter', 'x'],
    ['a line', 'love\n'],
    ['a zero and a letter', '\0x'],
  ])('%s behind the end is an error', async (_name, garbage) => {
    for (const feed of [1, 65_536]) {
      const decoded = await decoders.decode(format, Buffer.concat([stored, Buffer.from(garbage)]), { feed });
      expect(decoded).toMatchObject({
        failed: true,
        text: whole,
        message: expect.stringContaining('is damaged at byte') as string,
      });
    }
  });

  test('missing bytes in the middle are an error', async () => {
    for (let size = 1; size < 20; size += 1) {
      const damaged = Buffer.concat([stored.subarray(0, 40), stored.subarray(40 + size)]);
      expect(await decoders.decode(format, damaged)).toMatchObject({ failed: true });
    }
  });
});

describe('zeros behind the end', () => {
  const one = Buffer.from('love\n');
  const after = (format: (typeof compressed)[number], zeros: number) =>
    decoders.decode(format, Buffer.concat([pack(format, one), Buffer.alloc(zeros)]), { feed: 3 });

  test.each([1, 3, 512])('%d fill up a gzip file', async (zeros) => {
    expect(await after('gzip', zeros)).toEqual(complete(one, 1));
  });

  test('they fill up an xz file in fours, also between two streams', async () => {
    expect(await after('xz', 4)).toEqual(complete(one, 1));
    expect(await after('xz', 512)).toEqual(complete(one, 1));
    expect(await after('xz', 5)).toMatchObject({
      failed: true,
      message: expect.stringContaining('is cut off at byte') as string,
    });
    const stream = pack('xz', one);
    const between = (zeros: number) => Buffer.concat([stream, Buffer.alloc(zeros), stream]);
    expect(await decoders.decode('xz', between(8), { feed: 5 })).toEqual(complete(Buffer.concat([one, one]), 2));
    expect(await decoders.decode('xz', between(7))).toMatchObject({ failed: true });
  });

  test.each(['zstd', 'bzip2', 'lz4'] as const)('%s has none', async (format) => {
    expect(await after(format, 4)).toMatchObject({ failed: true });
  });
});

describe('files that other programs make', () => {
  const line = 'It was many and many a year ago, in a kingdom by the sea, that a maiden there lived.\n';
  const long = Buffer.from(Array.from({ length: 8000 }, (_, index) => `${index} ${line}`).join(''));

  // With the name and the time of the file in the header, and in parts as they are written.
  const flushedByPython = `
import gzip, sys
with gzip.GzipFile('a name.txt', 'wb', 1, sys.stdout.buffer, 1e9) as file:
    while part := sys.stdin.buffer.read(100_000):
        file.write(part)
        file.flush()`;

  // Each holds up to 65,280 bytes; the last one is empty.
  const bgzfBlocks = Math.ceil(long.length / 65_280) + 1;

  // A block has so many bytes less than hundreds of thousands.
  const bzip2Blocks = (level: number) => Math.ceil(long.length / (level * 100_000 - 19));

  test.each([
    ['gzip', ['gzip', '-c', '-1'], 1],
    ['gzip', ['pigz', '-c', '-p', '2'], 1],
    ['gzip', ['pigz', '-c', '-i', '-b', '128'], 1],
    ['gzip', ['bgzip', '-c'], bgzfBlocks],
    ['gzip', ['bgzip', '-c', '-@2', '-l', '0'], bgzfBlocks],
    ['gzip', ['gzip', '-c', '--rsyncable'], 1],
    ['gzip', ['python3', '-c', 'import gzip,sys; sys.stdout.buffer.write(gzip.compress(sys.stdin.buffer.read()))'], 1],
    ['zstd', ['zstd', '-q', '-c', '-19', '-T2'], 1],
    ['gzip', ['python3', '-c', flushedByPython], 1],
    ['zstd', ['zstd', '-q', '-c', '--no-check'], 1],
    ['zstd', ['zstd', '-q', '-c', '--rsyncable', '-T2'], 1],
    // How many frames it makes depends on its version; before each there is one to be skipped.
    ['zstd', ['pzstd', '-q', '-c', '-p2', '-1'], undefined],
    ['zstd', ['zstd', '-q', '-c', '--long=27'], 1],
    ['xz', ['xz', '-c', '-T2', '--block-size=250000'], 1],
    ['xz', ['xz', '-c', '-T0', '-1'], 1],
    ['xz', ['xz', '-c', '--check=none', '--x86', '--lzma2=preset=1'], 1],
    ['xz', ['xz', '-c', '--check=sha256', '-6'], 1],
    ['bzip2', ['bzip2', '-c', '-1'], bzip2Blocks(1)],
    ['bzip2', ['bzip2', '-c', '-9'], bzip2Blocks(9)],
    ['bzip2', ['lbzip2', '-c', '-n', '2'], bzip2Blocks(9)],
    ['lz4', ['lz4', '-q', '-c', '-9', '-BD'], 1],
    ['lz4', ['lz4', '-q', '-c', '-B4', '-BX', '--no-frame-crc'], 1],
    ['lz4', ['lz4', '-q', '-c', '--content-size'], 1],
    ['lz4', ['lz4', '-q', '-c', '-B7', '-BI'], 1],
  ] as const)('%s: %j', { timeout: 120_000 }, async (format, command, units) => {
    const stored = packWith(command, long);
    for (const sizes of [{}, { feed: 1009, room: 4099 }]) {
      const decoded = await decoders.decode(format, stored, sizes);
      expect({ ...decoded, text: decoded.text.equals(long) }).toEqual({
        failed: false,
        units: units ?? (expect.any(Number) as number),
        text: true,
        message: '',
      });
    }
  });

  const headers: readonly (readonly [string, GzipHeader])[] = [
    ['Java', { system: 0 }],
    ['Java 16', { system: 255 }],
    ['Go', { system: 255, effort: 4, name: 'caf\xe9.txt', comment: 'a comment', extra: Buffer.from('AB\x02\0xy') }],
    ['Python', { system: 255, effort: 2, name: 'text', modified: 0xffff_fffe }],
    [
      'a header with all of its parts',
      { isText: true, isChecked: true, extra: Buffer.of(), name: '', comment: 'x', effort: 2 },
    ],
  ];
  const parts = ['love', '', ' lovely\n'].map((part) => Buffer.from(part));
  const text = Buffer.concat(parts);

  test.each(headers)('a gzip member of %s, flushed as it is written', async (_name, header) => {
    const stored = gzipMember(parts, header);
    for (const feed of [1, 5, 65_536])
      expect(await decoders.decode('gzip', stored, { feed })).toEqual(complete(text, 1));
    for (let end = 1; end < stored.length; end += 1) {
      const cut = await decoders.decode('gzip', stored.subarray(0, end), { feed: 7 });
      const message = expect.stringContaining('is cut off') as string;
      expect(cut).toMatchObject({ failed: true, message });
    }
  });

  test('gzip members of all of them and of programs, in one file', async () => {
    const programs = [
      ['gzip', '-c'],
      ['bgzip', '-c'],
      ['pigz', '-c', '-p', '2'],
      ['python3', '-c', flushedByPython],
    ];
    const members = [
      ...headers.map(([, header]) => gzipMember(parts, header)),
      ...programs.map((each) => packWith(each, text)),
    ];
    const decoded = await decoders.decode('gzip', Buffer.concat(members), { feed: 11 });
    // bgzip adds an empty block.
    expect(decoded).toEqual(complete(Buffer.concat(members.map(() => text)), members.length + 1));
  });

  test('gzip headers of any kind', { timeout: 120_000 }, async () => {
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const latin1 = fc.string({
      unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
      maxLength: 40,
    });
    const header: fc.Arbitrary<GzipHeader> = fc.record({
      isText: fc.boolean(),
      extra: maybe(fc.uint8Array({ maxLength: 300 })),
      name: maybe(latin1),
      comment: maybe(latin1),
      isChecked: fc.boolean(),
      modified: fc.nat({ max: 0xffff_ffff }),
      effort: fc.nat({ max: 255 }),
      system: fc.nat({ max: 255 }),
    });
    const all = fc.array(header, { minLength: 1, maxLength: 4 });
    const property = fc.asyncProperty(all, steps, async (given, sizes) => {
      const members = given.map((each) => gzipMember(parts, each));
      const decoded = await decoders.decode('gzip', Buffer.concat(members), sizes);
      expect(decoded).toEqual(complete(Buffer.concat(members.map(() => text)), members.length));
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test('a gzip header with a wrong checksum, or a flag that nobody knows, is an error', async () => {
    const stored = gzipMember(parts, { name: 'name', isChecked: true });
    const renamed = Buffer.from(stored);
    renamed[11] = 0x41;
    const wrong = await decoders.decode('gzip', renamed);
    expect(wrong).toMatchObject({
      failed: true,
      text: Buffer.alloc(0),
      message: expect.stringContaining('header crc') as string,
    });
    const flagged = Buffer.from(stored);
    flagged[3] = 0x20;
    const unknown = await decoders.decode('gzip', flagged);
    expect(unknown).toMatchObject({ failed: true, message: expect.stringContaining('unknown header flags') as string });
  });

  test('a BGZF file without its last, empty block', async () => {
    const stored = packWith(['bgzip', '-c'], Buffer.from(line));
    expect(await decoders.decode('gzip', stored)).toEqual(complete(Buffer.from(line), 2));
    const cut = stored.subarray(0, -28);
    const message = `${cut.length} is cut off: the empty block that ends a BGZF file is missing (if nothing else is missing, \`bgzip -c </dev/null >>FILE\` adds it)`;
    expect(await decoders.decode('gzip', cut)).toEqual({ failed: true, units: 1, text: Buffer.from(line), message });
    const mended = Buffer.concat([cut, packWith(['bgzip', '-c'], Buffer.alloc(0))]);
    expect(await decoders.decode('gzip', mended)).toEqual(complete(Buffer.from(line), 2));
  });

  test.each(['zstd', 'lz4'] as const)('%s frames to be skipped', async (format) => {
    const skipped = (size: number) =>
      Buffer.concat([Buffer.of(0x5a, 0x2a, 0x4d, 0x18, size, 0, 0, 0), Buffer.alloc(size, 'x')]);
    const frame = pack(format, Buffer.from('love'));
    const stored = Buffer.concat([skipped(0), frame, skipped(200), skipped(7), frame, skipped(3)]);
    for (const feed of [1, 5, 65_536]) {
      expect(await decoders.decode(format, stored, { feed })).toEqual(complete(Buffer.from('lovelove'), 6));
    }
    const cut = await decoders.decode(format, stored.subarray(0, -1));
    expect(cut).toMatchObject({ failed: true, message: expect.stringContaining('is cut off') as string });
  });

  test('the old format of lz4 is not supported', async () => {
    const stored = packWith(['lz4', '-q', '-l', '-c'], Buffer.from(line));
    const message = '0 cannot be decoded: it is in the old format of `lz4 -l`; decode it first';
    expect(await decoders.decode('lz4', stored)).toEqual({ failed: true, units: 0, text: Buffer.alloc(0), message });
  });
});

describe('a bzip2 stream of several blocks', () => {
  const blocks = ['It was many and many a year ago,\n', 'l', 'In a kingdom by the sea,\n', 'a'.repeat(300)];
  const text = Buffer.from(blocks.join(''));
  const stored = bzip2Stream(blocks.map((block) => pack('bzip2', Buffer.from(block))));
  const sizes = [{}, { feed: 1, room: 7 }];

  test('each block is a unit, as bzip2 decodes them', async () => {
    expect(packWith(['bzip2', '-dc'], stored)).toEqual(text);
    for (const each of sizes) expect(await decoders.decode('bzip2', stored, each)).toEqual(complete(text, 4));
    const twice = Buffer.concat([stored, bzip2Stream([]), stored]);
    for (const each of sizes)
      expect(await decoders.decode('bzip2', twice, each)).toEqual(complete(Buffer.concat([text, text]), 9));
  });

  test('a stream that is cut off anywhere is an error', { timeout: 120_000 }, async () => {
    for (let end = 1; end < stored.length; end += 1) {
      for (const each of sizes) {
        const message = expect.stringMatching(`^${end} is cut off at byte ${end}, in the bzip2 `) as string;
        expect(await decoders.decode('bzip2', stored.subarray(0, end), each)).toMatchObject({ failed: true, message });
      }
    }
  });

  test('a flipped bit in any byte is an error, or does not concern the text', { timeout: 120_000 }, async () => {
    const failed: number[] = [];
    for (let at = 0; at < stored.length; at += 1) {
      const damaged = Buffer.from(stored);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << ((at * 5) % 8));
      const reply = await decoders.decode('bzip2', damaged);
      if (reply.failed) failed.push(at);
      else expect(reply.text).toEqual(text);
    }
    expect(failed.length).toBeGreaterThan(stored.length / 2);
  });

  test('bytes that are missing, twice there or zero anywhere are an error', { timeout: 120_000 }, async () => {
    for (let at = 4; at < stored.length - 20; at += 3) {
      const missing = Buffer.concat([stored.subarray(0, at), stored.subarray(at + 1 + (at % 19))]);
      const again = Buffer.concat([stored.subarray(0, at + 1 + (at % 19)), stored.subarray(at)]);
      const zeros = Buffer.from(stored).fill(0, at, at + 8);
      for (const damaged of [missing, again, zeros])
        expect(await decoders.decode('bzip2', damaged)).toMatchObject({ failed: true });
    }
  });

  test('the checksum of a stream is compared', async () => {
    const streams = [[], ['love'], ['love', 'lovely', 'o'], Array.from({ length: 70 }, (_, index) => `love ${index}`)];
    for (const texts of streams) {
      const damaged = bzip2Stream(texts.map((part) => pack('bzip2', Buffer.from(part))));
      damaged[damaged.length - 2] = (damaged.at(-2) ?? 0) ^ 4;
      const { failed, message } = await decoders.decode('bzip2', damaged);
      expect(failed).toBe(true);
      expect(message).toMatch(
        texts.length === 0
          ? /: the data or its checksum is wrong$/
          : /: the checksum of its stream is not that of its blocks$/,
      );
    }
  });

  test('an endless block is an error in bounded memory', async () => {
    const head = stored.subarray(0, 30);
    const decoded = await decoders.decode('bzip2', Buffer.concat([head, Buffer.alloc(3_000_000, 'x')]));
    expect(decoded).toMatchObject({
      failed: true,
      message: '0 is damaged at byte 0, in the bzip2 block from byte 0: the data or its checksum is wrong',
    });
  });
});

describe('gzip members by libdeflate, and by zlib alone', () => {
  const preloaded = join(folder, 'no-library.so');
  let zlib: Decoders;
  beforeAll(() => {
    const source = join(import.meta.dirname, '..', 'jobs', 'fixtures', 'no-library.c');
    execFileSync('cc', ['-O1', '-shared', '-fPIC', '-o', preloaded, source]);
    zlib = new Decoders(program, {
      ...process.env,
      LD_PRELOAD: preloaded,
      MPICOUNT_TEST_MISSING: 'libdeflate',
      ASAN_OPTIONS: 'verify_asan_link_order=0',
    });
  });
  afterAll(async () => {
    expect(await zlib.end()).toBe(0);
  });

  /** Returns what both make of it, which must be the same. */
  const both = async (stored: Uint8Array, sizes: Steps = {}) => {
    const [one, other] = await Promise.all([
      decoders.decode('gzip', stored, sizes),
      zlib.decode('gzip', stored, sizes),
    ]);
    // Large texts take long to compare as values.
    expect({ ...one, text: one.text.equals(other.text) }).toEqual({ ...other, text: true });
    return one;
  };
  const member = fc.oneof(
    fc.tuple(text, fc.constantFrom(0, 1, 6)).map(([bytes, level]) => gzipSync(bytes, { level })),
    text.map(bgzfBlock),
    text.map((bytes) => gzipMember([bytes], { name: 'name', isChecked: true })),
  );
  const members = fc.array(member, { minLength: 1, maxLength: 5 });

  test('of any text, in steps of any size', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(members, steps, async (given, sizes) => {
      expect(await both(Buffer.concat(given), sizes)).toMatchObject({ units: given.length });
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test('that are damaged or cut off anywhere', { timeout: 240_000 }, async () => {
    const place = fc.double({ min: 0, max: 0.999, noNaN: true });
    const property = fc.asyncProperty(members, place, fc.nat({ max: 255 }), async (given, where, flip) => {
      const intact = Buffer.concat(given);
      const at = Math.floor(where * intact.length);
      const damaged = flip === 0 ? intact.subarray(0, at + 1) : Buffer.from(intact);
      if (flip > 0) damaged[at] = (damaged[at] ?? 0) ^ flip;
      await both(damaged);
    });
    await fc.assert(property, { numRuns: 1000 });
  });

  test('that are larger than what is decoded as a whole', { timeout: 60_000 }, async () => {
    const random = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index * 2_654_435_761) >>> 13));
    for (const large of [random, Buffer.alloc(3_000_000, 'love '), Buffer.alloc(1_048_577, 'love ')]) {
      const stored = Buffer.concat([gzipSync('a'), gzipSync(large), gzipSync('b')]);
      for (const sizes of [{}, { feed: 70_001, room: 65_536 }]) {
        const decoded = await both(stored, sizes);
        expect([decoded.units, decoded.text.length]).toEqual([3, large.length + 2]);
      }
    }
  });

  test('that are too large for that, with a trailer that is damaged or cut off', { timeout: 60_000 }, async () => {
    const large = gzipSync(Buffer.alloc(5_000_000, 'love '));
    const stored = Buffer.concat([large, gzipSync('love')]);
    for (const feed of [65_536, 5]) {
      const sizes = { feed, room: 65_536 };
      expect(await both(stored, sizes)).toMatchObject({ failed: false, units: 2 });
      for (const at of [1, 4, 5, 8]) {
        const damaged = Buffer.from(stored);
        damaged[large.length - at] = (damaged[large.length - at] ?? 0) ^ 0x10;
        const what = at > 4 ? 'incorrect data check' : 'incorrect length check';
        // Where the fault is noticed depends on the library.
        const message = new RegExp(`^\\d+ is damaged at byte \\d+, in the gzip member from byte 0: ${what}$`);
        for (const each of [decoders, zlib]) {
          const found = await each.decode('gzip', damaged, sizes);
          expect(found).toMatchObject({ failed: true, units: 0, message: expect.stringMatching(message) as string });
        }
        const cutOff = `${large.length - at} is cut off at byte ${large.length - at}, in the gzip member from byte 0`;
        expect(await both(large.subarray(0, large.length - at), sizes)).toMatchObject({
          failed: true,
          message: cutOff,
        });
      }
    }
  });

  test('with a length that is not that of the text, or the size of a block that is not its own', async () => {
    const text = Buffer.alloc(100_000, 'love ');
    for (const length of [0, 5, 99_999, 100_001, 0xffff_ffff]) {
      const stored = gzipSync(text);
      stored.writeUInt32LE(length, stored.length - 4);
      for (const behind of [Buffer.alloc(0), gzipSync('love')]) {
        const { message } = await both(Buffer.concat([stored, behind]), { feed: 65_536 });
        expect(message).toContain('incorrect length check');
      }
    }
    for (const size of [0, 18, 30, 0xffff]) {
      const block = bgzfBlock(Buffer.from('love lovely love'));
      block.writeUInt16LE(size, 16);
      // zlib does not look at it either.
      expect(await both(Buffer.concat([block, bgzfBlock(Buffer.alloc(0))]))).toMatchObject({ units: 2, failed: false });
    }
  });

  test('that hold other members, stored as they are', async () => {
    const inner = Buffer.concat([gzipSync('love'), gzipSync('x'.repeat(500)), bgzfBlock(Buffer.from('lovely'))]);
    const stored = Buffer.concat([gzipSync(inner, { level: 0 }), gzipSync('end')]);
    for (const feed of [1, 30, 65_536]) {
      expect(await both(stored, { feed })).toEqual(complete(Buffer.concat([inner, Buffer.from('end')]), 2));
    }
  });
});

describe('limits and libraries', () => {
  test('a window larger than the memory for it is an error that says how much is needed', async () => {
    const text = Buffer.alloc(3_000_000, 'It was many and many a year ago. ');
    const zstd = await decoders.decode('zstd', packWith(['zstd', '-q', '-c', '--long=25'], text), { memory: 1024 });
    expect(zstd).toMatchObject({ failed: true, text: Buffer.alloc(0) });
    expect(zstd.message).toBe(
      '0 needs 32 MiB of memory to be decoded, more than the 1 MiB that there are for a decoder; use fewer ranks and threads on a host, or decode it first',
    );
    const xz = await decoders.decode('xz', packWith(['xz', '-c', '-9'], text), { memory: 1024 });
    expect(xz).toMatchObject({ failed: true, text: Buffer.alloc(0) });
    expect(xz.message).toMatch(/^\d+ needs 6\d MiB of memory to be decoded, more than the 1 MiB /);
  });

  /** Returns whether a zstd frame with this header needs more memory than the given number of KiB. */
  const needsMore = async (header: readonly number[], memory: number) => {
    const { message } = await decoders.decode('zstd', Buffer.of(...magic, ...header), { memory });
    return message.startsWith('0 needs ');
  };
  const magic = [0x28, 0xb5, 0x2f, 0xfd];

  test('the header of a zstd frame says how large its window is', async () => {
    for (let exponent = 0; exponent < 16; exponent += 1) {
      for (let mantissa = 0; mantissa < 8; mantissa += 1) {
        // RFC 8878, 3.1.1.1.2, in units of 128 bytes.
        const window = 2 ** (exponent + 3) + 2 ** exponent * mantissa;
        const least = Math.ceil(window / 8);
        const header = [0, (exponent << 3) | mantissa];
        expect([exponent, mantissa, await needsMore(header, least), await needsMore(header, least - 1)]).toEqual([
          exponent,
          mantissa,
          false,
          true,
        ]);
      }
    }
  });

  test.each([
    ['one byte', 0, 255, 1],
    ['two bytes, from 256 on', 1, 1024 - 256, 1],
    ['two bytes, all set', 1, 0xffff, 65],
    ['four bytes', 2, 0x01_02_03_00, 0x40_81],
    ['eight bytes', 3, 0x02_04_06_00, 0x81_02],
  ])('so does the size of the content of a single segment: %s', async (_name, code, content, least) => {
    const size = 2 ** code;
    const bytes = Array.from({ length: size }, (_, index) => Math.floor(content / 256 ** index) % 256);
    // The identifier of a dictionary comes before it.
    for (const [identifier, identifierSize] of [0, 1, 2, 4].entries()) {
      const descriptor = (code << 6) | 0x20 | identifier;
      const header = [descriptor, ...Array.from({ length: identifierSize }, () => 0), ...bytes];
      expect([identifier, await needsMore(header, least), await needsMore(header, least - 1)]).toEqual([
        identifier,
        false,
        true,
      ]);
    }
  });

  test('a checksum of xz that the library does not know is an error', async () => {
    const crc = (bytes: Uint8Array) => {
      const number = Buffer.alloc(4);
      number.writeUInt32LE(crc32(bytes));
      return number;
    };
    const stored = packWith(['xz', '-c', '--check=crc32'], Buffer.from('love'));
    // The check of number 2 is as long as that of number 1, which is CRC-32, and belongs to no algorithm.
    const flags = Buffer.of(0, 2);
    const sizeOfIndex = stored.subarray(-8, -4);
    const unknown = Buffer.concat([
      stored.subarray(0, 6),
      flags,
      crc(flags),
      stored.subarray(12, -12),
      crc(Buffer.concat([sizeOfIndex, flags])),
      sizeOfIndex,
      flags,
      stored.subarray(-2),
    ]);
    expect(await decoders.decode('xz', unknown)).toEqual({
      failed: true,
      units: 0,
      text: Buffer.alloc(0),
      message: '12 cannot be decoded: this liblzma does not know its checksum; decode it first',
    });
  });

  test.each([
    ['zstd', 'MPICOUNT_LIBZSTD', 'libzstd.so.1'],
    ['xz', 'MPICOUNT_LIBLZMA', 'liblzma.so.5'],
    ['bzip2', 'MPICOUNT_LIBBZ2', 'libbz2.so.1.0'],
    ['lz4', 'MPICOUNT_LIBLZ4', 'liblz4.so.1'],
    ['gzip', 'MPICOUNT_LIBDEFLATE', 'libdeflate.so.0'],
  ] as const)('%s with a library that is not one', async (format, variable, soname) => {
    const stored = pack(format, Buffer.from('love'));
    const other = new Decoders(program, { ...process.env, [variable]: '/nowhere.so' });
    expect((await other.decode(format, stored)).message).toMatch(
      `needs ${soname}, and ${variable}=/nowhere.so is no such library: /nowhere.so: `,
    );
    expect(await other.end()).toBe(0);
  });
});

describe('UTF-16', () => {
  const encode = (units: Uint16Array, bigEndian: boolean) => {
    const marked = Uint16Array.of(0xfeff, ...units);
    const little = Buffer.from(marked.buffer);
    return bigEndian ? little.swap16() : little;
  };

  test('any units, with unpaired surrogates, as TextDecoder decodes them', async () => {
    const unit = fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0xd7ff, max: 0xe001 }),
      fc.constant(0x6c),
    );
    const property = fc.asyncProperty(
      fc.array(unit, { maxLength: 100 }),
      fc.boolean(),
      steps,
      async (units, bigEndian, sizes) => {
        const stored = encode(Uint16Array.from(units), bigEndian);
        const expected = new TextDecoder(bigEndian ? 'utf-16be' : 'utf-16le', { ignoreBOM: false }).decode(stored);
        expect(await decoders.decode('utf16', stored, sizes)).toEqual(complete(Buffer.from(expected), 0));
      },
    );
    await fc.assert(property, { numRuns: 1000 });
  });

  test('half a unit at the end is an error', async () => {
    const stored = Buffer.from('\ufefflove', 'utf16le');
    for (const feed of [1, 65_536]) {
      const decoded = await decoders.decode('utf16', stored.subarray(0, -1), { feed });
      expect(decoded).toMatchObject({ failed: true, message: '8 is cut off at byte 9, in a UTF-16 character' });
    }
  });
});
