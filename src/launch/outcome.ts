import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';

import { OutputError } from '../job/durable/output-error.ts';

// The outcome file in the log folder, in which the rank that decides a job's end reports its exit status and totals to `mpicount
// launch`. On a full disk it is a link that holds the exit status alone. Launchers mix the output of ranks with their own messages and do
// not pass on every exit status: Hydra ends with 0 after SIGTERM, Open MPI's mpirun with 1 or 213 after errors of its own.

/** The outcome of a job. */
export interface Outcome {
  /** The exit status. */
  readonly status: number;
  /** The bytes for standard output; empty unless the status is 0 or 6. */
  readonly output: Buffer;
}

/** The outcome of a job as it is written: the bytes for standard output, or their parts, which can be iterated several times. */
export interface OutcomeInParts {
  readonly status: number;
  readonly output: Buffer | Iterable<Buffer>;
}

/** The first line of the file, as JSON; the output follows. */
interface OutcomeHeader {
  readonly status: number;
  readonly bytes: number;
  readonly crc: number;
}

/**
 * Writes the file atomically. If several ranks fail at the same time, the first file is kept.
 * @throws OutputError
 */
export function writeOutcome(path: Buffer, outcome: OutcomeInParts): void {
  OutputError.guard(path, () => {
    const { status, output } = outcome;
    const parts = 'byteLength' in output ? [output] : output;
    const header = headerOf(status, parts);
    try {
      writeWhole(path, header, parts);
    } catch (error) {
      if (header.status === 0 || header.bytes > 0) throw error; // the totals would be lost
      leaveStatus(path, header.status);
    }
  });
}

/** The largest file that can be read as a whole (Node 20: 2 GiB). */
const maxOutput = 2 ** 31 - 2 ** 20;

function headerOf(status: number, output: Iterable<Buffer>): OutcomeHeader {
  let [bytes, crc] = [0, crc32(Buffer.of())];
  for (const part of output) {
    bytes += part.length;
    crc = crc32(part, crc);
  }
  if (bytes > maxOutput) {
    throw new Error(
      `the totals have ${bytes} bytes, of which mpicount launch passes on ${maxOutput}; result.json has them`,
    );
  }
  return { status, bytes, crc };
}

function writeWhole(path: Buffer, header: OutcomeHeader, output: Iterable<Buffer>): void {
  const part = Buffer.concat([path, Buffer.from(`.${hostname()}-${process.pid}.part`)]);
  const fd = openSync(part, 'wx', 0o600);
  try {
    writeFileSync(fd, `${JSON.stringify(header)}\n`);
    for (const bytes of output) writeFileSync(fd, bytes);
  } catch (error) {
    unlinkSync(part);
    throw error;
  } finally {
    closeSync(fd);
  }
  publish(part, path);
}

const linkedStatus = /^status-(\d{1,3})$/;

/** Leaves an exit status as the target of a link, for which file systems have room in the inode when they are full. */
function leaveStatus(path: Buffer, status: number): void {
  try {
    symlinkSync(`status-${status}`, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function publish(part: Buffer, path: Buffer): void {
  try {
    linkSync(part, path);
    unlinkSync(part);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') unlinkSync(part);
    else renameSync(part, path); // the file system has no hard links
  }
}

/** Returns whether a rank has left an outcome. */
export function hasOutcome(path: Buffer): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false; // also where the folder itself was removed
  }
}

/** Reads the outcome; undefined when the file is missing or incomplete. */
export function readOutcome(path: Buffer): Outcome | undefined {
  return readStatus(path) ?? readWhole(path);
}

function readStatus(path: Buffer): Outcome | undefined {
  try {
    const status = Number(linkedStatus.exec(readlinkSync(path, 'latin1'))?.[1] ?? NaN);
    return status > 0 && status <= 255 ? { status, output: Buffer.of() } : undefined;
  } catch {
    return undefined; // it is no link
  }
}

function readWhole(path: Buffer): Outcome | undefined {
  const bytes = readIfThere(path);
  const end = bytes?.indexOf(0x0a) ?? -1;
  if (!bytes || end < 0) return undefined;
  const header = parseHeader(bytes.subarray(0, end).toString());
  const output = bytes.subarray(end + 1);
  const isWhole = header?.bytes === output.length && header.crc === crc32(output);
  return isWhole ? { status: header.status, output } : undefined;
}

function readIfThere(path: Buffer): Buffer | undefined {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      return fstatSync(fd).isFile() ? readFileSync(fd) : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

function parseHeader(line: string): OutcomeHeader | undefined {
  try {
    const header = JSON.parse(line) as OutcomeHeader;
    const isByte = Number.isInteger(header.status) && header.status >= 0 && header.status <= 255;
    return isByte ? header : undefined;
  } catch {
    return undefined;
  }
}

function crc32(bytes: Uint8Array, start = 0): number {
  return process.getBuiltinModule('node:zlib').crc32(bytes, start);
}
