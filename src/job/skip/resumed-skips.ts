import { ResumeError } from '../journal/errors.ts';
import type { Plan, SkippedFiles } from '../plan/plan.ts';

export const noSkips: SkippedFiles = new Map();

/**
 * Returns the files that are skipped when a count is resumed, besides those that the logs tell of: once skipped, a file stays skipped, and one
 * that cannot be read any more is skipped, too.
 * @param now The plan of this job, with the present state of the files.
 */
export function resumedSkips(earlier: Plan, now: Plan): SkippedFiles {
  return new Map([...(now.skipped ?? noSkips), ...(earlier.skipped ?? noSkips)]);
}

/** @throws ResumeError if an earlier run has skipped files, although this one is not to. */
export function requireNoSkips(skipped: SkippedFiles): void {
  if (skipped.size === 0) return;
  const files = skipped.size === 1 ? 'a file' : `${skipped.size} files`;
  throw new ResumeError(
    `cannot resume: it was begun with --skip-unreadable, which skipped ${files}; give it again, or count anew with another --log-dir`,
  );
}
