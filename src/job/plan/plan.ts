import type { FileTable } from '../../corpus/file-table.ts';
import { findFiles, type FilesInFolders, type FolderInTable } from '../../corpus/find-files.ts';
import { withFormats } from '../../corpus/tell-formats.ts';
import type { Globs } from '../../corpus/globs.ts';
import { dividesFile, makeGrid, type BlockRange, type Grid } from '../../corpus/grid.ts';
import type { InputError } from '../../corpus/input-error.ts';
import type { Io } from '../../corpus/io-method.ts';
import { outputFiles } from '../../corpus/output-files.ts';
import { isSingleByteEncoding } from '../../scan/encodings.ts';
import { tallyOf, type TallySpec } from '../../tally/tallies.ts';
import type { Access } from '../durable/access.ts';
import { withLostWord } from '../notes/lost-word.ts';
import { areManyPatterns } from './patterns-file.ts';

/** A request of the user, as parsed from the command line. */
export interface CountRequest {
  /** The specification of the tally that the job computes. */
  readonly spec: TallySpec;
  /** The patterns that were given on the command line, not in a list. */
  readonly typedPatterns: readonly Buffer[];
  /** The paths of the files and folders, in order. It must be possible to iterate more than once. */
  readonly files: Iterable<Buffer>;
  /** The globs that select files below folders. */
  readonly globs: Globs;
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
  /** The encoding of text without a byte order mark, which iconv knows; undefined if text stays as it is. */
  readonly encoding: string | undefined;
  /** Whether to skip files that cannot be read. */
  readonly skipUnreadable: boolean;
  /** Whether files may grow; they are then counted up to their size at the start. */
  readonly allowGrowth: boolean;
  /** When to show how far the job has got: always, never, or if it is likely to take long. */
  readonly progress: ProgressMode;
  /** The number of blocks that a rank counts concurrently. */
  readonly threads: number;
  readonly io: Io;
  readonly schedule: ScheduleKind;
  /** The time limit of the job, in seconds; undefined if only the scheduler limits it. */
  readonly timeLimit: number | undefined;
}

/** When ranks are assigned blocks: all of them before counting begins, or further ones while they count. */
export const scheduleKinds = ['static', 'dynamic'] as const;
export type ScheduleKind = (typeof scheduleKinds)[number];

export const progressModes = ['auto', 'always', 'never'] as const;
export type ProgressMode = (typeof progressModes)[number];

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
  /** The encoding of text without a byte order mark; absent if text stays as it is. */
  readonly encoding?: string | undefined;
  /** Whether the patterns are stored in a file beside the plan file: its identity depends on that. Absent if they are not. */
  readonly storesPatterns?: true | undefined;
  /** The folders below which files were found; undefined if only files were named. */
  readonly walked?: WalkedFolders | undefined;
  /** The files that are skipped since they could not be read when the plan was made; absent if there are none. */
  readonly skipped?: SkippedFiles | undefined;
}

/** Folders that were walked, and how: a count that goes on has the files that were found below them when it began. */
export interface WalkedFolders extends Globs {
  readonly folders: readonly FolderInTable[];
}

/** Files that are skipped: the reason for each, by its index in the plan. */
export type SkippedFiles = ReadonlyMap<number, string>;

/** Returns the range of all blocks of a plan. */
export function allBlocks({ grid: { blocks } }: Plan): BlockRange[] {
  return blocks === 0 ? [] : [{ first: 0, end: blocks }];
}

/** The part of the plan that every rank knows: all but the files. */
export interface PlanHeader extends Omit<Plan, 'files' | 'walked' | 'skipped' | 'storesPatterns'> {
  /** The number of files. */
  readonly files: number;
  /** The size of the corpus, in bytes. */
  readonly bytes: number;
  /** Whether a file with decoding units is divided among blocks. */
  readonly isDivided: boolean;
}

/** Returns the header of a plan. */
export function planHeader({ files, spec, logDir, decompress, encoding, grid }: Plan): PlanHeader {
  return {
    spec,
    logDir,
    decompress,
    encoding,
    grid,
    files: files.length,
    bytes: files.bytes,
    isDivided: dividesFile(files.parts, grid),
  };
}

/** A plan, and what came up when it was made. */
export interface MadePlan {
  readonly plan: Plan;
  /** Pipes among the files, which are not in the plan. */
  readonly pipes: readonly Buffer[];
  /** Notes for the user. */
  readonly notes: readonly string[];
}

/**
 * Finds and checks all files and makes the plan.
 * @param earlier The plan of the count to resume. Its grid is kept unless the user asks for another block size, and its folders are not
 *   walked again.
 * @throws InputError for the first file that cannot be counted, unless such files are to be skipped; PipeError for a pipe with several
 *   ranks; GridError; GlobError
 */
export async function makePlan(request: CountRequest, ranks: number, earlier?: Plan): Promise<MadePlan> {
  const { blockSize, spec, typedPatterns, logDir, decompress, encoding, globs, standardInput, skipUnreadable } =
    request;
  const { files, folders, pipes, notes, ...found } = await findFiles(
    {
      ...globs,
      paths: request.files,
      logDir,
      outputs: outputFiles(process.env),
      takesPipes: ranks === 1,
      standardInput,
      skipUnreadable,
    },
    earlier && foundBefore(earlier),
  ).catch((error: unknown) => {
    throw withLostWord(error, typedPatterns);
  });
  const isSame = earlier && (blockSize === undefined || blockSize === earlier.grid.blockSize);
  const made = isSame
    ? earlier.grid
    : {
        ...makeGrid(files.bytes, sharesOf(request, files.bytes, ranks), blockSize),
        // Bytes in the middle of a text have a meaning of their own only in a single-byte encoding.
        ...(encoding !== undefined && !isSingleByteEncoding(encoding) && ({ keepsWhole: true } as const)),
      };
  const grid = tallyOf(spec).wholeFiles ? { ...made, wholeFiles: true as const } : made;
  const walked = folders.length > 0 ? { ...globs, folders } : undefined;
  const skipped = new Map(found.skipped);
  const plan = (told: FileTable, isDecoded: boolean): MadePlan => ({
    plan: {
      spec,
      logDir,
      decompress: isDecoded,
      encoding,
      ...(areManyPatterns(spec) && ({ storesPatterns: true } as const)),
      grid,
      walked,
      files: told.skipping(skipped.keys()),
      skipped: skipped.size > 0 ? skipped : undefined,
    },
    pipes,
    notes,
  });
  if (!decompress) return plan(files, false);
  // An earlier count of stored bytes is the same if no file is in a format that is decoded. Versions that decoded nothing left such counts.
  const wereStored = earlier?.decompress === false;
  const skip = (index: number, { what }: InputError) => void skipped.set(index, what);
  const told = await withFormats(files, grid, {
    all: wereStored,
    isEncoded: encoding !== undefined,
    skip: skipUnreadable ? skip : undefined,
  });
  return plan(told, !wereStored || told.isDecoded);
}

function foundBefore({ files, walked }: Plan): FilesInFolders {
  return { files, folders: walked?.folders ?? [] };
}

// With many blocks a share, the last block of a slow rank takes a small part of the job's time. Smaller blocks than the minimum would
// spend a noticeable part of their time on the work that each block needs, whatever its size.
const dynamicBlocksPerShare = 64;
const minDynamicBlock = 16 * 1024 * 1024;

/** Returns the number of equal parts of the corpus that must each consist of whole blocks. */
function sharesOf({ schedule, threads }: CountRequest, bytes: number, ranks: number): number {
  const shares = ranks * threads;
  if (schedule === 'static') return shares;
  return Math.max(shares, Math.min(shares * dynamicBlocksPerShare, Math.floor(bytes / minDynamicBlock)));
}
