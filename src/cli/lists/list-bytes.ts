import { closeSync, openSync, readSync } from 'node:fs';

import { printable } from '../../base/bytes.ts';
import { InputError } from '../../corpus/input-error.ts';
import { readFailure } from '../../base/system-error.ts';
import { isUtf16 } from './list-encoding.ts';
import { pause } from '../pause.ts';
import { UsageError } from '../usage-error.ts';

/** The name of standard input in place of a file's, as in grep. A launcher gives its own to rank 0. */
export const standardInput = '-';

const firstRoom = 64 * 1024;

/**
 * Reads a list to its end, wherever it comes from: a pipe may be slow, or endless.
 * @param what The list's contents, for messages.
 * @param limit The largest size, in bytes; of UTF-16, that of the same text in UTF-8.
 * @throws InputError when it cannot be read; UsageError when it is larger.
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

/** Undefined when there is more. */
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

/** Waits where the other end made standard input non-blocking and has written nothing yet. */
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
