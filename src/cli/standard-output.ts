import { writeSync } from 'node:fs';

import { OutputError } from '../job/output.ts';
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
