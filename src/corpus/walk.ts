import { realpathSync } from 'node:fs';

import { printable } from '../base/bytes.ts';
import { readFailure } from '../base/system-error.ts';
import { InputError } from './input-error.ts';
import { nativeFiles } from './native.ts';
import { PathCollector, type PathList } from './path-list.ts';

/** Which entries of folders are wanted. Paths are relative to the folder, with one character for each byte. */
export interface Wanted {
  /** Whether all files are wanted, so that none has to be asked for. */
  readonly hasAllFiles?: true;
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
const batchSize = 16_384;
/** The number of folders that are listed ahead, so that a slow file server is asked for several at once. */
const listedAhead = 16;

/** Walks folders. */
export class Walker {
  readonly #wanted: Wanted;
  readonly #ownLogs: Buffer | undefined;
  readonly #skip: SkipFolder | undefined;
  readonly encounters = new Encounters();
  /** The paths that were found and not yielded yet. */
  #batch = new PathCollector(batchSize);

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
  async *walk(folder: Buffer): AsyncGenerator<PathList> {
    const here = realPath(folder);
    if (here && this.#ownLogs?.equals(here)) {
      throw new InputError(folder, 'is the log folder of this count, which grows meanwhile; give another --log-dir');
    }
    const path = folder.toString('latin1');
    const root = path.endsWith('/') ? path : `${path}/`;
    yield* this.#walkBelow({ named: folder, root, ownLogs: pathBelow(here, this.#ownLogs) }, '', list(folder));
    yield this.#takeBatch();
  }

  async *#walkBelow(tree: Tree, below: string, listing: Promise<Buffer>): AsyncGenerator<PathList> {
    const entries = await this.#listed(tree, below, listing);
    if (isLogFolder(entries)) this.encounters.logFolders.add(bytesOf(tree.root + below));
    const ahead: Promise<Buffer>[] = [];
    const folders = this.#foldersIn(tree, below, entries);
    const listAhead = () => {
      while (ahead.length < listedAhead) {
        const next = folders.next();
        if (next.done === true) return;
        ahead.push(list(bytesOf(tree.root + next.value)));
      }
    };
    const folder = bytesOf(tree.root + below);
    for (const entry = new EntryCursor(entries); entry.next();) {
      const { kind, begin, end } = entry;
      // Most entries are files, for which no string is made.
      if (kind === regularFile && this.#wanted.hasAllFiles) {
        this.#batch.add(folder, entries, begin, end);
        if (this.#batch.isFull) yield this.#takeBatch();
        continue;
      }
      const path = below + entry.name;
      if (kind === folderKind) {
        if (!this.#enters(tree, path)) continue;
        listAhead();
        const next = ahead.shift();
        listAhead();
        if (next) yield* this.#walkBelow(tree, `${path}/`, next);
      } else if (kind === linkKind) {
        // A link may lead to a file or to a folder.
        if (this.#wanted.hasFolder(path)) this.encounters.links.add(bytesOf(tree.root + path));
      } else if (this.#wanted.hasFile(path)) {
        if (kind === regularFile) this.#batch.add(folder, entries, begin, end);
        else this.encounters.others.add(bytesOf(tree.root + path));
        if (this.#batch.isFull) yield this.#takeBatch();
      }
    }
  }

  /** Returns a listing; that of a folder that is skipped has no entries. */
  async #listed({ root, named }: Tree, below: string, listing: Promise<Buffer>): Promise<Buffer> {
    try {
      return await listing;
    } catch (error) {
      if (!this.#skip || !(error instanceof InputError)) throw error;
      const path = below === '' ? named : bytesOf((root + below).slice(0, -1));
      this.#skip(path, error);
      this.#batch.add(path);
      return noEntries;
    }
  }

  #takeBatch(): PathList {
    const { list } = this.#batch;
    this.#batch = new PathCollector(batchSize);
    return list;
  }

  *#foldersIn(tree: Tree, below: string, entries: Buffer): Generator<string> {
    for (const entry = new EntryCursor(entries); entry.next();) {
      if (entry.kind !== folderKind) continue;
      const path = below + entry.name;
      if (this.#enters(tree, path)) yield path;
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
function isLogFolder(entries: Buffer): boolean {
  return (
    entries.includes('\0fplan.json\0') && ['\0dranks\0', '\0fresult.json\0'].some((each) => entries.includes(each))
  );
}

/** Lists a folder; see listFolder(). The listing begins with a zero byte. */
function list(folder: Buffer): Promise<Buffer> {
  const listing = nativeFiles()
    .listFolder(folder)
    .then(
      (entries) => Buffer.concat([noEntries, entries]),
      (error: unknown) => {
        throw new InputError(folder, `cannot be listed: ${readFailure(error)}`, { cause: error });
      },
    );
  // A folder that was listed ahead may never be asked for, when another error comes first.
  listing.catch(() => undefined);
  return listing;
}

const noEntries = Buffer.of(0);
// The kinds of entries; see native/files/folder.h.
const [regularFile, folderKind, linkKind] = [0x66, 0x64, 0x6c];

/** Goes through the entries of a listing one by one. There may be millions, so that there is no object for each. */
class EntryCursor {
  readonly #entries: Buffer;
  /** The letter for the kind of the entry. */
  kind = 0;
  /** Its name is the bytes [begin, end) of the listing. */
  begin = 0;
  end = 0;

  /** Stands before the first entry. */
  constructor(entries: Buffer) {
    this.#entries = entries;
  }

  /** The name, with a character for each byte. */
  get name(): string {
    return this.#entries.toString('latin1', this.begin, this.end);
  }

  /** Goes to the next entry. @returns Whether there is one. */
  next(): boolean {
    const entries = this.#entries;
    if (this.end + 1 >= entries.length) return false;
    this.kind = entries[this.end + 1] ?? 0;
    this.begin = this.end + 2;
    let end = this.begin;
    while (entries[end] !== 0) end += 1;
    this.end = end;
    return true;
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
