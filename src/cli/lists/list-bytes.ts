import { closeSync, openSync, readSync } from 'node:fs';

import { printable } from '../../base/bytes.ts';
import { InputError } from '../../corpus/input-error.ts';
import { readFailure } from '../../base/system-error.ts';
import { isUtf16 } from './list-encoding.ts';
import { pause } from '../pause.ts';
import { UsageError } from '../usage-error.ts';

/** The name of standard input, as in grep. Launchers connect their own standard input to rank 0. */
export const standardInput = '-';

const firstRoom = 64 * 1024;

/**
 * Reads a list to its end, from a file or a pipe, which may be slow or endless.
 * @param what The contents of the list, for messages.
 * @param limit The maximum size in bytes; a list in UTF-16 may have twice as many.
 * @throws InputError when the list cannot be read; UsageError when it is larger.
 */
export function readListBytes(path: Buffer, what: string, limit: number): Buffer {
  try {
    const bytes = path.equals(Buffer.from(standardInput)) ? readUpTo(limit, 0) : readFileUpTo(limit, path);
    if (bytes) return bytes;
  } catch (error) {
    throw new InputError(path, `cannot read ${what}: ${readFailure(error, path)}`, { cause: error });
  }
  throw new UsageError(`${printable(path)}: more than ${limit} bytes, the limit for ${what}`);
}

function readFileUpTo(limit: number, path: Buffer): Buffer | undefined {
  const fd = openSync(path, 'r');
  try {
    return readUpTo(limit, fd);
  } finally {
    closeSync(fd);
  }
}

/** Returns the contents; undefined when they exceed the limit. */
function readUpTo(limit: number, fd: number): Buffer | undefined {
  let room = Buffer.allocUnsafe(firstRoom);
  let length = 0;
  for (;;) {
    const read = readSome(fd, room, length);
    if (read === 0) return room.subarray(0, length);
    length += read;
    if (length > limit * (isUtf16(room) ? 2 : 1)) return undefined;
    if (length < room.length) continue;
    const larger = Buffer.allocUnsafe(2 * room.length);
    room.copy(larger);
    room = larger;
  }
}

/** Reads some bytes. It polls if the other end has made standard input non-blocking and has written nothing yet. */
function readSome(fd: number, into: Buffer, offset: number): number {
  for (;;) {
    try {
      return readSync(fd, into, offset, into.length - offset, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      pause(5);
    }
  }
}
