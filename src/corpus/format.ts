import { closeSync, constants, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** The formats that are decoded. A file in one of them is counted whole, by the rank that counts the block in which it begins. */
export const decodedFormats = ['gzip', 'zstd', 'xz', 'bzip2', 'lz4', 'UTF-16'] as const;
export type DecodedFormat = (typeof decodedFormats)[number];
/** A format as the first bytes or the name of a file tell it. Those that are not decoded are no text either. */
export type FileFormat = DecodedFormat | 'zip' | '7z' | 'rar' | 'brotli' | 'compress' | 'lzip' | 'lzma' | 'lzop';

const suffixes: Readonly<Record<string, FileFormat>> = {
  gz: 'gzip',
  tgz: 'gzip',
  bgz: 'gzip',
  zst: 'zstd',
  xz: 'xz',
  bz2: 'bzip2',
  lz4: 'lz4',
  zip: 'zip',
  '7z': '7z',
  rar: 'rar',
  br: 'brotli',
  Z: 'compress',
  lz: 'lzip',
  lzma: 'lzma',
  lzo: 'lzop',
};
const longestSuffix = 5;

/** Returns the format that the name of a file says; undefined if it says none. */
export function formatOfName(path: Buffer): FileFormat | undefined {
  const end = path.toString('latin1', Math.max(0, path.length - longestSuffix));
  const suffix = end.slice(end.lastIndexOf('.') + 1);
  return suffix.length < end.length && Object.hasOwn(suffixes, suffix) ? suffixes[suffix] : undefined;
}

/** Returns the number of a format, as in native/source/decode/format.h; 0 for a file that is not decoded. */
export function formatNumber(format: DecodedFormat | undefined): number {
  return format === undefined ? 0 : decodedFormats.indexOf(format) + 1;
}

// The longest signature is that of bzip2: its level and the start of a block or of the end.
const signatureLength = 10;

const signatures: readonly (readonly [format: FileFormat | undefined, bytes: string])[] = [
  ['gzip', '\x1f\x8b\x08'],
  ['zstd', '\x28\xb5\x2f\xfd'],
  ['xz', '\xfd7zXZ\0'],
  ['lz4', '\x04\x22\x4d\x18'],
  ['lz4', '\x02\x21\x4c\x18'], // the format before version 1, of which the decoder says that it is not supported
  ['zip', 'PK\x03\x04'],
  ['7z', '7z\xbc\xaf\x27\x1c'],
  [undefined, '\xff\xfe\0\0'], // UTF-32, which begins as UTF-16 does
  ['UTF-16', '\xff\xfe'],
  ['UTF-16', '\xfe\xff'],
];

// An ordinary text may begin with "BZh".
const bzip2 = /^BZh[1-9](?:1AY&SY|\x17rE8P\x90)/;
// A frame that zstd and lz4 skip: its signature and its size.
const skippable = /^[\x50-\x5f]\x2a\x4d\x18/;
const skippableHeader = 8;
const maxSkipped = 16;
// A file that has become a pipe since it was looked at must not wait for a writer.
const flags = constants.O_RDONLY | constants.O_NONBLOCK;

/** Returns the format of bytes with this start; undefined if they are in none. */
export function formatOf(start: Uint8Array): FileFormat | undefined {
  const text = Buffer.from(start.buffer, start.byteOffset, start.byteLength).toString('latin1');
  if (bzip2.test(text)) return 'bzip2';
  return signatures.find(([, bytes]) => text.startsWith(bytes))?.[0];
}

/**
 * Tells a format by the first bytes of a file, at an offset that is 0 at first.
 * @returns The format, or the offset of further bytes that decide on it. They follow a frame to be skipped, which zstd and lz4 have in
 *   common.
 */
function judge(start: Buffer, offset: number, skipped: number): FileFormat | number | undefined {
  if (!skippable.test(start.toString('latin1', 0, 4)) || start.length < skippableHeader) {
    const format = formatOf(start);
    // Nothing but frames to be skipped: zstd's parallel version writes such files.
    return skipped > 0 && format !== 'lz4' ? 'zstd' : format;
  }
  return skipped < maxSkipped ? offset + skippableHeader + start.readUInt32LE(4) : 'zstd';
}

/** Returns the format of a file. Throws what the system says if it cannot be read. */
export const fileFormat = {
  sync: (path: Buffer): FileFormat | undefined => {
    const fd = openSync(path, flags);
    try {
      const start = Buffer.alloc(signatureLength);
      let next: FileFormat | number | undefined = 0;
      for (let skipped = 0; typeof next === 'number'; skipped += 1) {
        next = judge(start.subarray(0, readSync(fd, start, 0, signatureLength, next)), next, skipped);
      }
      return next;
    } finally {
      closeSync(fd);
    }
  },
  async: async (path: Buffer): Promise<FileFormat | undefined> => {
    const file = await open(path, flags);
    try {
      const start = Buffer.alloc(signatureLength);
      let next: FileFormat | number | undefined = 0;
      for (let skipped = 0; typeof next === 'number'; skipped += 1) {
        const { bytesRead } = await file.read(start, 0, signatureLength, next);
        next = judge(start.subarray(0, bytesRead), next, skipped);
      }
      return next;
    } finally {
      await file.close();
    }
  },
};
