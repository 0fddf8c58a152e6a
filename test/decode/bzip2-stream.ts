// Streams of bzip2 with several blocks of a few bytes, which bzip2 itself does not write.
const endMark = (0x177245385090).toString(2).padStart(48, '0');
const headBits = 32;

/**
 * Returns one stream with the blocks of others, one after the other at any bit.
 * @param streams Each of one block, or of none.
 * @param summed Those that the checksum of the stream is made of; others than the blocks make it wrong.
 */
export function bzip2Stream(streams: readonly Uint8Array[], summed = streams): Buffer {
  const blocksOf = (of: readonly Uint8Array[]) => of.map(blockOf).filter((block) => block !== '');
  const blocks = blocksOf(streams);
  const sum = blocksOf(summed)
    .map(sumOf)
    .reduce((all, one) => (((all << 1) | (all >>> 31)) ^ one) >>> 0, 0);
  const bits = blocks.join('') + endMark + sum.toString(2).padStart(32, '0');
  return Buffer.concat([Buffer.from('BZh1'), bytesOf(bits)]);
}

/** Returns the bits of the block of a stream. */
function blockOf(stream: Uint8Array): string {
  const bits = Array.from(stream, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.slice(headBits, bits.lastIndexOf(endMark));
}

/** Returns the checksum of a block, which follows its mark. */
function sumOf(block: string): number {
  return Number.parseInt(block.slice(48, 80), 2);
}

function bytesOf(bits: string): Buffer {
  return Buffer.from((bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)));
}
