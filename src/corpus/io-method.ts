import { statfsSync } from 'node:fs';

/** How files are read, as the user wants it; `auto` decides by the file system, and by what is faster. */
export const ioChoices = ['auto', 'mmap', 'read'] as const;
export type Io = (typeof ioChoices)[number];

/** How a file is read. */
export interface IoMethod {
  /** In so many bytes at a time; undefined: mapped into memory, where the file system allows it. */
  readonly chunk: number | undefined;
  /** Leave nothing in the page cache. */
  readonly drop: boolean;
}

// A core's cache still holds so much when it is scanned.
const localChunk = 128 * 1024;
// What parallel file systems hand out at a time, as a rule (Lustre's stripe is 1 MiB, a GPFS block up to 16 MiB).
const remoteChunk = 4 * 1024 * 1024;
/** In bytes: for less, it is not the reading that takes the time, but what must be done before and after it. */
export const minLargeBytes = 1024 * 1024;
const trialsPerMethod = 3;
// In bytes a second: what comes slower is not in the page cache, or its scan is what takes the time.
const slow = 1e9;

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

/** Decides how to read each part of a file, and learns from how long it took. */
export class IoTuner {
  readonly #io: Io;
  readonly #mapped: IoMethod;
  readonly #small: IoMethod;
  readonly #near: IoMethod;
  readonly #far: IoMethod;
  readonly #isNear = new Map<string, boolean>();
  readonly #trial: Trial;

  constructor(io: Io, drop: boolean) {
    this.#io = io;
    this.#mapped = { chunk: undefined, drop };
    this.#small = { chunk: localChunk, drop };
    this.#near = { chunk: localChunk, drop };
    this.#far = { chunk: remoteChunk, drop };
    this.#trial = new Trial(this.#near, this.#mapped);
  }

  /** @param bytes How many are to be read. */
  of(path: Buffer, bytes: number): IoMethod {
    if (this.#io === 'mmap') return this.#mapped;
    if (bytes < minLargeBytes) return this.#small;
    if (!this.#isLocal(path)) return this.#far;
    return this.#io === 'read' ? this.#near : this.#trial.next();
  }

  /** @param seconds What it took to read so many bytes in this way, and to scan them. */
  took(reading: IoMethod, bytes: number, seconds: number): void {
    this.#trial.took(reading, bytes, seconds);
  }

  /** Of the file itself, which a link may lead to; asks once for each. */
  #isLocal(path: Buffer): boolean {
    const key = path.toString('latin1');
    const isNear = this.#isNear.get(key) ?? isLocalFileSystem(fileSystemOf(path));
    this.#isNear.set(key, isNear);
    return isNear;
  }
}

/** @param type As statfs(2) tells it. */
export function isLocalFileSystem(type: number): boolean {
  return localFileSystems.has(type);
}

// Which is faster depends on the processor, the kernel, and how long the scan takes: mapping costs page faults, reading a copy. From
// a disk, reading is: the kernel reads ahead of page faults less far.
class Trial {
  readonly #ways: { readonly reading: IoMethod; tries: number; bytes: number; seconds: number }[];
  readonly #read: IoMethod;
  #isSlow = false;

  constructor(read: IoMethod, mapped: IoMethod) {
    this.#read = read;
    this.#ways = [read, mapped].map((reading) => ({ reading, tries: 0, bytes: 0, seconds: 0 }));
  }

  /** Reading, as long as it is slow; else each way in turn, and then the fastest. */
  next(): IoMethod {
    if (this.#isSlow) return this.#read;
    const least = Math.min(...this.#ways.map(({ tries }) => tries));
    const speed = ({ bytes, seconds }: { bytes: number; seconds: number }) => bytes / Math.max(seconds, 1e-9);
    const fastest = this.#ways.reduce((one, other) => (speed(other) > speed(one) ? other : one));
    const way = least < trialsPerMethod ? (this.#ways.find(({ tries }) => tries === least) ?? fastest) : fastest;
    way.tries += 1;
    return way.reading;
  }

  took(reading: IoMethod, bytes: number, seconds: number): void {
    const way = this.#ways.find((candidate) => candidate.reading === reading);
    if (!way) return;
    this.#isSlow = bytes < seconds * slow;
    if (this.#isSlow) return;
    way.bytes += bytes;
    way.seconds += seconds;
  }
}

function fileSystemOf(path: Buffer): number {
  try {
    return statfsSync(path).type;
  } catch {
    return 0; // reading the file will tell what is wrong
  }
}
