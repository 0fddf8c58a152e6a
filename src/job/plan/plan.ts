import { GrowingFileTable, type FileTable } from '../../corpus/file-table.ts';
import { inspectFile, PipeError } from '../../corpus/file-checks.ts';
import { withFormats } from '../../corpus/formats.ts';
import { makeGrid, type Grid } from '../../corpus/grid.ts';
import { checkFiles } from '../../corpus/check-files.ts';
import { inspectFileOrPipe } from '../../corpus/pipes.ts';
import type { Io } from '../../corpus/io-method.ts';
import type { TallySpec } from '../../tally/tallies.ts';
import type { Access } from '../durable/access.ts';
import { withLostWord } from '../notes/lost-word.ts';

/** A request of the user, as parsed from the command line. */
export interface CountRequest {
  /** The specification of the tally that the job computes. */
  readonly spec: TallySpec;
  /** The patterns that were given on the command line, not in a list. */
  readonly typedPatterns: readonly Buffer[];
  /** The paths of the files, in order. It must be possible to iterate more than once. */
  readonly files: Iterable<Buffer>;
  /** Whether to count standard input, too. */
  readonly standardInput: boolean;
  /** Notes for the user that came up while the request was parsed. */
  readonly notes: readonly string[];
  /** The block size in bytes; undefined leaves the choice to makePlan(). */
  readonly blockSize: number | undefined;
  /** The folder for rank logs and the result; undefined for none. */
  readonly logDir: Buffer | undefined;
  readonly logging: Logging;
  /** Whether to resume the count in the log folder, if there is one. */
  readonly resume: boolean;
  /** Whether to decode files in a format that is decoded; otherwise their stored bytes are counted. */
  readonly decompress: boolean;
  /** Whether files may grow; they are then counted up to their size at the start. */
  readonly allowGrowth: boolean;
  /** The number of blocks that a rank counts concurrently. */
  readonly threads: number;
  readonly io: Io;
  /** The time limit of the job, in seconds; undefined if only the scheduler limits it. */
  readonly timeLimit: number | undefined;
}

/**
 * What the log folder holds besides the plan and the result. `blocks`: rank logs with all blocks, which serve as journals for
 * resuming. `summary`: rank logs without blocks. `off`: no rank logs.
 */
export const logLevels = ['blocks', 'summary', 'off'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface Logging extends Access {
  readonly level: LogLevel;
  /** The time between syncs of a rank log, in seconds; a crash of a machine loses at most the counts of this time. */
  readonly syncSeconds: number;
}

/** The plan of a job: what rank 0 decides, so that all ranks work on the same files and blocks. */
export interface Plan extends Pick<CountRequest, 'spec' | 'logDir' | 'decompress'> {
  readonly files: FileTable;
  readonly grid: Grid;
}

/** The part of the plan that every rank knows: all but the files. */
export interface PlanHeader extends Omit<Plan, 'files'> {
  /** The number of files. */
  readonly files: number;
  /** The size of the corpus, in bytes. */
  readonly bytes: number;
}

/** Returns the header of a plan. */
export function planHeader({ files, ...rest }: Plan): PlanHeader {
  return { ...rest, files: files.length, bytes: files.bytes };
}

/**
 * Checks all files and makes the plan.
 * @param earlier The plan of the count to resume. Its grid is kept unless the user asks for another block size.
 * @param pipes Pipes among the files are appended to this list, since the plan holds regular files only. With several ranks, a pipe is
 *   an error.
 * @throws InputError for the first file that cannot be counted; PipeError for a pipe with several ranks; GridError
 */
export async function makePlan(
  request: CountRequest,
  ranks: number,
  earlier?: Plan,
  pipes: Buffer[] = [],
): Promise<Plan> {
  const { files: paths, blockSize, spec, typedPatterns, logDir, threads, decompress } = request;
  const growing = new GrowingFileTable();
  await checkFiles(paths, ranks === 1 ? inspectFileOrPipe : inspectFile, (file) => {
    if (file instanceof PipeError) pipes.push(file.path);
    else growing.add(file);
  }).catch((error: unknown) => {
    throw withLostWord(error, typedPatterns);
  });
  const files = growing.table();
  const isSame = earlier && (blockSize === undefined || blockSize === earlier.grid.blockSize);
  const grid = isSame ? earlier.grid : makeGrid(files.bytes, ranks * threads, blockSize);
  if (!decompress) return { spec, logDir, decompress, files, grid };
  // An earlier count of stored bytes is the same if no file is in a format that is decoded. Versions that decoded nothing left such counts.
  const wereStored = earlier?.decompress === false;
  const told = await withFormats(files, grid, wereStored);
  return { spec, logDir, decompress: !wereStored || told.isDecoded, files: told, grid };
}
