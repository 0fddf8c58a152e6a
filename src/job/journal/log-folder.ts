import { readdirSync, unlinkSync } from 'node:fs';

import { folderMode, refuseUnlessFile, requireOwnFolder, setMode, type Access } from '../durable/access.ts';
import { makeFolder, makeFolders } from '../durable/folders.ts';
import { whileOpen, withFolder, type OpenFolder } from '../durable/open-folder.ts';
import { joinPath, OutputError } from '../durable/output-error.ts';
import type { Logging, Plan } from '../plan/plan.ts';
import { createPlan, logInUse } from '../plan/plan-file.ts';
import type { JobSettings, PreparedJob } from '../job.ts';
import { rankLogFolders } from './rank-log.ts';
import { resultName } from '../result.ts';

/**
 * Checks, before anything in the log folder is trusted, that no other user can write to it. A folder that is missing or cannot be
 * opened passes; later steps report it.
 * @throws OutputError if other users can write to the folder, or it belongs to one of them.
 */
export function checkLogFolder(logDir: Buffer, access: Access): void {
  try {
    withFolder(logDir, [], (folder) => {
      requireOwnFolder(folder, access);
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw new OutputError(logDir, error);
  }
}

/** Removes the plan from a log folder again if the job fails before it counts anything. */
export type Undo = () => void;

/**
 * Makes the log folder, writes the plan and makes the folders of the rank logs. Rank 0 calls this as the last step of its
 * preparation, since a folder with a plan is not used for another count.
 * @returns Undefined if another job wrote a plan at the same moment and the request is to resume: then prepare again.
 * @throws LogInUseError if another job wrote a plan and the request is not to resume; OutputError if writing fails.
 */
export function makeLogFolder({ plan, settings, request }: PreparedJob, ranks: number): Undo | undefined {
  const { logDir } = plan;
  if (!logDir) return nothingToUndo;
  const undo = OutputError.guard(logDir, () => fillFolder(logDir, plan, settings, ranks));
  if (!undo && !request.resume) throw logInUse(logDir, settings.logging.level);
  return undo;
}

/** @returns Undefined if another job has written a plan. */
function fillFolder(logDir: Buffer, plan: Plan, { logging, resumed }: JobSettings, ranks: number): Undo | undefined {
  const isNew = makeFolders(logDir, folderMode(logging));
  return withFolder(logDir, [], (folder) => {
    if (isNew) setMode(folder.fd, folderMode(logging), logging);
    requireOwnFolder(folder, logging);
    refuseFolderAsResult(folder);
    const undo = resumed ? nothingToUndo : beginPlan(logDir, plan, logging);
    if (!undo) return undefined;
    try {
      if (!resumed) removeOldResult(folder);
      if (logging.level !== 'off') makeRankFolders(folder, ranks, logging);
    } catch (error) {
      undo();
      throw error;
    }
    return undo;
  });
}

const nothingToUndo: Undo = () => undefined;

/** Writes the plan. @returns Undefined if there is one already. */
function beginPlan(logDir: Buffer, plan: Plan, logging: Logging): Undo | undefined {
  const before = bytesLogged(logDir);
  const remove = createPlan(logDir, plan, logging.level, logging);
  return (
    remove &&
    (() => {
      undoPlan(logDir, before, remove);
    })
  );
}

/** Removes the plan, unless another job has already resumed with it and written to a rank log. */
function undoPlan(logDir: Buffer, before: number, remove: () => void): void {
  try {
    if (bytesLogged(logDir) === before) remove();
  } catch {
    // The error that made the job fail is reported instead.
  }
}

/** Returns the size of all rank logs, in bytes. */
function bytesLogged(logDir: Buffer): number {
  try {
    return withFolder(logDir, ['ranks'], (ranks) =>
      sum(readdirSync(ranks.pathOf('.')), (name) =>
        whileOpen(ranks.openBelow(name), (folder) =>
          sum(readdirSync(folder.pathOf('.')), (log) => folder.status(log)?.size ?? 0),
        ),
      ),
    );
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (error instanceof OutputError || ['ENOENT', 'ENOTDIR'].includes(code)) return 0; // no rank logs of a job
    throw error;
  }
}

function sum(names: readonly string[], sizeOf: (name: string) => number): number {
  return names.reduce((total, name) => total + sizeOf(name), 0);
}

/** Refuses a folder in the place of the result now: otherwise writing the result would fail after the whole count. */
function refuseFolderAsResult(folder: OpenFolder): void {
  const there = folder.status(resultName);
  OutputError.guard(joinPath(folder.path, resultName), () => {
    if (there?.isDirectory() === true) refuseUnlessFile(there);
  });
}

/** Removes the result of an earlier count whose plan the user has removed. */
function removeOldResult(folder: OpenFolder): void {
  if (folder.status(resultName)) unlinkSync(folder.pathOf(resultName));
}

function makeRankFolders(folder: OpenFolder, ranks: number, access: Access): void {
  for (const name of rankLogFolders(ranks)) makeBelow(folder, name.split('/'), access);
}

function makeBelow(folder: OpenFolder, [name, ...more]: readonly string[], access: Access): void {
  if (name === undefined) return;
  OutputError.guard(joinPath(folder.path, name), () => {
    const isNew = makeFolder(folder.pathOf(name), folderMode(access));
    whileOpen(folder.openBelow(name), (below) => {
      if (isNew) setMode(below.fd, folderMode(access), access);
      requireOwnFolder(below, access);
      makeBelow(below, more, access);
    });
  });
}
