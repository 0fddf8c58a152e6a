import { UsageError } from '../usage-error.ts';

/** The meaning of zero bytes in a list: patterns may contain them, while `find -print0` ends file names with them. */
export type ZeroBytes = 'contents' | 'separators';

const littleEndianMark = Buffer.of(0xff, 0xfe);
const bigEndianMark = Buffer.of(0xfe, 0xff);

/** Returns whether a list begins with a byte order mark of UTF-16. */
export function isUtf16(bytes: Buffer): boolean {
  const mark = bytes.subarray(0, 2);
  return mark.equals(littleEndianMark) || mark.equals(bigEndianMark);
}

/** The first bytes of compressed files. */
const compressed: Readonly<Record<string, readonly number[]>> = {
  gzip: [0x1f, 0x8b, 0x08],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
  xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
  bzip2: [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59], // of the usual block size, 900 kB
  lz4: [0x04, 0x22, 0x4d, 0x18],
  zip: [0x50, 0x4b, 0x03, 0x04],
};

/** Refuses a compressed list. Someone may want to count such first bytes, so they are accepted as a complete line. */
function refuseCompressed(bytes: Buffer, shown: string): void {
  for (const [name, start] of Object.entries(compressed)) {
    const isStart = bytes.subarray(0, start.length).equals(Buffer.from(start));
    const ends = [undefined, 0x0a, 0x0d].includes(bytes[start.length]);
    if (isStart && !ends) throw new UsageError(`${shown}: is compressed (${name}); decompress it first`);
  }
}

/**
 * Decodes a list: removes a byte order mark and converts UTF-16 to UTF-8. Bytes in any other encoding stay as they are.
 * @param shown The name of the list, for messages.
 * @throws UsageError for a compressed list, UTF-32, invalid UTF-16, or UTF-16 without a byte order mark, whose patterns would never match.
 */
export function decodeList(bytes: Buffer, shown: string, zeroBytes: ZeroBytes): Buffer {
  refuseCompressed(bytes, shown);
  const begins = (...mark: number[]) => bytes.subarray(0, mark.length).equals(Buffer.from(mark));
  if (begins(0xef, 0xbb, 0xbf)) return bytes.subarray(3);
  if (begins(0xff, 0xfe, 0, 0) || begins(0, 0, 0xfe, 0xff))
    throw new UsageError(`${shown}: is UTF-32; save it as UTF-8`);
  if (isUtf16(bytes)) {
    const text = bytes.subarray(2);
    return decodeUtf16(begins(...littleEndianMark) ? text : swapped(text), shown);
  }
  if (looksLikeUtf16(bytes, zeroBytes)) {
    throw new UsageError(`${shown}: looks like UTF-16 without a byte order mark; save it as UTF-8`);
  }
  return bytes;
}

/** Converts UTF-16BE to UTF-16LE. An odd byte at the end stays. */
function swapped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.subarray(0, copy.length - (copy.length % 2)).swap16();
  return copy;
}

function decodeUtf16(bytes: Buffer, shown: string): Buffer {
  const text = bytes.toString('utf16le');
  // With the flag u, this matches unpaired surrogates only.
  const invalid = text.search(/\p{Surrogate}/u);
  const lineAt = (index: number) => text.slice(0, index).split('\n').length;
  if (invalid >= 0) throw new UsageError(`${shown}: line ${lineAt(invalid)} is not valid UTF-16`);
  if (bytes.length % 2 > 0)
    throw new UsageError(`${shown}: line ${lineAt(text.length)} is not valid UTF-16: it is cut off`);
  return Buffer.from(text);
}

/**
 * Returns whether zero bytes are where UTF-16 of Latin letters has them: all at even or all at odd offsets, also beside a newline.
 * Without a newline, zero-terminated names of one letter each would look the same, so such a list of names is accepted.
 */
function looksLikeUtf16(bytes: Buffer, zeroBytes: ZeroBytes): boolean {
  if (bytes.length % 2 > 0) return false;
  const zeros = [0, 0]; // at even and at odd offsets
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at + 1)) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (even + odd === 0 || Math.min(even, odd) > 0 || 3 * (even + odd) < bytes.length) return false;
  if (bytes.includes(odd > 0 ? littleEndianNewline : bigEndianNewline)) return true;
  return zeroBytes === 'contents' && !bytes.includes('\n');
}

const littleEndianNewline = Buffer.of(0x0a, 0);
const bigEndianNewline = Buffer.of(0, 0x0a);
