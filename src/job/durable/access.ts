import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmdirSync,
  type Stats,
} from 'node:fs';

import { randomName } from '../journal/checksum.ts';
import { otherFolder, type OpenFolder } from './open-folder.ts';

// Who may read and write a log folder. Whoever can write to it can make totals come out wrong, by lines for blocks that were
// never counted, or have a job write to another file of the user, through a link. So only folders and files that belong to the
// user are written to. A group may have access, as in the folder of a project, where the umask or the user says so.

export interface Access {
  /** The mode of files; undefined leaves it to the umask. */
  readonly mode?: number | undefined;
  /** Whether other users may own the folder, or write to it. */
  readonly shared?: boolean;
}

// Without --log-mode never writable by all, whatever the umask.
const defaultFileMode = 0o664;

export function fileMode({ mode = defaultFileMode }: Access): number {
  return mode;
}

/** Who may read a file may list its folder. */
export function folderMode(access: Access): number {
  const mode = fileMode(access);
  return mode | ((mode & 0o444) >> 2);
}

/** Gives what was opened the mode that the user asked for, if any: the umask would take some of it away. */
export function setMode(fd: number, wanted: number, { mode }: Access): void {
  if (mode === undefined) return;
  const bits = () => fstatSync(fd).mode & 0o777;
  if (bits() === wanted) return;
  fchmodSync(fd, (fstatSync(fd).mode & 0o7000) | wanted);
  if (bits() !== wanted) {
    throw new Error(
      `its mode is ${octal(bits())} and cannot be made ${octal(wanted)}; the file system does not keep modes`,
    );
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

const ask = 'give another --log-dir, or add --log-shared if that is meant';

/** @throws An Error that says why nothing should be written into a folder. */
export function requireOwnFolder(folder: OpenFolder, { shared }: Access): void {
  if (shared === true) return;
  const { uid, mode } = fstatSync(folder.fd);
  const isForeign = !isOwn(uid);
  const isOpenToAll = (mode & 0o002) !== 0;
  if (!isForeign && !isOpenToAll) return;
  // Some file systems have other owners and modes than one gives: CIFS, vboxsf, drvfs, NFS with root_squash. There, what one
  // makes oneself looks the same.
  const made = madeIn(folder);
  if (isForeign && made.uid !== uid) throw new Error(`it belongs to another user (uid ${uid}); ${ask}`);
  if (isOpenToAll && (made.mode & 0o002) === 0) throw new Error(`all users can write to it; ${ask}`);
}

/** What a folder with mode 0700 looks like that is made in another one. */
function madeIn(folder: OpenFolder): Stats {
  const path = folder.pathOf(`.mpicount-${randomName()}`);
  mkdirSync(path, { mode: 0o700 });
  try {
    return lstatSync(path);
  } finally {
    rmdirSync(path);
  }
}

/** The superuser can do everything anyway. */
function isOwn(uid: number): boolean {
  return uid === 0 || uid === process.geteuid?.();
}

/**
 * Opens a file in a folder, or creates it. Never follows a link, never waits for a pipe, and opens nothing that others see under
 * another name.
 * @throws What open(2) reports, or an Error that says what is wrong with what is there.
 */
export function openOwnFile(folder: OpenFolder, name: string, flags: number, access: Access): number {
  const fd = openOrCreate(folder, name, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, fileMode(access));
  try {
    const status = fstatSync(fd);
    refuseUnlessFile(status);
    if (status.nlink > 1) throw new Error(`it has another name, too (a hard link); ${otherFolder}`);
    if (access.shared !== true && !isOwn(status.uid) && status.uid !== fstatSync(folder.fd).uid) {
      throw new Error(`it belongs to another user (uid ${status.uid}); ${ask}`);
    }
    setMode(fd, fileMode(access), access);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function openOrCreate(folder: OpenFolder, name: string, flags: number, mode: number): number {
  try {
    return openSync(folder.pathOf(name), flags | constants.O_CREAT | constants.O_EXCL, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  try {
    return openSync(folder.pathOf(name), flags);
  } catch (error) {
    const status = folder.status(name);
    if (status) refuseUnlessFile(status);
    throw error;
  }
}

/** @throws An Error that says what something is that should be a file. */
export function refuseUnlessFile(status: Stats): void {
  if (!status.isFile()) throw new Error(`it is ${kindOf(status)}; ${otherFolder}`);
}

function kindOf(status: Stats): string {
  if (status.isSymbolicLink()) return 'a symbolic link';
  if (status.isDirectory()) return 'a folder';
  if (status.isFIFO()) return 'a pipe';
  return status.isSocket() ? 'a socket' : 'a device';
}
