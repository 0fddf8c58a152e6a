// Gzip members with any header, as the libraries of several languages write them.
import { constants, crc32, deflateRawSync } from 'node:zlib';

/** The header of a member, by RFC 1952. Absent fields have no place in it. */
export interface GzipHeader {
  /** Whether it says that the member holds text (FTEXT). */
  readonly isText?: boolean | undefined;
  /** FEXTRA, less than 64 KiB. */
  readonly extra?: Uint8Array | undefined;
  /** FNAME and FCOMMENT, in Latin-1 and without a zero byte. */
  readonly name?: string | undefined;
  readonly comment?: string | undefined;
  /** Whether it ends with its own checksum (FHCRC). */
  readonly isChecked?: boolean | undefined;
  /** MTIME, in seconds since 1970. */
  readonly modified?: number | undefined;
  /** XFL: 2 for the best compression, 4 for the fastest. */
  readonly effort?: number | undefined;
  /** OS: 0 for DOS, 3 for Unix, 255 for an unknown system. */
  readonly system?: number | undefined;
}

/** Returns a member. @param parts Its text, after each part of which the compressor was flushed. */
export function gzipMember(parts: readonly Uint8Array[], header: GzipHeader = {}): Buffer {
  const data = parts.map((part, index) => {
    const isLast = index === parts.length - 1;
    return deflateRawSync(part, { finishFlush: isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH });
  });
  const text = Buffer.concat(parts);
  return Buffer.concat([headerOf(header), ...data, little(crc32(text), 4), little(text.length, 4)]);
}

function headerOf({
  isText,
  extra,
  name,
  comment,
  isChecked,
  modified = 0,
  effort = 0,
  system = 3,
}: GzipHeader): Buffer {
  const fields = [isText, isChecked, extra, name, comment];
  const flags = fields.reduce<number>(
    (bits, field, bit) => bits | (field === undefined || field === false ? 0 : 1 << bit),
    0,
  );
  const start = [Buffer.of(0x1f, 0x8b, 8, flags), little(modified, 4), Buffer.of(effort, system)];
  const texts = [name, comment].filter((text) => text !== undefined).map((text) => Buffer.from(`${text}\0`, 'latin1'));
  const header = Buffer.concat([...start, ...(extra ? [little(extra.length, 2), extra] : []), ...texts]);
  return isChecked === true ? Buffer.concat([header, little(crc32(header) & 0xffff, 2)]) : header;
}

function little(number: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntLE(number, 0, size);
  return bytes;
}
