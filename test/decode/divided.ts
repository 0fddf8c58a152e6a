// Files of many small units in each format, which are divided among blocks in every way.
import { deflateRawSync, crc32, gzipSync } from 'node:zlib';

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
  const data = deflateRawSync(text);
  const header = Buffer.from('1f8b08040000000000ff060042430200', 'hex');
  const numbers = Buffer.alloc(10);
  numbers.writeUInt16LE(header.length + 2 + data.length + 8 - 1, 0);
  numbers.writeUInt32LE(crc32(text), 2);
  numbers.writeUInt32LE(text.length, 6);
  return Buffer.concat([header, numbers.subarray(0, 2), data, numbers.subarray(2)]);
}

function skippable(content: Uint8Array): Buffer {
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
  if (format === 'gzip') more.push(...texts.slice(0, 12).map((text) => ({ text, stored: bgzfBlock(text) })));
  if (format === 'zstd' || format === 'lz4') {
    for (const content of [Buffer.alloc(0), Buffer.alloc(3, 'x'), love, Buffer.concat([love, long, love])]) {
      more.push({ text: Buffer.alloc(0), stored: skippable(content) });
    }
  }
  if (format === 'xz') more.push({ text: Buffer.alloc(0), stored: Buffer.alloc(4) });
  return [...plain, ...more];
}
