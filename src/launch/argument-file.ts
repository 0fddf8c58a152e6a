import { closeSync, constants, fstatSync, openSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';

import { printable } from '../base/bytes.ts';
import { readFailure } from '../base/system-error.ts';
import { OutputError } from '../job/durable/output-error.ts';
import { LaunchError } from '../mpi/errors.ts';

// A file in the log folder that holds the arguments of a job, because launchers do not pass on many: mpiexec of MPICH ends with a
// segmentation fault at some 1,000 words (HYD_NUM_TMP_STRINGS in src/pm/hydra/include/hydra.h, 4.0.2), and Open MPI passes on 128 KiB.

const maxWords = 500;
const maxBytes = 64 * 1024;

/** Returns whether words are too many, or too long, for a launcher. */
export function needFile(words: readonly string[]): boolean {
  return words.length > maxWords || words.reduce((sum, word) => sum + word.length + 1, 0) > maxBytes;
}

/**
 * Writes a new file with arguments, which have one character per byte.
 * @throws OutputError
 */
export function writeArguments(path: Buffer, args: readonly string[]): void {
  OutputError.guard(path, () => {
    const list = Buffer.from(args.map((argument) => `${argument}\0`).join(''), 'latin1');
    const fd = openSync(path, 'wx', 0o600);
    try {
      writeFileSync(fd, `${checksum(list)}\n`);
      writeFileSync(fd, list);
    } catch (error) {
      unlinkSync(path);
      throw error;
    } finally {
      closeSync(fd);
    }
  });
}

/**
 * Reads what writeArguments() wrote.
 * @throws LaunchError if the file is missing or incomplete, because other arguments would lead to other totals.
 */
export function readArguments(path: Buffer): string[] {
  const bytes = readPlainFile(path);
  const end = bytes.indexOf(0x0a);
  const list = bytes.subarray(end + 1);
  if (bytes.toString('latin1', 0, Math.max(0, end)) !== checksum(list)) throw unusable(path, 'it is incomplete');
  return list.toString('latin1').split('\0').slice(0, -1);
}

function readPlainFile(path: Buffer): Buffer {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      return fstatSync(fd).isFile() ? readFileSync(fd) : Buffer.of();
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw unusable(path, readFailure(error));
  }
}

function unusable(path: Buffer, why: string): LaunchError {
  return new LaunchError(
    `${printable(path)}, in which mpicount launch left the arguments: ${why}; the log folder has to be on a file system that all nodes share`,
  );
}

function checksum(bytes: Uint8Array): string {
  return `${bytes.length} ${process.getBuiltinModule('node:zlib').crc32(bytes)}`;
}
