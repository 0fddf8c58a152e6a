// Files of many small units in each format, which are divided among blocks in every way.
import { gzipSync } from 'node:zlib';

import { bzip2Stream } from './bzip2-stream.ts';
import { gzipMember, type GzipHeader } from './gzip-member.ts';
import { compressed, pack, packWith } from './harness.ts';

/** A decoding unit: its text and its stored bytes. */
export interface Unit {
  readonly text: Buffer;
  readonly stored: Buffer;
}

type Format = (typeof compressed)[number];

const texts: readonly Buffer[] = [
  '',
  'l',
  'lo',
  'love',
  've',
  'elo',
  ' ',
  '\n',
  'aaa',
  'aaaaaaa',
  'love lovely, glove: love',
  'é',
  '\xc3',
  '\xa9',
  'o l',
  '\x01\x01',
  '\x01'.repeat(90),
  'a'.repeat(100),
  'love '.repeat(60),
  '\u2028',
  '\xe2\x80',
  'LOVE\xe2',
].map((text) => Buffer.from(text, /[\x80-\xff]/.test(text) ? 'latin1' : 'utf8'));

/** Returns a BGZF block. */
export function bgzfBlock(text: Uint8Array): Buffer {
  const block = gzipMember([text], { extra: Buffer.from('BC\x02\0\0\0'), system: 255 });
  block.writeUInt16LE(block.length - 1, 16);
  return block;
}

/** Returns a skippable frame of zstd and lz4. */
export function skippable(content: Uint8Array): Buffer {
  const head = Buffer.from('5a2a4d1800000000', 'hex');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

/** Returns units of a format, among them such that contain other units whole. */
export function unitsOf(format: Format): Unit[] {
  const plain = texts.map((text) => ({ text, stored: pack(format, text) }));
  const [love = Buffer.alloc(0), long = Buffer.alloc(0)] = [13, 3].map((index) => plain[index]?.stored);
  // What is compressed already is stored as it is, where the format can do that.
  const hostile = [
    love,
    Buffer.concat([Buffer.from('love '), love, long]),
    Buffer.concat([long, Buffer.from('love'), love]),
    Buffer.concat([love.subarray(0, -3), long]),
  ];
  const store = (text: Buffer) => {
    if (format === 'gzip') return gzipSync(text, { level: 0 });
    return format === 'zstd' ? packWith(['zstd', '-q', '-c', '--no-check'], text) : pack(format, text);
  };
  const more: Unit[] = hostile.map((text) => ({ text, stored: store(text) }));
  if (format === 'gzip') {
    more.push(...texts.slice(0, 12).map((text) => ({ text, stored: bgzfBlock(text) })));
    // Headers that contain what looks like the start of a member, or hold one whole.
    const headers: GzipHeader[] = [
      { name: '\x1f\x8b\x08', comment: 'love', isChecked: true, system: 255 },
      { extra: love, isText: true },
      { extra: Buffer.concat([love, long]), name: 'love', isChecked: true, effort: 4 },
    ];
    for (const header of headers) {
      more.push({ text: Buffer.from('o love'), stored: gzipMember([Buffer.from('o lo'), Buffer.from('ve')], header) });
    }
  }
  if (format === 'zstd' || format === 'lz4') {
    for (const content of [Buffer.alloc(0), Buffer.alloc(3, 'x'), love, Buffer.concat([love, long, love])]) {
      more.push({ text: Buffer.alloc(0), stored: skippable(content) });
    }
  }
  if (format === 'bzip2') {
    // Streams of several blocks, which begin at any bit.
    const streams = [[13, 1, 6, 3], [3, 0, 4], [0], texts.map((_, index) => index), [16, 17, 18, 16], [5, 4, 3, 2, 1]];
    for (const indices of streams) {
      const blocks = indices.flatMap((index) => plain[index] ?? []);
      const text = Buffer.concat(blocks.map((block) => block.text));
      more.push({ text, stored: bzip2Stream(blocks.map((block) => block.stored)) });
    }
  }
  if (format === 'xz') {
    more.push({ text: Buffer.alloc(0), stored: Buffer.alloc(4) });
    // Streams of several blocks, with their sizes in the headers of the blocks (threads) and without.
    const text = Buffer.concat(texts);
    const ways = [
      ['-T1', '--block-size=90'],
      ['-T2', '--block-size=40'],
      ['-T2', '--block-size=7', '--check=none'],
      ['-T1', '--block-size=150', '--check=crc32'],
      ['-T1', '--block-size=300', '--check=sha256', '--delta=dist=1', '--lzma2'],
    ];
    for (const way of ways) more.push({ text, stored: packWith(['xz', '-c', '-0', ...way], text) });
  }
  return [...plain, ...more];
}
