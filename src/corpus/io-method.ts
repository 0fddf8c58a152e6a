import { statfsSync } from 'node:fs';

/** The values of --io. `auto` chooses by the file system and by measured speed. */
export const ioChoices = ['auto', 'mmap', 'read'] as const;
export type Io = (typeof ioChoices)[number];

/** How the bytes of a file range are read. */
export interface IoMethod {
  /** The number of bytes for each read; undefined maps the file into memory, if its file system supports that. */
  readonly chunk: number | undefined;
  /** Whether to drop what was read from the page cache. */
  readonly drop: boolean;
}

// Small enough to stay in a core's cache until it is scanned.
const localChunk = 128 * 1024;
// About the transfer size of parallel file systems (a Lustre stripe is 1 MiB, a GPFS block up to 16 MiB).
const remoteChunk = 4 * 1024 * 1024;
/** In bytes: below this size, opening and closing a file takes longer than reading it. */
export const minLargeBytes = 1024 * 1024;
const trialsPerMethod = 3;
// In bytes per second: a slower range was not in the page cache, or its scan takes most of the time.
const slow = 1e9;

// Numbers from linux/magic.h and the headers of the file systems. Any other file system may be remote, where each page fault of a
// mapped file waits for a small request of its own.
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

/** Chooses how to read each file range, and learns from the measured times. */
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

  /** Chooses a method for a file range. @param bytes The length of the range. */
  methodFor(path: Buffer, bytes: number): IoMethod {
    if (this.#io === 'mmap' || bytes < minLargeBytes) return this.forSmall;
    if (!this.#isLocal(path)) return this.#far;
    return this.#io === 'read' ? this.#near : this.#trial.next();
  }

  /** Returns the method for small files. */
  get forSmall(): IoMethod {
    return this.#io === 'mmap' ? this.#mapped : this.#small;
  }

  /** Chooses a method for a file that is decoded, which takes longer than to read it in any way. */
  methodForDecoding(path: Buffer, bytes: number): IoMethod {
    if (this.#io === 'mmap' || bytes < minLargeBytes) return this.forSmall;
    return this.#isLocal(path) ? this.#near : this.#far;
  }

  /** Records the time that it took to read and scan `bytes` bytes with a method that methodFor() returned. */
  record(method: IoMethod, bytes: number, seconds: number): void {
    this.#trial.record(method, bytes, seconds);
  }

  /** Tells whether a file, with links resolved, is on a local file system; calls statfs(2) once per path. */
  #isLocal(path: Buffer): boolean {
    const key = path.toString('latin1');
    const isNear = this.#isNear.get(key) ?? isLocalFileSystem(fileSystemOf(path));
    this.#isNear.set(key, isNear);
    return isNear;
  }
}

/** Tells whether a file system is local. @param type The `f_type` of statfs(2). */
export function isLocalFileSystem(type: number): boolean {
  return localFileSystems.has(type);
}

// Compares reading with mapping. Mapping costs page faults and reading costs a copy, so the faster method depends on the processor,
// the kernel and the scan. From a disk, reading is faster, since the kernel reads less far ahead of page faults.
class Trial {
  readonly #candidates: { readonly method: IoMethod; tries: number; bytes: number; seconds: number }[];
  readonly #read: IoMethod;
  #isSlow = false;

  constructor(read: IoMethod, mapped: IoMethod) {
    this.#read = read;
    this.#candidates = [read, mapped].map((method) => ({ method, tries: 0, bytes: 0, seconds: 0 }));
  }

  /** Returns reading while the source is slow; else each method in turn for some tries, then the faster one. */
  next(): IoMethod {
    if (this.#isSlow) return this.#read;
    const minTries = Math.min(...this.#candidates.map(({ tries }) => tries));
    const speed = ({ bytes, seconds }: { bytes: number; seconds: number }) => bytes / Math.max(seconds, 1e-9);
    const fastest = this.#candidates.reduce((one, other) => (speed(other) > speed(one) ? other : one));
    const next =
      minTries < trialsPerMethod ? (this.#candidates.find(({ tries }) => tries === minTries) ?? fastest) : fastest;
    next.tries += 1;
    return next.method;
  }

  record(method: IoMethod, bytes: number, seconds: number): void {
    const tried = this.#candidates.find((candidate) => candidate.method === method);
    if (!tried) return;
    this.#isSlow = bytes < seconds * slow;
    if (this.#isSlow) return;
    tried.bytes += bytes;
    tried.seconds += seconds;
  }
}

function fileSystemOf(path: Buffer): number {
  try {
    return statfsSync(path).type;
  } catch {
    return 0; // opening the file will report the error
  }
}
