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
 * Refuses a log folder that others can write to, before what is in it is believed. One that is not there, or cannot be opened, is
 * for later.
 * @throws OutputError
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

/** Undoes what was begun in a log folder, when nothing has been counted yet. */
export type Undo = () => void;

/**
 * Makes what the ranks' logs need in the log folder. For rank 0, when all else is known to be right: a folder with a plan in it
 * is not used for another count.
 * @returns Undefined when the count may be resumed and another job began it at the same moment: prepare again.
 * @throws LogInUseError, OutputError
 */
export function makeLogFolder({ plan, terms, request }: PreparedJob, ranks: number): Undo | undefined {
  const { logDir } = plan;
  if (!logDir) return nothingToUndo;
  const undo = OutputError.guard(logDir, () => fillFolder(logDir, plan, terms, ranks));
  if (!undo && !request.resume) throw logInUse(logDir, terms.logging.level);
  return undo;
}

/** @returns Undefined when there is the plan of another job. */
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

/** Writes the plan. @returns Undefined when there is one. */
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

/** Removes a plan, unless a rank of another job, which took it for its own, has written to its log. */
function undoPlan(logDir: Buffer, before: number, remove: () => void): void {
  try {
    if (bytesLogged(logDir) === before) remove();
  } catch {
    // What made the job fail is told, not this.
  }
}

/** The size of all rank logs. */
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
    if (error instanceof OutputError || ['ENOENT', 'ENOTDIR'].includes(code)) return 0; // none, as jobs write them
    throw error;
  }
}

function sum(names: readonly string[], sizeOf: (name: string) => number): number {
  return names.reduce((total, name) => total + sizeOf(name), 0);
}

/** What the result cannot take the place of is better known before all is counted. */
function refuseFolderAsResult(folder: OpenFolder): void {
  const there = folder.status(resultName);
  OutputError.guard(joinPath(folder.path, resultName), () => {
    if (there?.isDirectory() === true) refuseUnlessFile(there);
  });
}

/** What is left of a count whose plan was removed. */
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
