import { constants, promises } from 'node:fs';

import { nativeFiles } from './native.ts';

/** The formats that are decoded. */
export const decodedFormats = ['gzip', 'zstd', 'xz', 'bzip2', 'lz4', 'UTF-16', 'encoding'] as const;
export type DecodedFormat = (typeof decodedFormats)[number];
/** A format as the first bytes or the name of a file tell it. Those that are not decoded are no text either. */
export type FileFormat = DecodedFormat | 'zip' | '7z' | 'rar' | 'brotli' | 'compress' | 'lzip' | 'lzma' | 'lzop';

const suffixes: Readonly<Record<string, FileFormat>> = {
  gz: 'gzip',
  tgz: 'gzip',
  bgz: 'gzip',
  zst: 'zstd',
  tzst: 'zstd',
  xz: 'xz',
  txz: 'xz',
  bz2: 'bzip2',
  tbz: 'bzip2',
  tbz2: 'bzip2',
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
const longestSuffix = 4;
const dot = 0x2e;

/** Returns a suffix as one number. */
function suffixNumber(bytes: Uint8Array, begin: number, end: number): number {
  let number = 0;
  for (let at = begin; at < end; at += 1) number = number * 256 + (bytes[at] ?? 0);
  return number;
}

// By their numbers: the names of millions of files are looked up without a string for each.
const formatsOfSuffixes = new Map(
  Object.entries(suffixes).map(([suffix, format]) => [suffixNumber(Buffer.from(suffix), 0, suffix.length), format]),
);

/**
 * Returns the format that the name of a file says; undefined if it says none.
 * @param paths The path of the file is the bytes [begin, end) of these.
 */
export function formatOfName(paths: Uint8Array, begin = 0, end: number = paths.length): FileFormat | undefined {
  let suffix = end;
  const first = Math.max(begin, end - longestSuffix);
  while (suffix > first && paths[suffix - 1] !== dot) suffix -= 1;
  if (suffix === begin || paths[suffix - 1] !== dot) return undefined;
  return formatsOfSuffixes.get(suffixNumber(paths, suffix, end));
}

/** Returns the number of a format, as in native/source/decode/format.h; 0 for a file that is not decoded. */
export function formatNumber(format: DecodedFormat | undefined): number {
  return format === undefined ? 0 : decodedFormats.indexOf(format) + 1;
}

/**
 * Tells whether a file in a format, by its number, consists of decoding units and can therefore be divided among blocks: a block counts the
 * units that begin in it. A file in another format is counted whole, in the block in which it begins. Text in an encoding is divided, at any
 * byte, unless the grid keeps all files whole.
 */
export function hasUnits(format: number): boolean {
  return format !== 0 && format !== formatNumber('UTF-16');
}

// Enough for the longest signature, that of bzip2, and to tell text from what is compressed.
const startLength = 64;
const utf8Mark = Buffer.of(0xef, 0xbb, 0xbf);
// A file that has become a pipe since it was looked at must not wait for a writer.
const flags = constants.O_RDONLY | constants.O_NONBLOCK;

/** The first bytes of a file: its format, and whether they are UTF-8 text. */
export interface FileStart {
  readonly format: FileFormat | undefined;
  readonly isText: boolean;
  /** Whether they are the byte order mark of UTF-8. */
  readonly hasUtf8Mark: boolean;
}

/** Returns the format of a file. Reads on the thread pool, since a file server may be slow. Rejects with the error of the system. */
export async function fileStart(path: Buffer): Promise<FileStart> {
  const file = await promises.open(path, flags);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(startLength), 0, startLength, 0);
    const start = buffer.subarray(0, bytesRead);
    // The addon knows the same names.
    const format = nativeFiles().formatName(start) as FileFormat | '';
    return {
      format: format === '' ? undefined : format,
      isText: isText(start),
      hasUtf8Mark: utf8Mark.compare(start.subarray(0, 3)) === 0,
    };
  } finally {
    await file.close();
  }
}

function isText(start: Uint8Array): boolean {
  try {
    // The last character may be cut off.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true });
    return start.length > 0 && !/[\0-\x08\x0e-\x1f]/.test(text);
  } catch {
    return false;
  }
}
