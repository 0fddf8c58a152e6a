import { readPlan } from '../job/plan/plan-file.ts';

/** Returns whether a log folder holds a count that can be resumed; `false` when its plan is unreadable, which the ranks will report. */
export function hasJournal(logDir: Buffer): boolean {
  try {
    return readPlan(logDir)?.level === 'blocks';
  } catch {
    return false;
  }
}
