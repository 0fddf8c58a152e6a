import { bytesToJson, type JsonBytes } from '../../base/bytes.ts';
import { GrowingFileTable, type FileTable } from '../../corpus/file-table.ts';
import { inspectFile, PipeError } from '../../corpus/file-checks.ts';
import { makeGrid, type Grid } from '../../corpus/grid.ts';
import { checkFiles } from '../../corpus/check-files.ts';
import { inspectionWithPipes } from '../../corpus/pipes.ts';
import type { Io } from '../../corpus/io-method.ts';
import type { ScanOptions } from '../../scan/scanner.ts';
import type { Access } from '../durable/access.ts';
import { withLostWord } from '../notes/lost-word.ts';

/** What the user asks for. */
export interface CountRequest {
  readonly patterns: readonly Uint8Array[];
  /** Those patterns that were typed, not read from a list. */
  readonly typedPatterns: readonly Buffer[];
  /** In order; may be read more than once. */
  readonly files: Iterable<Buffer>;
  /** Count in standard input, too. */
  readonly standardInput: boolean;
  /** What the user should know of how the request was read. */
  readonly notes: readonly string[];
  readonly options: ScanOptions;
  /** In bytes; undefined leaves it to the plan. */
  readonly blockSize: number | undefined;
  /** Where to write rank logs and the result; undefined for none. */
  readonly logDir: Buffer | undefined;
  readonly logging: Logging;
  /** Go on with what an earlier run left in the log folder, if it left something. */
  readonly resume: boolean;
  /** Count files that grow up to their size at the start, rather than fail. */
  readonly allowGrowth: boolean;
  /** How many blocks a rank counts at once. */
  readonly threads: number;
  readonly io: Io;
  /** How long the job may take, in seconds; undefined when only the scheduler's limit counts. */
  readonly timeLimit: number | undefined;
}

/**
 * What goes into the log folder beside the plan and the result: rank logs with `blocks`, which makes them journals that a
 * count can be resumed from; rank logs in `summary`, without them; or nothing.
 */
export const logLevels = ['blocks', 'summary', 'off'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface Logging extends Access {
  readonly level: LogLevel;
  /** At most so many seconds of counting are lost when a machine fails. */
  readonly syncSeconds: number;
}

/** What rank 0 decides, so that all ranks do the same whatever each of them sees. */
export interface Plan extends Pick<CountRequest, 'patterns' | 'options' | 'logDir'> {
  readonly files: FileTable;
  readonly grid: Grid;
}

/** What every rank knows of the plan: all but the files. */
export interface PlanHeader extends Omit<Plan, 'files'> {
  /** How many there are. */
  readonly files: number;
  /** Of all files. */
  readonly bytes: number;
}

export function planHeader({ files, ...rest }: Plan): PlanHeader {
  return { ...rest, files: files.length, bytes: files.bytes };
}

/**
 * @param earlier The plan that is to be gone on with; its grid holds, unless the user wants another.
 * @param pipes Those among the files are added, which are no part of the plan. With several ranks, they are errors.
 * @throws InputError for the first file that cannot be counted, GridError
 */
export async function makePlan(
  request: CountRequest,
  ranks: number,
  earlier?: Plan,
  pipes: Buffer[] = [],
): Promise<Plan> {
  const { files: paths, blockSize, patterns, typedPatterns, options, logDir, threads } = request;
  const growing = new GrowingFileTable();
  await checkFiles(paths, ranks === 1 ? inspectionWithPipes : inspectFile, (file) => {
    if (file instanceof PipeError) pipes.push(file.path);
    else growing.add(file);
  }).catch((error: unknown) => {
    throw withLostWord(error, typedPatterns);
  });
  const files = growing.table();
  const isSame = earlier && (blockSize === undefined || blockSize === earlier.grid.blockSize);
  return {
    patterns,
    options,
    logDir,
    files,
    grid: isSame ? earlier.grid : makeGrid(files.bytes, ranks * threads, blockSize),
  };
}

/** A plan as JSON; log-schema.ts reads it. */
export interface PlanJson {
  patterns: JsonBytes[];
  options: ScanOptions;
  grid: Grid;
  logDir: JsonBytes | null;
  files: FileJson[];
}

/** A size in bytes, and a time in nanoseconds since 1970. */
export interface FileJson {
  path: JsonBytes;
  size: number;
  modified: string;
  /** Missing where it is not known: no plan of an earlier version has it. */
  inode?: string | undefined;
}

/** A plan as JSON, in parts: with millions of files it may be too long for a string. */
export function* encodePlan({ files, patterns, options, grid, logDir }: Plan): Generator<string> {
  const json: PlanJson = {
    patterns: patterns.map(bytesToJson),
    options,
    grid,
    logDir: logDir ? bytesToJson(logDir) : null,
    files: [],
  };
  let text = JSON.stringify(json).slice(0, -']}'.length);
  let comma = '';
  for (const { path, size, modified, inode } of files) {
    const json = { path: bytesToJson(path), size, modified: String(modified), inode: inode?.toString() };
    text += comma + JSON.stringify(json satisfies FileJson);
    comma = ',';
    if (text.length < partLength) continue;
    yield text;
    text = '';
  }
  yield `${text}]}`;
}

const partLength = 64 * 1024;
