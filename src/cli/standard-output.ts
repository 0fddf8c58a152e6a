import { fstatSync, readFileSync, statSync, writeSync } from 'node:fs';

import { OutputError } from '../job/durable/output-error.ts';
import { pause } from './pause.ts';

/**
 * Writes to standard output, whole. Not by process.stdout, whose writes to a pipe are lost when the process ends, and whose
 * errors come too late: https://nodejs.org/docs/latest-v20.x/api/process.html#a-note-on-process-io
 * @throws OutputError
 */
export function writeOut(bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(1, bytes, done);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw new OutputError('to standard output', error);
      // A pipe that its other end made non-blocking is full.
      pause(5);
    }
  }
}

/**
 * Whether what is written to standard output is lost. Where it is closed, Node opens /dev/null in its place, for reading and writing:
 * https://github.com/nodejs/node/blob/v20.x/src/node.cc (PlatformInit). So does a program that discards what it starts says, but
 * not a shell, which opens it for writing. On Linux only; elsewhere it passes for open.
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
