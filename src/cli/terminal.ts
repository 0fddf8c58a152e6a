import { fstatSync } from 'node:fs';

/** Tells whether a descriptor is a terminal. Node's module for that loads its network, so it is loaded only for devices. */
export function isTerminal(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && process.getBuiltinModule('node:tty').isatty(fd);
  } catch {
    return false; // closed
  }
}
