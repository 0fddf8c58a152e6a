import {
  access,
  accessSync,
  closeSync,
  constants,
  fstatSync,
  open,
  openSync,
  readSync,
  stat,
  statSync,
  type BigIntStats,
} from 'node:fs';
import { promisify } from 'node:util';

import { printable } from '../base/bytes.ts';
import { MpicountError } from '../base/mpicount-error.ts';
import { readFailure } from '../base/system-error.ts';
import { changeOf, describeWhileCounted, growthRemedy, type FileState } from './changes.ts';
import { InputError } from './input-error.ts';

/** What is to be found out of a file: now, or off the event loop, for where that takes long. Both find the same. */
export interface FileCheck<T, R> {
  readonly now: (file: T) => R;
  readonly soon: (file: T) => Promise<R>;
}

/** An input file as it was when it was looked at. */
export interface CorpusFile extends FileState {
  readonly path: Buffer;
}

/** A pipe, which one rank alone can count, and only once. */
export class PipeError extends MpicountError {
  override readonly name = 'PipeError';
  override readonly kind = 'input';
  readonly path: Buffer;

  constructor(path: Buffer) {
    super(
      `${printable(path)}: is a pipe, which cannot be cut into slices; save it to a file first, or count it with one rank`,
    );
    this.path = path;
  }
}

function kindOf(status: BigIntStats): string {
  if (status.isDirectory()) return 'is a folder; name the files in it';
  if (status.isSocket()) return 'is a socket, not a file';
  return 'is a device, not a file';
}

// Synchronous as a rule: tens of thousands of files would spend most of their time on the way to Node's threads and back.
function lookAt(path: Buffer): CorpusFile {
  return describe(
    path,
    guard(path, () => statSync(path, { bigint: true })),
  );
}

const statSoon = promisify(stat);
const accessSoon = promisify(access);

async function lookAtSoon(path: Buffer): Promise<CorpusFile> {
  return describe(path, await guardSoon(path, statSoon(path, { bigint: true })));
}

function describe(path: Buffer, status: BigIntStats): CorpusFile {
  if (status.isFIFO()) throw new PipeError(path);
  if (!status.isFile()) throw new InputError(path, kindOf(status));
  return { path, ...stateOf(status) };
}

function stateOf({ size, mtimeNs, ino }: BigIntStats): FileState {
  // In 64 bits, as files are kept in tables; times past 2262 come back smaller, the same each time.
  return { size: Number(size), modified: BigInt.asIntN(64, mtimeNs), inode: ino };
}

/** A file as stat(2) describes it, whether it can be read or not. @throws InputError */
export const fileStatus: FileCheck<Buffer, CorpusFile> = { now: lookAt, soon: lookAtSoon };

function guard<T>(path: Buffer, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw inputError(path, error);
  }
}

function guardSoon<T>(path: Buffer, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw inputError(path, error);
  });
}

function inputError(path: Buffer, error: unknown): InputError {
  return new InputError(path, readFailure(error, path), { cause: error });
}

/**
 * What there is to count in a file.
 * @throws InputError when it is missing, not a regular file, or unreadable.
 */
export const inspectFile: FileCheck<Buffer, CorpusFile> = {
  now: (path) => {
    const file = lookAt(path);
    guard(path, () => {
      accessSync(path, constants.R_OK);
    });
    return confirmSize(file);
  },
  soon: async (path) => {
    const file = await lookAtSoon(path);
    await guardSoon(path, accessSoon(path, constants.R_OK));
    return confirmSize(file);
  },
};

function confirmSize(file: CorpusFile): CorpusFile {
  if (file.size > 0 || isEmpty(file.path)) return file;
  const again = lookAt(file.path);
  if (again.size > 0) return again; // it was written to just now
  throw new InputError(
    file.path,
    'has no size, as files that the kernel makes up when they are read; copy it to a file first',
  );
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
 * Checks that this rank sees the file that rank 0 planned with. Times may differ, as they do where each node has its own copy. Finds
 * the file as it is here, to compare with when it was counted.
 * @param allowGrowth Whether it may be larger here, since it grows.
 * @throws InputError
 */
export function verifySameSize(allowGrowth: boolean): FileCheck<CorpusFile, CorpusFile> {
  return {
    now: (planned) => confirmFile(planned, inspectFile.now(planned.path), allowGrowth),
    soon: async (planned) => confirmFile(planned, await inspectFile.soon(planned.path), allowGrowth),
  };
}

function confirmFile(planned: CorpusFile, here: CorpusFile, allowGrowth: boolean): CorpusFile {
  const isLarger = here.size > planned.size;
  if (here.size === planned.size || (isLarger && allowGrowth)) return here;
  const remedy = isLarger ? `; ${growthRemedy}` : '';
  throw new InputError(
    planned.path,
    `has ${here.size} bytes here, but ${planned.size} bytes on rank 0's host${remedy}`,
  );
}

/**
 * Checks that a file has not changed while it was counted.
 * @param allowGrowth Whether it may have grown.
 * @throws InputError
 */
export function verifyUnchanged(allowGrowth: boolean): FileCheck<CorpusFile, void> {
  return {
    now: (before) => {
      compare(before, lookAt(before.path), allowGrowth);
    },
    soon: async (before) => {
      compare(before, await lookAtSoon(before.path), allowGrowth);
    },
  };
}

/**
 * The same for a file that is open: what was read before this call was what the file held.
 * @throws InputError
 */
export function verifyOpenFileUnchanged(before: CorpusFile, fd: number, allowGrowth: boolean): void {
  compare(before, openState(before.path, fd), allowGrowth);
}

function openState(path: Buffer, fd: number): FileState {
  return stateOf(guard(path, () => fstatSync(fd, { bigint: true })));
}

/** What to tell when an open file had no byte at `offset`, which is below its size. */
export function endedEarly(before: CorpusFile, fd: number, offset: number, cause: Error): InputError {
  const isSame = changeOf(before, openState(before.path, fd)) === undefined;
  const what = isSame
    ? `its size, ${before.size} bytes, is not that of its content, as with files that the kernel makes up; copy it to a file first`
    : `changed while it was counted: of ${before.size} bytes, there is none at offset ${offset} any more`;
  return new InputError(before.path, what, { cause });
}

function compare(before: CorpusFile, now: FileState, allowGrowth: boolean): void {
  const change = changeOf(before, now);
  if (change === undefined || (change === 'grown' && allowGrowth)) return;
  throw new InputError(before.path, describeWhileCounted(change, before, now));
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
      if (error) reject(inputError(path, error));
      else resolve(fd);
    });
  });
}
