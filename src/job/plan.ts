import { bytesFromJson, bytesToJson, type JsonBytes } from '../bytes.ts';
import { inspectFile, type CorpusFile } from '../corpus/files.ts';
import { makeGrid, type Grid } from '../corpus/grid.ts';
import type { Io } from '../corpus/reading.ts';
import type { ScanOptions } from '../scan/scanner.ts';

/** What the user asks for. */
export interface CountRequest {
  readonly patterns: readonly Uint8Array[];
  readonly files: readonly Buffer[];
  readonly options: ScanOptions;
  /** In bytes; undefined leaves it to the plan. */
  readonly blockSize: number | undefined;
  /** Where to write rank logs and the result; undefined for none. */
  readonly logDir: Buffer | undefined;
  readonly logging: Logging;
  /** Go on with what an earlier run left in the log folder, if it left something. */
  readonly resume: boolean;
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

export interface Logging {
  readonly level: LogLevel;
  /** At most so many seconds of counting are lost when a machine fails. */
  readonly syncSeconds: number;
}

/** What rank 0 decides, so that all ranks do the same whatever each of them sees. */
export interface Plan extends Pick<CountRequest, 'patterns' | 'options' | 'logDir'> {
  readonly files: readonly CorpusFile[];
  readonly grid: Grid;
}

/**
 * @param earlier The plan that is to be gone on with; its grid holds, unless the user wants another.
 * @throws InputError for the first file that cannot be counted, GridError
 */
export function makePlan(request: CountRequest, ranks: number, earlier?: Plan): Plan {
  const { files: paths, blockSize, patterns, options, logDir, threads } = request;
  const files = paths.map(inspectFile);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const isSame = earlier && (blockSize === undefined || blockSize === earlier.grid.blockSize);
  return {
    patterns,
    options,
    logDir,
    files,
    grid: isSame ? earlier.grid : makeGrid(bytes, ranks * threads, blockSize),
  };
}

/** A plan as JSON; sizes in bytes, times in nanoseconds since 1970. */
interface PlanJson {
  patterns: JsonBytes[];
  options: ScanOptions;
  grid: Grid;
  logDir: JsonBytes | null;
  files: { path: JsonBytes; size: number; modified: string }[];
}

export function encodePlan(plan: Plan): Uint8Array {
  const json: PlanJson = {
    patterns: plan.patterns.map(bytesToJson),
    options: plan.options,
    grid: plan.grid,
    logDir: plan.logDir ? bytesToJson(plan.logDir) : null,
    files: plan.files.map(({ path, size, modified }) => ({
      path: bytesToJson(path),
      size,
      modified: String(modified),
    })),
  };
  return Buffer.from(JSON.stringify(json));
}

export function decodePlan(bytes: Uint8Array): Plan {
  const json = JSON.parse(Buffer.from(bytes).toString()) as PlanJson;
  return {
    patterns: json.patterns.map(bytesFromJson),
    options: json.options,
    grid: json.grid,
    logDir: json.logDir === null ? undefined : bytesFromJson(json.logDir),
    files: json.files.map(({ path, size, modified }) => ({
      path: bytesFromJson(path),
      size,
      modified: BigInt(modified),
    })),
  };
}
