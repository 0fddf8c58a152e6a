import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

import { writeFileAtomic } from '../job/durable/atomic-files.ts';
import { OutputError } from '../job/durable/output-error.ts';

/**
 * Checks that a report may be written to a path: there is nothing, or an earlier report.
 * @param mark What a report begins with.
 * @throws OutputError
 */
export function checkReportFile(path: Buffer, mark: string): void {
  OutputError.guard(path, () => {
    const fd = openIfThere(path);
    if (fd === undefined) return;
    try {
      const beginning = Buffer.alloc(mark.length);
      if (fstatSync(fd).isFile() && readSync(fd, beginning) >= 0 && beginning.toString() === mark) return;
    } finally {
      closeSync(fd);
    }
    throw new Error('it is there already and is no report of mpicount; remove it, or give another name');
  });
}

function openIfThere(path: Buffer): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a file atomically. @throws OutputError */
export function writeReportFile(path: Buffer, content: string): void {
  const slash = path.lastIndexOf('/');
  const folder = slash < 0 ? Buffer.from('.') : path.subarray(0, Math.max(1, slash));
  const name = path.subarray(slash + 1);
  if (!isUtf8(name)) throw new OutputError(path, new Error('its name is not UTF-8; give another name'));
  writeFileAtomic(folder, name.toString(), content);
}
