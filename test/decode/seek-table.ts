// The table at the end of a file in the seekable format of zstd: a skippable frame that says where the frames before it begin.

export interface SeekEntry {
  /** The stored size of a frame, in bytes. */
  readonly stored: number;
  /** The size of its text, in bytes. */
  readonly text: number;
  /** The checksum of its text. */
  readonly checksum?: number;
}

export interface SeekTable {
  readonly entries: readonly SeekEntry[];
  /** The number of entries that it says it has; absent: that of its entries. */
  readonly count?: number;
  /** Whether it says that it has checksums; absent: whether it has some. */
  readonly checked?: boolean;
}

/** Returns the skippable frame of a table. */
export function seekTable({ entries, count = entries.length, checked }: SeekTable): Buffer {
  const numbers = entries.flatMap(({ stored, text, checksum }) => [
    stored,
    text,
    ...(checksum === undefined ? [] : [checksum]),
  ]);
  const hasChecksums = checked ?? entries.some(({ checksum }) => checksum !== undefined);
  const content = [...numbers.map(little), little(count), Buffer.of(hasChecksums ? 0x80 : 0), little(0x8f92eab1)];
  const size = content.reduce((sum, { length }) => sum + length, 0);
  return Buffer.concat([little(0x184d2a5e), little(size), ...content]);
}

function little(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}
