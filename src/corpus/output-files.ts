import { fstatSync, readlinkSync, statSync, type BigIntStats } from 'node:fs';

import { ancestors } from '../base/ancestors.ts';

/** A file, whatever its names. */
export interface FileId {
  readonly device: bigint;
  readonly inode: bigint;
}

/** In this variable, `mpicount launch` tells the ranks its own output files: some launchers pass the output on through daemons. */
export const outputVariable = 'MPICOUNT_OUTPUT_FILES';

/** Returns the value of that variable. */
export function encodeFiles(files: readonly FileId[]): string {
  return files.map(({ device, inode }) => `${device}:${inode}`).join(',');
}

function decodeFiles(value: string): FileId[] {
  const ids = value.matchAll(/(\d+):(\d+)/g);
  return Array.from(ids, ([, device = '', inode = '']) => ({ device: BigInt(device), inode: BigInt(inode) }));
}

/**
 * Returns the regular files that this job writes to as its standard output and standard error, as far as this host can tell. They grow
 * while the job runs.
 */
export function outputFiles(environment: NodeJS.ProcessEnv): FileId[] {
  const told = decodeFiles(environment[outputVariable] ?? '');
  return [...told, ...[1, 2].flatMap((descriptor) => fileBehind(descriptor) ?? [])];
}

// More processes than there are between a rank and what started its job.
const maxAncestors = 50;

/**
 * Returns the file in which the output of a descriptor ends. What goes into a pipe or a terminal is passed on by the launcher, or by
 * whatever else has started this process.
 */
function fileBehind(descriptor: number): FileId | undefined {
  try {
    const own = fstatSync(descriptor, { bigint: true });
    if (own.isFile()) return idOf(own);
    if (!isPassedOn(readlinkSync(`/proc/self/fd/${descriptor}`))) return undefined;
    for (const pid of ancestors(maxAncestors)) {
      const path = `/proc/${pid}/fd/${descriptor}`;
      if (isPassedOn(readlinkSync(path))) continue;
      const status = statSync(path, { bigint: true });
      return status.isFile() ? idOf(status) : undefined;
    }
  } catch {
    // It is closed, or the process is somebody else's, or the system has no /proc.
  }
  return undefined;
}

/** Returns whether what is written there is passed on by another process. @param link What the descriptor links to. */
function isPassedOn(link: string): boolean {
  return /^(?:pipe:|socket:|\/dev\/(?:pts\/|tty))/.test(link);
}

function idOf({ dev, ino }: BigIntStats): FileId {
  return { device: dev, inode: ino };
}

/** Recognizes files. */
export class FileIds {
  readonly #ids: readonly FileId[];

  constructor(ids: readonly FileId[]) {
    this.#ids = ids;
  }

  /** Tells whether any of these inode numbers is that of one of them. */
  mayHave(inodes: BigUint64Array): boolean {
    return this.#ids.some(({ inode }) => inodes.includes(inode));
  }

  /** Tells whether a file is one of them. Calls stat() only if the inode number is that of one of them. */
  has({ path, inode }: { readonly path: Buffer; readonly inode?: bigint | undefined }): boolean {
    const same = this.#ids.filter((id) => id.inode === inode);
    if (same.length === 0) return false;
    const status = statSync(path, { bigint: true, throwIfNoEntry: false });
    return same.some(({ device }) => device === status?.dev);
  }
}
