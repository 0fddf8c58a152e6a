import { realpathSync } from 'node:fs';

import { printable } from '../base/bytes.ts';
import { readFailure } from '../base/system-error.ts';
import { InputError } from './input-error.ts';
import { nativeFiles } from './native.ts';

/** Which entries of folders are wanted. Paths are relative to the folder, with one character for each byte. */
export interface Wanted {
  hasFile(path: string): boolean;
  hasFolder(path: string): boolean;
}

/** Some paths, of which the first is kept. */
export class Paths {
  #first: Buffer | undefined;
  #count = 0;

  add(path: Buffer): void {
    this.#first ??= path;
    this.#count += 1;
  }

  get count(): number {
    return this.#count;
  }

  /** Returns the number of paths with `one` or `many`, and the first path; undefined if there is none. */
  describe(one: string, many: string): string | undefined {
    if (this.#first === undefined) return undefined;
    const shown = printable(this.#first);
    return this.#count === 1 ? `1 ${one} (${shown})` : `${this.#count} ${many} (the first: ${shown})`;
  }
}

/** The entries of folders, other than files, that walks come across and that the globs select. */
export class Encounters {
  /** Symbolic links, which are not followed. */
  readonly links = new Paths();
  /** Pipes, sockets and devices. */
  readonly others = new Paths();
  /** Log folders, whose files are counted as all others. */
  readonly logFolders = new Paths();
  /** The log folder of this job, which is left out. */
  readonly ownLogs = new Paths();
}

// In paths: few enough to take little memory, enough that what follows is done for many at once.
const batchSize = 4096;
/** The number of folders that are listed ahead, so that a slow file server is asked for several at once. */
const listedAhead = 16;

/** Walks folders. */
export class Walker {
  readonly #wanted: Wanted;
  readonly #ownLogs: Buffer | undefined;
  readonly #skip: SkipFolder | undefined;
  readonly encounters = new Encounters();
  /** The paths that were found and not yielded yet. */
  #batch: Buffer[] = [];

  /**
   * @param logDir The log folder of this job, which grows while it is counted and is left out; undefined if there is none.
   * @param skip Is told of a folder that cannot be listed, whose path is then yielded as that of a file; without it, the error is thrown.
   */
  constructor(wanted: Wanted, logDir: Buffer | undefined, skip?: SkipFolder) {
    this.#wanted = wanted;
    this.#skip = skip;
    this.#ownLogs = logDir && realPath(logDir);
  }

  /**
   * Yields the paths of all regular files below a folder, hidden ones too, in byte order and in parts. Links are not followed, but for
   * the folder itself. Each path begins with that of the folder.
   * @throws InputError if a folder cannot be listed and is not skipped, or the folder is the log folder of this job.
   */
  async *walk(folder: Buffer): AsyncGenerator<Buffer[]> {
    const here = realPath(folder);
    if (here && this.#ownLogs?.equals(here)) {
      throw new InputError(folder, 'is the log folder of this count, which grows meanwhile; give another --log-dir');
    }
    const path = folder.toString('latin1');
    const root = path.endsWith('/') ? path : `${path}/`;
    yield* this.#walkBelow({ named: folder, root, ownLogs: pathBelow(here, this.#ownLogs) }, '', list(folder));
    yield this.#takeBatch();
  }

  async *#walkBelow(tree: Tree, below: string, listing: Promise<string>): AsyncGenerator<Buffer[]> {
    const entries = await this.#listed(tree, below, listing);
    if (isLogFolder(entries)) this.encounters.logFolders.add(bytesOf(tree.root + below));
    const ahead: Promise<string>[] = [];
    const folders = this.#foldersIn(tree, below, entries);
    const listAhead = () => {
      while (ahead.length < listedAhead) {
        const next = folders.next();
        if (next.done === true) return;
        ahead.push(list(bytesOf(tree.root + next.value)));
      }
    };
    for (const { kind, name } of entriesOf(entries)) {
      const path = below + name;
      if (kind === 'd') {
        if (!this.#enters(tree, path)) continue;
        listAhead();
        const next = ahead.shift();
        listAhead();
        if (next) yield* this.#walkBelow(tree, `${path}/`, next);
      } else if (kind === 'l') {
        // A link may lead to a file or to a folder.
        if (this.#wanted.hasFolder(path)) this.encounters.links.add(bytesOf(tree.root + path));
      } else if (this.#wanted.hasFile(path)) {
        const full = bytesOf(tree.root + path);
        if (kind === 'f') this.#batch.push(full);
        else this.encounters.others.add(full);
        if (this.#batch.length === batchSize) yield this.#takeBatch();
      }
    }
  }

  /** Returns a listing; that of a folder that is skipped has no entries. */
  async #listed({ root, named }: Tree, below: string, listing: Promise<string>): Promise<string> {
    try {
      return await listing;
    } catch (error) {
      if (!this.#skip || !(error instanceof InputError)) throw error;
      const path = below === '' ? named : bytesOf((root + below).slice(0, -1));
      this.#skip(path, error);
      this.#batch.push(path);
      return '\0';
    }
  }

  #takeBatch(): Buffer[] {
    const batch = this.#batch;
    this.#batch = [];
    return batch;
  }

  *#foldersIn(tree: Tree, below: string, entries: string): Generator<string> {
    for (const { kind, name } of entriesOf(entries)) {
      if (kind === 'd' && this.#enters(tree, below + name)) yield below + name;
    }
  }

  #enters({ root, ownLogs }: Tree, path: string): boolean {
    if (path !== ownLogs) return this.#wanted.hasFolder(path);
    if (this.encounters.ownLogs.count === 0) this.encounters.ownLogs.add(bytesOf(root + path));
    return false;
  }
}

/** Takes the path of a folder that cannot be listed, and the error. */
type SkipFolder = (path: Buffer, error: InputError) => void;

/** A folder that is walked. */
interface Tree {
  /** Its path as it was given. */
  readonly named: Buffer;
  /** Its path, with a slash at the end. */
  readonly root: string;
  /** The path of the job's own log folder below it. */
  readonly ownLogs: string | undefined;
}

/** Returns whether these are the entries of a log folder (docs/log-format.md). */
function isLogFolder(entries: string): boolean {
  return (
    entries.includes('\0fplan.json\0') && ['\0dranks\0', '\0fresult.json\0'].some((each) => entries.includes(each))
  );
}

/** Lists a folder, with one character for each byte; see listFolder(). The listing begins with a zero byte. */
function list(folder: Buffer): Promise<string> {
  const listing = nativeFiles()
    .listFolder(folder)
    .then(
      (entries) => `\0${entries.toString('latin1')}`,
      (error: unknown) => {
        throw new InputError(folder, `cannot be listed: ${readFailure(error)}`, { cause: error });
      },
    );
  // A folder that was listed ahead may never be asked for, when another error comes first.
  listing.catch(() => undefined);
  return listing;
}

/** Yields the entries of a listing one by one, since there may be millions. */
function* entriesOf(listing: string): Generator<{ kind: string; name: string }> {
  for (let begin = 1; begin < listing.length;) {
    const end = listing.indexOf('\0', begin);
    yield { kind: listing.charAt(begin), name: listing.slice(begin + 1, end) };
    begin = end + 1;
  }
}

function bytesOf(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}

/** Returns a path without links; undefined if there is no such file. */
function realPath(path: Buffer): Buffer | undefined {
  try {
    return realpathSync.native(path, { encoding: 'buffer' });
  } catch {
    return undefined; // whoever uses the path reports it
  }
}

/** Returns the path of a file relative to a folder that it is in, both without links; undefined if it is not in it. */
function pathBelow(folder: Buffer | undefined, file: Buffer | undefined): string | undefined {
  if (!folder || !file) return undefined;
  const root = folder.toString('latin1').replace(/\/*$/, '/');
  const path = file.toString('latin1');
  return path.startsWith(root) ? path.slice(root.length) : undefined;
}
