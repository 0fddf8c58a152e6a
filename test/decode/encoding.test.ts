// Text in encodings, plain and in compressed files, decoded in steps of any size.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

import { temporaryFolder } from '../support/job.ts';
import { compressed, Decoders, pack } from './harness.ts';
import { useDecoders } from './use-decoders.ts';

const { folder, remove } = temporaryFolder();
const program = join(folder, 'decode');
afterAll(remove);
let decoders: Decoders;
useDecoders(program, (started) => {
  decoders = started;
});

/** Encodes UTF-8 text by the iconv program. */
const encode = (encoding: string, text: string) =>
  execFileSync('iconv', ['-f', 'UTF-8', '-t', encoding], { input: text, stdio: ['pipe', 'pipe', 'inherit'] });

const steps = fc.record({
  feed: fc.integer({ min: 1, max: 300 }),
  room: fc.integer({ min: 1, max: 300 }),
  givesRoom: fc.boolean(),
});
const latin = ['love', ' ', 'é', '\n', 'ß', 'a', 'LOVE'];
const encodings: readonly (readonly [encoding: string, letters: readonly string[]])[] = [
  ['ISO-8859-1', latin],
  ['CP1252', [...latin, '€', '“']],
  ['KOI8-R', ['любовь', ' ', 'Ж', '\n', 'love']],
  ['IBM037', ['love', ' ', 'é']],
  ['SHIFT_JIS', ['愛', 'love', '\n', 'ア', 'ｱ']],
  ['EUC-KR', ['사랑', 'love', '\n']],
  ['GB18030', ['爱', 'love', '\n', '😀', 'é']],
  ['UTF-16LE', [...latin, '😀', '愛']],
  ['UTF-32BE', [...latin, '😀', '愛']],
  // These have states: of shifts, and of letters that wait for an accent.
  ['ISO-2022-JP', ['愛', 'love', '\n', 'ア']],
  ['UTF-7', ['love', '+', 'é', '愛', '\n']],
  ['CP1258', ['love', 'a', 'â', 'é', '\n']],
];

test.each(encodings)('%s: any text, in steps of any size', { timeout: 120_000 }, async (encoding, letters) => {
  const text = fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 300 }).map((parts) => parts.join(''));
  const property = fc.asyncProperty(text, steps, async (decoded, sizes) => {
    const stored = encode(encoding, decoded);
    const expected = { failed: false, units: 0, text: decoded, message: '' };
    const { text, ...rest } = await decoders.decode('encoding', stored, { ...sizes, encoding });
    expect({ ...rest, text: text.toString() }).toEqual(expected);
  });
  await fc.assert(property, { numRuns: 40 });
});

test.each(compressed)(
  'in %s: units that are cut anywhere, also in a character',
  { timeout: 120_000 },
  async (format) => {
    const given = fc.record({
      letters: fc.array(fc.constantFrom('愛', 'love', '\n', 'ア'), { minLength: 1, maxLength: 400 }),
      cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
    });
    const property = fc.asyncProperty(given, steps, async ({ letters, cuts }, sizes) => {
      const text = letters.join('');
      const bytes = encode('SHIFT_JIS', text);
      const places = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b), bytes.length];
      const units = places.slice(1).map((end, index) => pack(format, bytes.subarray(places[index], end)));
      const decoded = await decoders.decode(format, Buffer.concat(units), { ...sizes, encoding: 'SHIFT_JIS' });
      expect(decoded).toEqual({ failed: false, units: units.length, text: Buffer.from(text), message: '' });
    });
    await fc.assert(property, { numRuns: 40 });
  },
);

describe('what is not in the encoding', () => {
  const feeds = [{ feed: 1, room: 1 }, { feed: 7, room: 100 }, {}];

  test.each([0, 1, 63, 64, 40_000])('an invalid byte is an error with its offset: %d', async (offset) => {
    const stored = Buffer.alloc(50_000, 'love ');
    stored[offset] = 0x81;
    for (const sizes of offset > 1000 ? [{}] : feeds) {
      const { failed, message } = await decoders.decode('encoding', stored, { ...sizes, encoding: 'CP1252' });
      expect({ failed, message }).toEqual({
        failed: true,
        message: `${offset} is not in the encoding CP1252: byte ${offset} (0x81) is not valid in it`,
      });
    }
  });

  test('an invalid byte in a compressed file is one of a unit', async () => {
    const first = pack('gzip', Buffer.from('love\n'));
    const stored = Buffer.concat([first, pack('gzip', Buffer.from('lo\x81ve', 'latin1'))]);
    for (const sizes of feeds) {
      const decoded = await decoders.decode('gzip', stored, { ...sizes, encoding: 'CP1252' });
      expect(decoded).toMatchObject({
        failed: true,
        message: `${first.length} is not in the encoding CP1252: 0x81 in the text of the unit from byte ${first.length} is not valid in it`,
      });
    }
  });

  test('a character that is cut off at the end is an error', async () => {
    const stored = encode('SHIFT_JIS', 'love愛').subarray(0, -1);
    for (const sizes of feeds) {
      const plain = await decoders.decode('encoding', stored, { ...sizes, encoding: 'SHIFT_JIS' });
      expect(plain).toMatchObject({
        failed: true,
        message: '4 is cut off at byte 5, in a character of the encoding SHIFT_JIS',
      });
      const packed = await decoders.decode('zstd', pack('zstd', stored), { ...sizes, encoding: 'SHIFT_JIS' });
      expect(packed).toMatchObject({
        failed: true,
        message: '0 is cut off at the end of its text, in a character of the encoding SHIFT_JIS',
      });
    }
  });

  test('damage in a compressed file is reported as without an encoding', async () => {
    const stored = pack('gzip', Buffer.from('love')).subarray(0, -1);
    const { message } = await decoders.decode('gzip', stored, { encoding: 'CP1252' });
    expect(message).toBe((await decoders.decode('gzip', stored)).message);
    expect(message).toMatch(/is cut off at byte \d+, in the gzip member from byte 0$/);
  });

  test.each([
    ['UTF-16', '\xff\xfel\0'],
    ['UTF-16', '\xfe\xff\0l'],
    ['UTF-8', '\xef\xbb\xbflove'],
    ['UTF-32', '\xff\xfe\0\0l\0\0\0'],
    ['UTF-32', '\0\0\xfe\xff\0\0\0l'],
  ])('a text with the byte order mark of %s is refused: %j', async (name, text) => {
    const stored = pack('gzip', Buffer.from(text, 'latin1'));
    for (const sizes of feeds) {
      const decoded = await decoders.decode('gzip', stored, { ...sizes, encoding: 'ISO-8859-1' });
      expect(decoded).toMatchObject({
        failed: true,
        message: `0 is not in the encoding ISO-8859-1: its text begins with the byte order mark of ${name}; count it with --encoding ${name}`,
      });
      // The encoding of the mark takes it for one.
      const right = await decoders.decode('gzip', stored, { ...sizes, encoding: name });
      expect(right.text.toString().replace(/^\ufeff/, '')).toBe(name === 'UTF-8' ? 'love' : 'l');
    }
  });

  test('nor is an encoding that there is not', async () => {
    expect(await decoders.decode('encoding', Buffer.from('love'), { encoding: 'KLINGON' })).toMatchObject({
      failed: true,
      message: expect.stringMatching(
        /^the encoding KLINGON is not known to iconv of .+ here; `iconv -l` lists those that are$/,
      ) as string,
    });
  });
});

test('an empty file is an empty text, and so is an empty unit', async () => {
  for (const encoding of ['CP1252', 'SHIFT_JIS', 'UTF-16']) {
    const empty = { failed: false, units: 0, text: Buffer.alloc(0), message: '' };
    expect(await decoders.decode('encoding', Buffer.alloc(0), { encoding })).toEqual(empty);
    expect(await decoders.decode('gzip', pack('gzip', Buffer.alloc(0)), { encoding })).toEqual({ ...empty, units: 1 });
  }
});
