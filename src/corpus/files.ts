import { constants, fstatSync, type BigIntStats } from 'node:fs';
import { access, open, stat, type FileHandle } from 'node:fs/promises';

import { InputError, reasonOf } from './errors.ts';

/** An input file as it was when it was looked at. */
export interface CorpusFile {
  readonly path: Buffer;
  /** In bytes. */
  readonly size: number;
  /** Time of the last modification, in nanoseconds since 1970. */
  readonly modified: bigint;
}

function kindOf(status: BigIntStats): string {
  if (status.isDirectory()) return 'is a folder; name the files in it';
  if (status.isFIFO()) return 'is a pipe, which cannot be cut into slices; save it to a file first';
  if (status.isSocket()) return 'is a socket, not a file';
  return 'is a device, not a file';
}

async function lookAt(path: Buffer): Promise<CorpusFile> {
  const status = await stat(path, { bigint: true }).catch((error: unknown) => {
    throw new InputError(path, reasonOf(error), { cause: error });
  });
  if (!status.isFile()) throw new InputError(path, kindOf(status));
  return { path, size: Number(status.size), modified: status.mtimeNs };
}

/**
 * What there is to count in a file.
 * @throws InputError when it is missing, not a regular file, or unreadable.
 */
export async function inspectFile(path: Buffer): Promise<CorpusFile> {
  const file = await lookAt(path);
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw new InputError(path, reasonOf(error), { cause: error });
  });
  if (file.size === 0 && !(await isEmpty(path))) {
    throw new InputError(
      path,
      'has no size, as files that the kernel makes up when they are read; copy it to a file first',
    );
  }
  return file;
}

async function isEmpty(path: Buffer): Promise<boolean> {
  const handle = await openFile(path);
  try {
    return (await handle.read(Buffer.alloc(1), 0, 1, 0)).bytesRead === 0;
  } catch (error) {
    throw new InputError(path, reasonOf(error), { cause: error });
  } finally {
    await handle.close();
  }
}

/**
 * That this rank sees the file that rank 0 planned with. Times may differ, as they do where each node has its own copy.
 * @returns The file as it is here, to compare with when it was counted.
 * @throws InputError
 */
export async function confirmFile(planned: CorpusFile): Promise<CorpusFile> {
  const here = await inspectFile(planned.path);
  if (here.size !== planned.size) {
    throw new InputError(planned.path, `has ${here.size} bytes here, but ${planned.size} bytes on rank 0's host`);
  }
  return here;
}

/**
 * That a file has not changed while it was counted.
 * @throws InputError
 */
export async function confirmUnchanged(before: CorpusFile): Promise<void> {
  compare(before, await lookAt(before.path));
}

/**
 * The same for a file that is open: what was read before this call was what the file held.
 * @throws InputError
 */
export function confirmUnchangedSoFar(before: CorpusFile, fd: number): void {
  const { size, mtimeNs } = fstatSync(fd, { bigint: true });
  compare(before, { size: Number(size), modified: mtimeNs });
}

function compare(before: CorpusFile, now: Pick<CorpusFile, 'size' | 'modified'>): void {
  if (now.size !== before.size) {
    throw new InputError(before.path, `changed while it was counted, from ${before.size} to ${now.size} bytes`);
  }
  if (now.modified !== before.modified) throw new InputError(before.path, 'was written to while it was counted');
}

/** Opens a file for reading; never waits, whatever became of it since it was looked at. */
export async function openFile(path: Buffer): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw new InputError(path, reasonOf(error), { cause: error });
  });
}
