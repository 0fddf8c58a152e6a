import { fstatSync, readFileSync, statSync, writeSync } from 'node:fs';

import { OutputError } from '../job/durable/output-error.ts';
import { pause } from './pause.ts';

/**
 * Writes all bytes to standard output, synchronously. process.stdout would lose writes to a pipe when the process ends and would
 * report errors too late: https://nodejs.org/docs/latest-v20.x/api/process.html#a-note-on-process-io
 * @throws OutputError
 */
export function writeOut(bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(1, bytes, done);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw new OutputError('to standard output', error);
      // The pipe is full and was made non-blocking by its other end.
      pause(5);
    }
  }
}

/**
 * Returns whether writes to standard output are lost. If it is closed, Node opens /dev/null in its place, for reading and writing:
 * https://github.com/nodejs/node/blob/v20.x/src/node.cc (PlatformInit). Programs that discard the output of their children do the
 * same. A shell opens /dev/null for writing only, at the user's request. Detected on Linux only.
 */
export function outputIsLost(): boolean {
  try {
    const [, flags = ''] = /^flags:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/fdinfo/1', 'latin1')) ?? [];
    const mode = Number.parseInt(flags, 8) & 3; // O_ACCMODE
    if (mode === 0) return true; // O_RDONLY
    return mode === 2 && fstatSync(1).rdev === statSync('/dev/null').rdev; // O_RDWR
  } catch {
    return false;
  }
}
