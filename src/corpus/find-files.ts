import { printable } from '../base/bytes.ts';
import { checkFiles, stateAt, statesInOrder } from './check-files.ts';
import { FolderError, inspectFile, PipeError, type CorpusFile, type FileCheck } from './file-checks.ts';
import { GrowingFileTable, type FileTable } from './file-table.ts';
import { loadGlobs, Selection, type Globs } from './globs.ts';
import { InputError } from './input-error.ts';
import { FileIds, type FileId } from './output-files.ts';
import { returningErrors } from './returned-errors.ts';
import type { NativeStates } from './native.ts';
import { PathList } from './path-list.ts';
import { Paths, Walker, type Encounters, type Wanted } from './walk.ts';

/** The input that the user named, and how it is searched. */
export interface Search extends Globs {
  /** The files, folders and pipes that the user named, in order. */
  readonly paths: Iterable<Buffer>;
  /** The log folder of the job, which is left out. */
  readonly logDir: Buffer | undefined;
  /** The files that the job writes to as its standard output and standard error; below folders, they are left out. */
  readonly outputs: readonly FileId[];
  /** Whether a pipe can be counted; otherwise it is an error. */
  readonly takesPipes: boolean;
  /** Whether there is standard input to count as well. */
  readonly standardInput: boolean;
  /** Whether to list what cannot be counted as files that are skipped. */
  readonly skipUnreadable: boolean;
}

/** A folder that the user named, and the files of a table that were found below it. */
export interface FolderInTable {
  readonly path: Buffer;
  /** The index of the first of them. */
  readonly first: number;
  /** Their number. */
  readonly files: number;
}

/** Files, and the folders below which some of them were found, in order. */
export interface FilesInFolders {
  readonly files: FileTable;
  readonly folders: readonly FolderInTable[];
}

export interface FoundFiles extends FilesInFolders {
  /** The files that are skipped, which have no size, and folders that cannot be listed: the reason for each, by its index. */
  readonly skipped: ReadonlyMap<number, string>;
  readonly pipes: readonly Buffer[];
  /** Notes for the user on what was left out. */
  readonly notes: readonly string[];
}

/**
 * Finds the files to count: those that are named, and those below folders that are named, each in its state.
 * @param earlier What was found before a count that goes on now. Its folders are not walked again, so that they have the same files; a
 *   folder that is none of them has no files.
 * @throws InputError for the first that cannot be counted, unless it is to be skipped, or if there is nothing to count; PipeError; GlobError
 */
export async function findFiles(search: Search, earlier?: FilesInFolders): Promise<FoundFiles> {
  const { include, exclude, logDir, skipUnreadable } = search;
  const hasGlobs = include.length + exclude.length > 0;
  const wanted = hasGlobs ? new Selection(search, await loadGlobs()) : everything;
  const named = await inspectNamed(search, wanted);
  const notes: string[] = [];
  const unselected = named.unselected.describe('file', 'files');
  if (unselected !== undefined) {
    notes.push(
      `counted, too, as they were named: ${unselected} that --include and --exclude do not select below folders`,
    );
  }
  if (named.folders.length === 0) return { ...named.found, pipes: named.pipes, folders: [], notes };

  const unlisted = new Map<string, InputError>();
  const skipFolder = (path: Buffer, error: InputError) => {
    unlisted.set(path.toString('latin1'), error);
  };
  const check = inspectBelow(skipUnreadable);
  const walker = new Walker(wanted, logDir, skipUnreadable ? skipFolder : undefined);
  const all = new FoundTable();
  const folders: FolderInTable[] = [];
  // A count that goes on has the files of its beginning.
  const outputs = new FileIds(earlier ? [] : search.outputs);
  const leftOut = new Paths();
  let copied = 0;
  const copyTo = (end: number) => {
    for (; copied < end; copied += 1) all.addFrom(named.found, copied);
  };
  const take = (found: CorpusFile | FolderError | InputError, path: Buffer) => {
    if (found instanceof FolderError) all.skip(path, unlisted.get(path.toString('latin1'))?.what ?? 'is a folder now');
    else if (!(found instanceof InputError) && outputs.has(found)) leftOut.add(path);
    else all.add(found);
  };
  for (const { path, before } of named.folders) {
    copyTo(before);
    const first = all.length;
    const batches = earlier ? earlierFiles(earlier, folders.length, path) : walker.walk(path);
    for await (const batch of batches) {
      for await (const { paths, states } of statesInOrder(batch, true)) {
        if (!states.isCountable.includes(0) && !outputs.mayHave(states.inodes)) all.addAll(paths, states);
        else await takeEach(paths, states, check, take);
      }
    }
    folders.push({ path, first, files: all.length - first });
  }
  copyTo(named.found.files.length);
  const { files, skipped } = all.found();
  if (earlier) return { files, skipped, folders, pipes: named.pipes, notes };

  const empty = folders.find((folder) => folder.files === 0);
  const what = `is a folder without a file${hasGlobs ? ' that --include and --exclude select' : ''}`;
  if (empty && files.length + named.pipes.length === 0 && !search.standardInput) {
    const links = walker.encounters.links.describe('symbolic link', 'symbolic links');
    const own = describeOutputs(leftOut);
    const besides = [...(links ? [`; not followed: ${links}`] : []), ...(own ? [`; left out: ${own}`] : [])];
    throw new InputError(empty.path, `${what}${besides.join('')}`);
  }
  if (empty) notes.push(`${printable(empty.path)} ${what}`);
  notes.push(...encounterNotes(walker.encounters, leftOut));
  return { files, skipped, folders, pipes: named.pipes, notes };
}

/** Takes files one by one. Those that are not countable are checked anew. */
async function takeEach<R>(
  paths: PathList,
  states: NativeStates,
  check: Pick<FileCheck<Buffer, CorpusFile | R>, 'async'>,
  take: (found: CorpusFile | R, path: Buffer) => void,
): Promise<void> {
  for (const [index, path] of [...paths].entries()) {
    const state = stateAt(states, index);
    take(state ? { path, ...state } : await check.async(path), path);
  }
}

const everything: Wanted = { hasAllFiles: true, hasFile: () => true, hasFolder: () => true };

interface NamedInput {
  /** The files alone. */
  readonly found: Pick<FoundFiles, 'files' | 'skipped'>;
  /** The folders, each with the number of the files that were named before it. */
  readonly folders: readonly { readonly path: Buffer; readonly before: number }[];
  readonly pipes: readonly Buffer[];
  /** The files that the globs would leave out. */
  readonly unselected: Paths;
}

/** Files that are found, one after the other. */
class FoundTable {
  readonly #files = new GrowingFileTable();
  readonly #skipped = new Map<number, string>();

  get length(): number {
    return this.#files.length;
  }

  /** Adds a file. One that cannot be counted is skipped. */
  add(found: CorpusFile | InputError): void {
    if (found instanceof InputError) this.skip(Buffer.from(found.path), found.what);
    else this.#files.add(found);
  }

  /** Adds files that can be counted. */
  addAll(paths: PathList, states: NativeStates): void {
    this.#files.addAll(paths, states);
  }

  skip(path: Buffer, reason: string): void {
    this.#skipped.set(this.#files.length, reason);
    this.#files.add({ path, size: 0, modified: 0n, isSkipped: true });
  }

  addFrom({ files, skipped }: Pick<FoundFiles, 'files' | 'skipped'>, index: number): void {
    const reason = skipped.get(index);
    if (reason === undefined) this.#files.add(files.at(index));
    else this.skip(files.at(index).path, reason);
  }

  found(): Pick<FoundFiles, 'files' | 'skipped'> {
    return { files: this.#files.table(), skipped: this.#skipped };
  }
}

async function inspectNamed(search: Search, wanted: Wanted): Promise<NamedInput> {
  const files = new FoundTable();
  const folders: { path: Buffer; before: number }[] = [];
  const pipes: Buffer[] = [];
  const unselected = new Paths();
  await checkFiles(search.paths, inspectInput(search), (found, path) => {
    if (found instanceof FolderError) folders.push({ path, before: files.length });
    else if (found instanceof PipeError) pipes.push(path);
    else {
      files.add(found);
      if (wanted !== everything && !wanted.hasFile(path.toString('latin1'))) unselected.add(path);
    }
  });
  return { found: files.found(), folders, pipes, unselected };
}

/** The same check as inspectFile, but it returns the error for a folder, for a pipe that can be counted, and for a file that is skipped. */
function inspectInput({ takesPipes, skipUnreadable }: Search) {
  return returningErrors(
    inspectFile,
    (error): error is FolderError | PipeError | InputError =>
      error instanceof FolderError ||
      (takesPipes && error instanceof PipeError) ||
      (skipUnreadable && error instanceof InputError),
  );
}

/** The same check, but it returns the error for a file or a folder below a folder that is skipped. */
function inspectBelow(skipUnreadable: boolean) {
  return returningErrors(
    inspectFile,
    (error): error is FolderError | InputError =>
      skipUnreadable && (error instanceof FolderError || error instanceof InputError),
  );
}

/** Yields the files that an earlier search found below the folder that was named in the same place. */
function* earlierFiles({ files, folders }: FilesInFolders, place: number, path: Buffer): Generator<PathList> {
  const folder = folders[place];
  if (folder?.path.equals(path)) yield new PathList(files.parts, folder.first, folder.first + folder.files);
}

function encounterNotes({ links, others, ownLogs, logFolders }: Encounters, outputs: Paths): string[] {
  const notes = [
    note('not followed below folders', links.describe('symbolic link', 'symbolic links')),
    note('left out below folders', others.describe('pipe, socket or device', 'pipes, sockets or devices')),
    note('left out', ownLogs.describe('log folder of this count', 'log folders of this count')),
    note('left out', describeOutputs(outputs)),
    note('counted, too', logFolders.describe('log folder of another count', 'log folders of other counts')),
  ];
  return notes.filter((each) => each !== undefined);
}

function describeOutputs(outputs: Paths): string | undefined {
  return outputs.describe('output file of this job', 'output files of this job');
}

function note(did: string, what: string | undefined): string | undefined {
  return what === undefined ? undefined : `${did}: ${what}`;
}
