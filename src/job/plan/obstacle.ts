import { printable } from '../../base/bytes.ts';
import { changeOf, describeSince } from '../../corpus/changes.ts';
import { InputError } from '../../corpus/input-error.ts';
import type { FileTable } from '../../corpus/file-table.ts';
import { fileStatus, type CorpusFile, type FileCheck } from '../../corpus/file-checks.ts';
import { checkFiles } from '../../corpus/check-files.ts';

/** The number of files that findObstacle() checks at most; on a network file system this takes some seconds. */
export const maxCheckedFiles = 10_000;

/** A reason why a count cannot simply be resumed. */
export interface Obstacle {
  /** `grown`: it can be resumed with --allow-growth. `missing`: it can be once the file exists. `changed`: it cannot be. */
  readonly kind: 'grown' | 'missing' | 'changed';
  /** The reason for a person, with the path of the file. */
  readonly what: string;
}

const slash = 0x2f;
const kinds: readonly Obstacle['kind'][] = ['grown', 'missing', 'changed'];

/**
 * Compares the first `maxCheckedFiles` files of a plan with their present state.
 * @returns The first of the most serious obstacles; undefined if there is none.
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
  for (let index = 0; index < length; index += 1) {
    const file = planned.at(index);
    if (file.isSkipped !== true) yield file;
  }
}

const obstacleCheck: FileCheck<CorpusFile, Obstacle | undefined> = {
  sync: (planned) => {
    try {
      return compare(planned, fileStatus.sync(planned.path));
    } catch (error) {
      return missing(error);
    }
  },
  async: async (planned) => fileStatus.async(planned.path).then((now) => compare(planned, now), missing),
};

function compare(planned: CorpusFile, now: CorpusFile): Obstacle | undefined {
  const change = changeOf(planned, now);
  if (change === undefined) return undefined;
  // The plan does not contain the folder to which relative paths belong.
  const from = planned.path[0] === slash ? '' : ' (seen from this folder)';
  const what = `${printable(planned.path)} ${describeSince(change, planned, now)}${from}`;
  return { kind: change === 'grown' ? 'grown' : 'changed', what };
}

function missing(error: unknown): Obstacle {
  if (!(error instanceof InputError)) throw error;
  return { kind: 'missing', what: error.message };
}
