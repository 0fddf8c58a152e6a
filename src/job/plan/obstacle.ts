import { printable } from '../../base/bytes.ts';
import { changeOf, describeSince } from '../../corpus/changes.ts';
import { InputError } from '../../corpus/input-error.ts';
import type { FileTable } from '../../corpus/file-table.ts';
import { fileStatus, type CorpusFile, type FileCheck } from '../../corpus/file-checks.ts';
import { checkFiles } from '../../corpus/check-files.ts';

/** Files that findObstacle() checks: some seconds where each has to be asked of a file server. */
export const maxCheckedFiles = 10_000;

/** Why a count cannot be resumed as it was begun. */
export interface Obstacle {
  /** `grown`: it can with --allow-growth. `missing`: not before the file is there. `changed`: not at all. */
  readonly kind: 'grown' | 'missing' | 'changed';
  /** Names the file. */
  readonly what: string;
}

const slash = 0x2f;
const kinds: readonly Obstacle['kind'][] = ['grown', 'missing', 'changed'];

/**
 * Checks whether files are still as a plan has them, up to `maxCheckedFiles` of them.
 * @returns The first of the gravest obstacles, if any.
 */
export async function findObstacle(planned: FileTable): Promise<Obstacle | undefined> {
  let gravest: Obstacle | undefined;
  await checkFiles(firstOf(planned), obstacleCheck, (found) => {
    if (found && (!gravest || kinds.indexOf(found.kind) > kinds.indexOf(gravest.kind))) gravest = found;
  });
  return gravest;
}

function* firstOf(planned: FileTable): Generator<CorpusFile> {
  const length = Math.min(planned.length, maxCheckedFiles);
  for (let index = 0; index < length; index += 1) yield planned.at(index);
}

const obstacleCheck: FileCheck<CorpusFile, Obstacle | undefined> = {
  now: (planned) => {
    try {
      return compare(planned, fileStatus.now(planned.path));
    } catch (error) {
      return missing(error);
    }
  },
  soon: async (planned) => fileStatus.soon(planned.path).then((now) => compare(planned, now), missing),
};

function compare(planned: CorpusFile, now: CorpusFile): Obstacle | undefined {
  const change = changeOf(planned, now);
  if (change === undefined) return undefined;
  // A plan does not tell which folder relative paths are of.
  const from = planned.path[0] === slash ? '' : ' (seen from this folder)';
  const what = `${printable(planned.path)} ${describeSince(change, planned, now)}${from}`;
  return { kind: change === 'grown' ? 'grown' : 'changed', what };
}

function missing(error: unknown): Obstacle {
  if (!(error instanceof InputError)) throw error;
  return { kind: 'missing', what: error.message };
}
