import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** How files are read, as the user wants it; `auto` decides by the file system. */
export const ioChoices = ['auto', 'mmap', 'read'] as const;
export type Io = (typeof ioChoices)[number];

/** How a file is read. */
export interface Reading {
  /** In so many bytes at a time; undefined: mapped into memory, where the file system allows it. */
  readonly chunk: number | undefined;
  /** Leave nothing in the page cache. */
  readonly drop: boolean;
}

// A core's cache still holds so much when it is scanned.
const localChunk = 128 * 1024;
// What parallel file systems hand out at a time, as a rule (Lustre's stripe is 1 MiB, a GPFS block up to 16 MiB).
const remoteChunk = 4 * 1024 * 1024;

// From linux/magic.h and the file systems' own headers. What is not here may be a network away: there, each page fault of a
// mapped file would wait for one small request after another.
const localFileSystems = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x794c7630, // overlayfs, of containers
  0x2fc12fc1, // ZFS
  0xf2f52010, // F2FS
  0xca451a4e, // bcachefs
  0x73717368, // SquashFS
  0xe0f5e1e2, // EROFS
]);

/** @param fileSystem Its type, as statfs(2) tells it. */
export function chooseReading(io: Io, fileSystem: number, drop: boolean): Reading {
  const isLocal = localFileSystems.has(fileSystem);
  if (io === 'mmap' || (io === 'auto' && isLocal)) return { chunk: undefined, drop };
  return { chunk: isLocal ? localChunk : remoteChunk, drop };
}

/** How to read each file; asks once for each folder. */
export function readingByFolder(io: Io, drop: boolean): (path: Buffer) => Reading {
  const known = new Map<string, Reading>();
  return (path) => {
    const folder = dirname(path.toString('latin1'));
    const reading = known.get(folder) ?? chooseReading(io, fileSystemOf(Buffer.from(folder, 'latin1')), drop);
    known.set(folder, reading);
    return reading;
  };
}

function fileSystemOf(folder: Buffer): number {
  try {
    return statfsSync(folder).type;
  } catch {
    return 0; // opening the file will tell what is wrong
  }
}
