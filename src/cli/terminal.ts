import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';

/** Tells whether a descriptor is a terminal. Node's module for that loads its network, so it is loaded only for devices. */
export function isTerminal(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && process.getBuiltinModule('node:tty').isatty(fd);
  } catch {
    return false; // closed
  }
}

/**
 * Opens a terminal to which nothing is to be written.
 * @returns A function that returns its number of columns, 0 if it does not tell; undefined if the path is no terminal that can be opened. It is
 *   asked anew each time, since only processes in its foreground are told of another size.
 */
export function openTerminal(path: string): (() => number) | undefined {
  try {
    if (!statSync(path).isCharacterDevice()) return undefined;
    const { isatty } = process.getBuiltinModule('node:tty');
    const fd = openSync(path, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK);
    if (isatty(fd)) return () => columnsOf(fd);
    closeSync(fd);
  } catch {
    // It is closed, or somebody else's.
  }
  return undefined;
}

/** @param fd It stays open: libuv opens the terminal once more for each stream (1.46), or else takes it over, and then no more is known. */
function columnsOf(fd: number): number {
  try {
    const stream = new (process.getBuiltinModule('node:tty').WriteStream)(fd);
    const columns = (stream.columns as number | undefined) ?? 0;
    stream.destroy();
    return columns;
  } catch {
    return 0; // it is closed
  }
}
