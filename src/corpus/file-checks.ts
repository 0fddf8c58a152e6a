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
import type { DecodedFormat } from './file-format.ts';
import { changeOf, describeWhileCounted, forbiddenChange, growthRemedy, type FileState } from './changes.ts';
import { InputError } from './input-error.ts';

/** A check of one file in two forms with the same result: synchronous, or on the thread pool for slow file systems. */
export interface FileCheck<T, R> {
  readonly sync: (file: T) => R;
  readonly async: (file: T) => Promise<R>;
  /** How a state that is known already passes the check; absent if there is more to it. Many files are checked in this way. */
  readonly ofState?: StateCheck<T, R>;
}

/** The check of a regular file that is not empty, in a state that worker threads have found out. */
export interface StateCheck<T, R> {
  /** Whether it must be a file that this process may read. */
  readonly toRead: boolean;
  readonly pathOf: (file: T) => Buffer;
  /** Returns whether the check passes; otherwise the file is checked anew, which tells what is wrong. */
  readonly passes: (file: T, state: FileState) => boolean;
  /** Returns the result of a check that passes. */
  readonly result: (file: T, state: FileState) => R;
}

/** An input file in the state in which it was checked. */
export interface CorpusFile extends FileState {
  readonly path: Buffer;
  /** The format from which the file is decoded; undefined if its stored bytes are counted, or it is told when the file is counted. */
  readonly format?: DecodedFormat | undefined;
  /** Whether the file is left out, since it cannot be read. */
  readonly isSkipped?: boolean | undefined;
}

/** A pipe among the input: only a job of one rank can count it, and only once. */
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

/** A folder among the input, which stands for the files below it; after the plan was made, it is none of its files. */
export class FolderError extends MpicountError {
  override readonly name = 'FolderError';
  override readonly kind = 'input';
  readonly path: Buffer;

  constructor(path: Buffer) {
    super(`${printable(path)}: is a folder, not a file`);
    this.path = path;
  }
}

function kindOf(status: BigIntStats): string {
  if (status.isSocket()) return 'is a socket, not a file';
  return 'is a device, not a file';
}

// Synchronous by default: for tens of thousands of files, round trips to the thread pool would take most of the time.
function statFile(path: Buffer): CorpusFile {
  return describe(
    path,
    guard(path, () => statSync(path, { bigint: true })),
  );
}

const statAsync = promisify(stat);
const accessAsync = promisify(access);

async function statFileAsync(path: Buffer): Promise<CorpusFile> {
  return describe(path, await guardAsync(path, statAsync(path, { bigint: true })));
}

function describe(path: Buffer, status: BigIntStats): CorpusFile {
  if (status.isFIFO()) throw new PipeError(path);
  if (status.isDirectory()) throw new FolderError(path);
  if (!status.isFile()) throw new InputError(path, kindOf(status));
  return { path, ...stateOf(status) };
}

function stateOf({ size, mtimeNs, ino }: BigIntStats): FileState {
  // A FileTable keeps times in 64 bits. A time past 2262 wraps around, always to the same value.
  return { size: Number(size), modified: BigInt.asIntN(64, mtimeNs), inode: ino };
}

/** Returns a file as stat(2) describes it, readable or not. @throws InputError if it is missing or not a regular file. */
export const fileStatus: FileCheck<Buffer, CorpusFile> = { sync: statFile, async: statFileAsync };

function guard<T>(path: Buffer, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw inputError(path, error);
  }
}

function guardAsync<T>(path: Buffer, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw inputError(path, error);
  });
}

function inputError(path: Buffer, error: unknown): InputError {
  return new InputError(path, readFailure(error, path), { cause: error });
}

/**
 * Checks that a file can be counted, and returns its state.
 * @throws InputError if it is missing, not a regular file, unreadable, or has content but no size.
 */
export const inspectFile = {
  ofState: {
    toRead: true,
    pathOf: (path) => path,
    passes: () => true,
    result: (path, state) => ({ path, ...state }),
  },
  sync: (path) => {
    const file = statFile(path);
    guard(path, () => {
      accessSync(path, constants.R_OK);
    });
    return requireContent(file);
  },
  async: async (path) => {
    const file = await statFileAsync(path);
    await guardAsync(path, accessAsync(path, constants.R_OK));
    return requireContent(file);
  },
} satisfies FileCheck<Buffer, CorpusFile>;

function requireContent(file: CorpusFile): CorpusFile {
  if (file.size > 0 || isEmpty(file.path)) return file;
  const again = statFile(file.path);
  if (again.size > 0) return again; // it was written to between the two calls
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
 * Checks that this rank sees a file with its planned size. Times may differ, since each host may have its own copy. Returns the file
 * as this rank sees it, for verifyUnchanged().
 * @param allowGrowth Whether the file may be larger than planned.
 * @throws InputError as inspectFile, or if the size differs.
 */
export function verifySameSize(allowGrowth: boolean): FileCheck<CorpusFile, CorpusFile> {
  return {
    ofState: {
      toRead: true,
      pathOf: ({ path }) => path,
      passes: (planned, here) => isPlannedSize(planned.size, here.size, allowGrowth),
      result: ({ path }, state) => ({ path, ...state }),
    },
    sync: (planned) => requireSameSize(planned, inspectFile.sync(planned.path), allowGrowth),
    async: async (planned) => requireSameSize(planned, await inspectFile.async(planned.path), allowGrowth),
  };
}

/** Returns whether a size is that of the plan, or larger if the file may have grown. */
export function isPlannedSize(planned: number, here: number, allowGrowth: boolean): boolean {
  return here === planned || (allowGrowth && here > planned);
}

function requireSameSize(planned: CorpusFile, here: CorpusFile, allowGrowth: boolean): CorpusFile {
  if (isPlannedSize(planned.size, here.size, allowGrowth)) return here;
  const remedy = here.size > planned.size ? `; ${growthRemedy}` : '';
  throw new InputError(
    planned.path,
    `has ${here.size} bytes here, but ${planned.size} bytes on rank 0's host${remedy}`,
  );
}

/**
 * Checks that a file has not changed while it was counted.
 * @param allowGrowth Whether the file may have grown.
 * @throws InputError if the file has changed or is gone.
 */
export function verifyUnchanged(allowGrowth: boolean): FileCheck<CorpusFile, void> {
  return {
    ofState: {
      toRead: false,
      pathOf: ({ path }) => path,
      passes: (before, now) => forbiddenChange(before, now, allowGrowth) === undefined,
      result: () => undefined,
    },
    sync: (before) => {
      compare(before, statFile(before.path), allowGrowth);
    },
    async: async (before) => {
      compare(before, await statFileAsync(before.path), allowGrowth);
    },
  };
}

/**
 * Checks that an open file has not changed: all bytes read before this call are then those of the planned file.
 * @throws InputError if it has changed.
 */
export function verifyOpenFileUnchanged(before: CorpusFile, fd: number, allowGrowth: boolean): void {
  compare(before, openState(before.path, fd), allowGrowth);
}

function openState(path: Buffer, fd: number): FileState {
  return stateOf(guard(path, () => fstatSync(fd, { bigint: true })));
}

/** Returns the error for an open file that has no byte at `offset`, although its size says so. */
export function endedEarly(before: CorpusFile, fd: number, offset: number, cause: Error): InputError {
  const isSame = changeOf(before, openState(before.path, fd)) === undefined;
  const what = isSame
    ? `its size, ${before.size} bytes, is not that of its content, as with files that the kernel makes up; copy it to a file first`
    : `changed while it was counted: of ${before.size} bytes, there is none at offset ${offset} any more`;
  return new InputError(before.path, what, { cause });
}

function compare(before: CorpusFile, now: FileState, allowGrowth: boolean): void {
  const change = forbiddenChange(before, now, allowGrowth);
  if (change !== undefined) throw new InputError(before.path, describeWhileCounted(change, before, now));
}

const flags = constants.O_RDONLY | constants.O_NONBLOCK;

/** Opens a file for reading. Does not wait for a writer if the file has become a pipe since it was checked. @throws InputError */
export function openFile(path: Buffer): number {
  return guard(path, () => openSync(path, flags));
}

/** Opens a file on the thread pool, so that the job can still be stopped if the file server hangs. Rejects with an InputError. */
export function openLargeFile(path: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    open(path, flags, (error, fd) => {
      if (error) reject(inputError(path, error));
      else resolve(fd);
    });
  });
}
