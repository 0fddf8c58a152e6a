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

// Access to a log folder. Another user who can write to it could falsify totals, with lines for blocks that were never counted, or make
// a job write to another file of its owner, through a link. So jobs write only to folders and files that belong to the user. A group may
// have access, as in the folder of a project, if the umask or the user grants it.

export interface Access {
  /** The mode of new files; undefined leaves it to the umask. */
  readonly mode?: number | undefined;
  /** Whether other users may own the folder, or write to it. */
  readonly shared?: boolean;
}

// Without --log-mode, files are never writable by all users, whatever the umask.
const defaultFileMode = 0o664;

export function fileMode({ mode = defaultFileMode }: Access): number {
  return mode;
}

/** Returns the mode of folders: users who may read the files may also list and search the folder. */
export function folderMode(access: Access): number {
  const mode = fileMode(access);
  return mode | ((mode & 0o444) >> 2);
}

/**
 * Sets the mode of an open file or folder if the user asked for a mode, since the umask may have removed bits from it.
 * @throws An Error if the file system does not keep the mode.
 */
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

/** Checks that no other user owns a folder or can write to it. @throws An Error with the reason and a remedy. */
export function requireOwnFolder(folder: OpenFolder, { shared }: Access): void {
  if (shared === true) return;
  const { uid, mode } = fstatSync(folder.fd);
  const isForeign = !isOwn(uid);
  const isOpenToAll = (mode & 0o002) !== 0;
  if (!isForeign && !isOpenToAll) return;
  // Some file systems change owners and modes: CIFS, vboxsf, drvfs, NFS with root_squash. There, a folder that this process makes looks
  // the same.
  const made = madeIn(folder);
  if (isForeign && made.uid !== uid) throw new Error(`it belongs to another user (uid ${uid}); ${ask}`);
  if (isOpenToAll && (made.mode & 0o002) === 0) throw new Error(`all users can write to it; ${ask}`);
}

/** Makes a folder with mode 0700 in another one, removes it, and returns its status. */
function madeIn(folder: OpenFolder): Stats {
  const path = folder.pathOf(`.mpicount-${randomName()}`);
  mkdirSync(path, { mode: 0o700 });
  try {
    return lstatSync(path);
  } finally {
    rmdirSync(path);
  }
}

/** Tells whether a user id is that of this process, or of the superuser, who needs no write permission. */
function isOwn(uid: number): boolean {
  return uid === 0 || uid === process.geteuid?.();
}

/**
 * Opens a regular file in a folder, or creates it. Refuses symbolic links, files with several hard links and files of other users,
 * and does not wait if the file is a pipe.
 * @throws The error of open(2), or an Error with the reason and a remedy.
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

/** Checks that a status is that of a regular file. @throws An Error that says what it is instead. */
export function refuseUnlessFile(status: Stats): void {
  if (!status.isFile()) throw new Error(`it is ${kindOf(status)}; ${otherFolder}`);
}

function kindOf(status: Stats): string {
  if (status.isSymbolicLink()) return 'a symbolic link';
  if (status.isDirectory()) return 'a folder';
  if (status.isFIFO()) return 'a pipe';
  return status.isSocket() ? 'a socket' : 'a device';
}
