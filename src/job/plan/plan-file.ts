import { lstatSync } from 'node:fs';

import { printable } from '../../base/bytes.ts';
import { LogInUseError, ResumeError } from '../journal/errors.ts';
import { forbiddenChange, describeSince } from '../../corpus/changes.ts';
import type { NamedPatterns } from '../../tally/stored-patterns.ts';
import { patternsOf, tallyDifference } from '../../tally/tallies.ts';
import { unicodeVersion } from '../../scan/unicode/tables.ts';
import { readFailure } from '../../base/system-error.ts';
import type { Access } from '../durable/access.ts';
import { createFileAtomic, readRegularFile } from '../durable/atomic-files.ts';
import { sha256 } from '../journal/checksum.ts';
import { otherFolder } from '../durable/open-folder.ts';
import { joinPath } from '../durable/output-error.ts';
import type { LogLevel, Plan, WalkedFolders } from './plan.ts';
import { readPatterns, removePatterns, writePatterns } from './patterns-file.ts';
import { decodePlanFile, encodePlan, formatOf, UnknownFormatError } from './plan-json.ts';

// plan.json in a log folder: the plan that its rank logs belong to. It is written once, before any of them.

const name = 'plan.json';

/** The contents of the plan file of a log folder. */
export interface FoundPlan {
  readonly plan: Plan;
  readonly level: LogLevel;
}

/**
 * Returns the SHA-256 of a plan and the version of the Unicode tables. A line of a journal is valid for one identity only. It is
 * computed once for each plan, since the plan of a million files takes seconds.
 */
export function identityOf(plan: Plan): string {
  const identity = identities.get(plan) ?? sha256(identityParts(plan));
  identities.set(plan, identity);
  return identity;
}

const identities = new WeakMap<Plan, string>();

function* identityParts(plan: Plan): Generator<string> {
  yield unicodeVersion;
  yield* encodePlan(withoutFolder(plan));
}

/** Returns the same plan for a log folder that is at `logDir` now. It has the same identity. */
export function planAt(logDir: Buffer | undefined, plan: Plan): Plan {
  const found = { ...plan, logDir };
  identities.set(found, identityOf(plan));
  return found;
}

/** Returns the same plan with these files skipped, beside those that are already. It has the same identity. */
export function planSkipping(plan: Plan, indices: Iterable<number>): Plan {
  const found = { ...plan, files: plan.files.skipping(indices) };
  const identity = identities.get(plan);
  if (identity !== undefined) identities.set(found, identity);
  return found;
}

// A log folder that was moved still belongs to the same count.
function withoutFolder(plan: Plan): Plan {
  return { ...plan, logDir: undefined };
}

/**
 * Writes the plan file of an existing log folder, and that of its patterns if it has one, atomically and durably, unless there is one.
 * @returns A function that removes the plan file again if it is still the same file; undefined if there was one already.
 * @throws OutputError
 */
export function createPlan(
  logDir: Buffer,
  plan: Plan,
  level: LogLevel = 'blocks',
  access: Access = {},
): (() => void) | undefined {
  const stored = plan.storesPatterns && patternsOf(plan.spec);
  // A plan that is there names patterns that are there. If another job writes the plan first, the file stays, which nobody reads.
  if (stored) writePatterns(logDir, stored, access);
  const remove = createFileAtomic(logDir, name, planFile(plan, level), access);
  return (
    remove &&
    (() => {
      if (remove() && stored) removePatterns(logDir, stored);
    })
  );
}

/** Yields the text of a PlanFileJson in parts. */
function* planFile(plan: Plan, level: LogLevel): Generator<string> {
  yield `{"format":${formatOf(plan)},"log":"${level}","identity":"${identityOf(plan)}","plan":`;
  yield* encodePlan(withoutFolder(plan));
  yield '}\n';
}

/**
 * Reads the plan of a log folder.
 * @returns Undefined if there is none.
 * @throws ResumeError if it cannot be read, is damaged, or has a format that this version does not know.
 */
export function readPlan(logDir: Buffer): FoundPlan | undefined {
  const path = joinPath(logDir, name);
  const shown = printable(path);
  let text: string;
  try {
    text = readRegularFile(path);
  } catch (error) {
    const isMissing = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
    if (isMissing && !isLink(path)) return undefined;
    const reason = isMissing ? `it is a symbolic link to nothing; ${otherFolder}` : readFailure(error);
    throw new ResumeError(`${shown}: cannot be read: ${reason}`, { cause: error });
  }
  return parsePlan(text, shown, (json) => readPatterns(logDir, json));
}

/** Returns whether a path is a link. A link to nothing would be no plan to read, but in the way of every new one. */
function isLink(path: Buffer): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** Does the same as readPlan(), but waits if another job is writing the plan in two steps; see createFileAtomic(). */
export async function readBegunPlan(logDir: Buffer): Promise<FoundPlan | undefined> {
  for (let waited = 0; waited < maxWait && isEmptyFile(joinPath(logDir, name)); waited += waitStep) {
    await new Promise((resolve) => setTimeout(resolve, waitStep));
  }
  return readPlan(logDir);
}

const [waitStep, maxWait] = [50, 2000]; // in milliseconds

function isEmptyFile(path: Buffer): boolean {
  try {
    const status = lstatSync(path);
    return status.isFile() && status.size === 0;
  } catch {
    return false; // readPlan() reports it
  }
}

function parsePlan(text: string, shown: string, read: (json: unknown) => NamedPatterns): FoundPlan {
  const damaged = `${shown}: damaged; start anew with another --log-dir`;
  try {
    const { plan, log, identity } = decodePlanFile(text, read);
    if (identityOf(plan) === identity) return { plan, level: log };
  } catch (error) {
    if (error instanceof ResumeError) throw error;
    const what =
      error instanceof UnknownFormatError ? `${shown}: ${error.message}; use the mpicount that wrote it` : damaged;
    throw new ResumeError(what, { cause: error });
  }
  throw new ResumeError(damaged);
}

/** Returns the error for a log folder that holds another count. */
export function logInUse(logDir: Buffer, level: LogLevel = 'blocks'): LogInUseError {
  const goOn = level === 'blocks' ? 'go on with it: --resume; ' : '';
  return new LogInUseError(
    `${printable(logDir)} holds the log of an earlier count; ${goOn}count anew: another --log-dir, or remove this one first`,
  );
}

/**
 * Throws unless `now` describes the same count as `earlier`.
 * @param earlier Its files that are skipped may be in any state.
 * @param now The plan of this job, with the present state of the files.
 * @param allowGrowth Whether files may have grown since.
 * @throws ResumeError that names the difference.
 */
export function requireSamePlan(earlier: Plan, now: Plan, allowGrowth: boolean): void {
  const difference = findDifference(earlier, now, allowGrowth);
  if (difference === undefined) return;
  const { what, remedy = 'give the same as before' } =
    typeof difference === 'string' ? { what: difference } : difference;
  throw new ResumeError(`cannot resume: ${what}; ${remedy}, or count anew with another --log-dir`);
}

/** A difference and its remedy; without one, the remedy is to give the same as before. */
type Difference = string | { readonly what: string; readonly remedy: string };

function findDifference(earlier: Plan, now: Plan, allowGrowth: boolean): Difference | undefined {
  return (
    tallyDifference(earlier.spec, now.spec) ??
    walkDifference(earlier.walked, now.walked) ??
    fileDifference(earlier, now, allowGrowth) ??
    decodingDifference(earlier, now) ??
    gridDifference(earlier, now)
  );
}

const notWalked: WalkedFolders = { include: [], exclude: [], folders: [] };

function walkDifference(earlier = notWalked, now = notWalked): string | undefined {
  const paths = ({ folders }: WalkedFolders) => folders.map(({ path }) => path);
  return (
    listDifference('folder', 'folders', paths(earlier), paths(now)) ??
    listDifference('--include', '--include', earlier.include, now.include) ??
    listDifference('--exclude', '--exclude', earlier.exclude, now.exclude)
  );
}

function listDifference(
  one: string,
  many: string,
  earlier: readonly Buffer[],
  now: readonly Buffer[],
): string | undefined {
  const { length } = earlier;
  if (length !== now.length) return `it was begun with ${length} ${length === 1 ? one : many}, not ${now.length}`;
  const at = earlier.findIndex((each, index) => now[index]?.equals(each) !== true);
  const [before, after] = [earlier[at], now[at]];
  return before && after ? `${one} ${at + 1} was ${printable(before)}, not ${printable(after)}` : undefined;
}

function fileDifference(earlier: Plan, now: Plan, allowGrowth: boolean): Difference | undefined {
  const { length } = earlier.files;
  if (length !== now.files.length) return `it was begun with ${length} files, not ${now.files.length}`;
  for (let index = 0; index < length; index += 1) {
    const [before, after] = [earlier.files.at(index), now.files.at(index)];
    const shown = printable(before.path);
    if (!after.path.equals(before.path)) return `file ${index + 1} was ${shown}, not ${printable(after.path)}`;
    if (before.isSkipped === true) continue;
    const change = forbiddenChange(before, after, allowGrowth);
    if (change === undefined) continue;
    const what = `${shown} ${describeSince(change, before, after)}`;
    return change === 'grown' ? { what, remedy: 'if it only grew, resume with --allow-growth' } : what;
  }
  return undefined;
}

function decodingDifference(earlier: Plan, now: Plan): string | undefined {
  if (earlier.encoding !== now.encoding) {
    const shown = ({ encoding }: Plan) =>
      encoding === undefined ? 'without --encoding' : `with --encoding ${encoding}`;
    return `it was begun ${shown(earlier)}, not ${shown(now)}`;
  }
  if (earlier.decompress === now.decompress) return undefined;
  return earlier.decompress
    ? 'it was begun without --no-decompress'
    : 'it was begun with --no-decompress, or by a version that decodes no files';
}

function gridDifference({ grid: earlier }: Plan, { grid: now }: Plan): string | undefined {
  if (earlier.blockSize === now.blockSize) return undefined;
  return `it was begun with blocks of ${earlier.blockSize} bytes, not ${now.blockSize}`;
}
