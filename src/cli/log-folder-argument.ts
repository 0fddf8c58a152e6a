import { bytesOf } from './arguments.ts';
import { UsageError } from './usage-error.ts';

/** Returns the log folder that a command about one is given. @param rest Its arguments. @throws UsageError */
export function logFolderOf(command: string, rest: readonly string[]): Buffer {
  const [folder, ...more] = rest;
  if (folder === undefined || more.length > 0) {
    throw new UsageError(`${command} needs one log folder; see: mpicount --help`);
  }
  if (folder === '') throw new UsageError(`${command}: the folder name is empty`);
  return bytesOf(folder);
}
