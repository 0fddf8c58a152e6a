import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  open,
  openSync,
  readSync,
  statSync,
  type BigIntStats,
} from 'node:fs';

import { InputError, reasonOf } from './errors.ts';

/** An input file as it was when it was looked at. */
export interface CorpusFile {
  readonly path: Buffer;
  /** In bytes. */
  readonly size: number;
  /** Time of the last modification, in nanoseconds since 1970, in 64 bits. */
  readonly modified: bigint;
}

function kindOf(status: BigIntStats): string {
  if (status.isDirectory()) return 'is a folder; name the files in it';
  if (status.isFIFO()) return 'is a pipe, which cannot be cut into slices; save it to a file first';
  if (status.isSocket()) return 'is a socket, not a file';
  return 'is a device, not a file';
}

// Synchronous, as everything here: tens of thousands of files would spend most of their time on the way to Node's threads and
// back.
function lookAt(path: Buffer): CorpusFile {
  const status = guard(path, () => statSync(path, { bigint: true }));
  if (!status.isFile()) throw new InputError(path, kindOf(status));
  return { path, size: Number(status.size), modified: modifiedOf(status) };
}

// In 64 bits, as files are kept in tables; times past 2262 come back smaller, the same each time.
function modifiedOf({ mtimeNs }: BigIntStats): bigint {
  return BigInt.asIntN(64, mtimeNs);
}

function guard<T>(path: Buffer, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new InputError(path, reasonOf(error), { cause: error });
  }
}

/**
 * What there is to count in a file.
 * @throws InputError when it is missing, not a regular file, or unreadable.
 */
export function inspectFile(path: Buffer): CorpusFile {
  const file = lookAt(path);
  guard(path, () => {
    accessSync(path, constants.R_OK);
  });
  if (file.size === 0 && !isEmpty(path)) {
    throw new InputError(
      path,
      'has no size, as files that the kernel makes up when they are read; copy it to a file first',
    );
  }
  return file;
}

function isEmpty(path: Buffer): boolean {
  const fd = openFile(path);
  try {
    return guard(path, () => readSync(fd, Buffer.alloc(1), 0, 1, 0)) === 0;
  } finally {
    closeSync(fd);
  }
}

/**
 * That this rank sees the file that rank 0 planned with. Times may differ, as they do where each node has its own copy.
 * @returns The file as it is here, to compare with when it was counted.
 * @throws InputError
 */
export function confirmFile(planned: CorpusFile): CorpusFile {
  const here = inspectFile(planned.path);
  if (here.size !== planned.size) {
    throw new InputError(planned.path, `has ${here.size} bytes here, but ${planned.size} bytes on rank 0's host`);
  }
  return here;
}

/**
 * That a file has not changed while it was counted.
 * @throws InputError
 */
export function confirmUnchanged(before: CorpusFile): void {
  compare(before, lookAt(before.path));
}

/**
 * The same for a file that is open: what was read before this call was what the file held.
 * @throws InputError
 */
export function confirmUnchangedSoFar(before: CorpusFile, fd: number): void {
  const status = guard(before.path, () => fstatSync(fd, { bigint: true }));
  compare(before, { size: Number(status.size), modified: modifiedOf(status) });
}

function compare(before: CorpusFile, now: Pick<CorpusFile, 'size' | 'modified'>): void {
  if (now.size !== before.size) {
    throw new InputError(before.path, `changed while it was counted, from ${before.size} to ${now.size} bytes`);
  }
  if (now.modified !== before.modified) throw new InputError(before.path, 'was written to while it was counted');
}

const flags = constants.O_RDONLY | constants.O_NONBLOCK;

/** Opens a file for reading; never waits for a writer, whatever became of the file since it was looked at. */
export function openFile(path: Buffer): number {
  return guard(path, () => openSync(path, flags));
}

/** The same off the event loop, for files that take long to read: should the file server be away, the job can still be stopped. */
export function openLargeFile(path: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    open(path, flags, (error, fd) => {
      if (error) reject(new InputError(path, reasonOf(error), { cause: error }));
      else resolve(fd);
    });
  });
}
