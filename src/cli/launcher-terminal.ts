import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

import { ancestors, parentOf } from '../base/ancestors.ts';
import { openTerminal } from './terminal.ts';

// Launchers read what ranks write to standard error from a pipe, and pass it on at once, with all control characters (seen with Open MPI 4.1.4,
// MPICH 4.0.2 and 4.2.1). So a line can be redrawn where the launcher's own standard error is a terminal. Linux tells this of processes of this host
// and user.

/** A launcher, by the beginning of the name of its process, and MPICH's part of it on each host, which reads the pipes. */
const launchers = /^(?:mpirun|mpiexec|orterun)/;
const proxy = 'hydra_';
/** Wrappers may stand between this process and its launcher. */
const maxAncestors = 8;

/**
 * Opens the terminal on which the launcher that started this rank shows what the rank writes to standard error; undefined if there is none, or
 * nothing tells. See openTerminal().
 */
export function openLauncherTerminal(): (() => number) | undefined {
  try {
    const pipe = readlinkSync('/proc/self/fd/2');
    if (!pipe.startsWith('pipe:')) return undefined;
    const reader = [...ancestors(maxAncestors)].find((pid) => reads(pid, pipe));
    if (reader === undefined) return undefined;
    const launcher = nameOf(reader).startsWith(proxy) ? parentOf(reader) : reader;
    if (!launchers.test(nameOf(launcher))) return undefined;
    return openTerminal(`/proc/${launcher}/fd/2`);
  } catch {
    return undefined; // no Linux, or a process of somebody else
  }
}

/** Returns whether a process has an end of a pipe open from which it reads. @param pipe What its descriptors link to. */
function reads(pid: number, pipe: string): boolean {
  return readdirSync(`/proc/${pid}/fd`).some((fd) => {
    try {
      if (readlinkSync(`/proc/${pid}/fd/${fd}`) !== pipe) return false;
      // In octal; the last two bits are those of O_ACCMODE, and 0 is O_RDONLY.
      return /^flags:\s*\d*[04]$/m.test(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1'));
    } catch {
      return false; // just closed
    }
  });
}

function nameOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'latin1');
}
