import { bytesFromJson, bytesToJson, type JsonBytes } from '../bytes.ts';
import { inspectFile, type CorpusFile } from '../corpus/files.ts';
import { makeGrid, type Grid } from '../corpus/grid.ts';
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
}

/** What rank 0 decides, so that all ranks do the same whatever each of them sees. */
export interface Plan extends Omit<CountRequest, 'files' | 'blockSize'> {
  readonly files: readonly CorpusFile[];
  readonly grid: Grid;
}

/** @throws InputError for the first file that cannot be counted. */
export async function makePlan(request: CountRequest, ranks: number): Promise<Plan> {
  const { files: paths, blockSize, ...rest } = request;
  const files: CorpusFile[] = [];
  for (const path of paths) files.push(await inspectFile(path));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return { ...rest, files, grid: makeGrid(bytes, ranks, blockSize) };
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
