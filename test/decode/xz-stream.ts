// Takes xz streams apart and makes others of their blocks, with any index: https://tukaani.org/xz/xz-file-format.txt
import { crc32 } from 'node:zlib';

/** A block as it is stored, with the zeros that fill it up, and its record in the index. */
export interface XzBlock {
  readonly stored: Buffer;
  readonly unpaddedSize: number;
  readonly textSize: number;
}

const edgeSize = 12; // of a header, and of a footer
const padded = (size: number) => Math.ceil(size / 4) * 4;

function checksum(bytes: Uint8Array): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt32LE(crc32(bytes));
  return number;
}

function encodeNumber(number: number): Buffer {
  const bytes: number[] = [];
  for (let left = number; ; left = Math.floor(left / 128)) {
    bytes.push((left % 128) + (left < 128 ? 0 : 128));
    if (left < 128) return Buffer.from(bytes);
  }
}

/** Returns the blocks of a stream. */
export function xzBlocks(stream: Buffer): XzBlock[] {
  const footer = stream.length - edgeSize;
  let at = footer - 4 * (stream.readUInt32LE(footer + 4) + 1) + 1;
  const next = () => {
    for (let number = 0, weight = 1; ; weight *= 128) {
      const byte = stream[at] ?? 0;
      at += 1;
      number += (byte % 128) * weight;
      if (byte < 128) return number;
    }
  };
  let begin = edgeSize;
  return Array.from({ length: next() }, () => {
    const [unpaddedSize, textSize] = [next(), next()];
    const end = begin + padded(unpaddedSize);
    const stored = stream.subarray(begin, end);
    begin = end;
    return { stored, unpaddedSize, textSize };
  });
}

/** Returns the index of a stream that has these blocks. */
export function xzIndex(blocks: readonly XzBlock[]): Buffer {
  const numbers = [blocks.length, ...blocks.flatMap(({ unpaddedSize, textSize }) => [unpaddedSize, textSize])];
  const content = Buffer.concat([Buffer.alloc(1), ...numbers.map(encodeNumber)]);
  const whole = Buffer.concat([content, Buffer.alloc(padded(content.length) - content.length)]);
  return Buffer.concat([whole, checksum(whole)]);
}

/** Returns the footer of a stream. @param flags Those in its header. */
export function xzFooter(flags: Uint8Array, indexSize: number): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(indexSize / 4 - 1);
  return Buffer.concat([checksum(Buffer.concat([size, flags])), size, flags, Buffer.from('YZ')]);
}

/** Returns a stream. @param like A stream with the same header. @param index An index of other blocks, or none at all. */
export function xzStream(like: Buffer, blocks: readonly XzBlock[], index = xzIndex(blocks)): Buffer {
  const stored = blocks.map((block) => block.stored);
  return Buffer.concat([like.subarray(0, edgeSize), ...stored, index, xzFooter(like.subarray(6, 8), index.length)]);
}
