import { printable } from '../base/bytes.ts';
import { Layout } from '../corpus/grid.ts';
import { ResumeError } from '../job/journal/errors.ts';
import { findingsDone, type Journal } from '../job/journal/job-state.ts';
import { readJournal, type JournalObserver } from '../job/journal/journal.ts';
import { pathsOf } from '../job/notes/finding-notes.ts';
import { planSkipping, readPlan } from '../job/plan/plan-file.ts';
import type { Plan } from '../job/plan/plan.ts';
import { invalidInput, type InvalidInput } from '../job/skip/invalid-lines.ts';
import { skippedInput, type SkippedInput } from '../job/skip/skipped-input.ts';

/** How far a count has got, by the files of its log folder. */
export interface CountProgress {
  readonly plan: Plan;
  readonly journal: Journal;
  readonly skipped: SkippedInput | undefined;
  /** The lines that are left out. */
  readonly invalid: InvalidInput | undefined;
  /** The size of all files that are not skipped. */
  readonly bytes: number;
  readonly bytesDone: number;
}

/**
 * Reads the plan and the rank logs of a count, during it or after it has ended in any way. Needs no MPI.
 * @param observer Sees each event of the rank logs.
 * @throws ResumeError if the folder has no readable plan, or its rank logs have no blocks.
 */
export async function readProgress(logDir: Buffer, observer?: JournalObserver): Promise<CountProgress> {
  const found = readPlan(logDir);
  if (!found) throw new ResumeError(`${printable(logDir)}: no plan.json in it, so not the log folder of a count`);
  const { level } = found;
  if (level !== 'blocks') {
    throw new ResumeError(
      `${printable(logDir)}: counted with --log ${level}, so all there is to see is result.json, once it is done`,
    );
  }
  const journal = await readJournal(logDir, found.plan, undefined, observer);
  const plan = planSkipping(found.plan, journal.skipped.keys());
  const skipped = skippedInput({ plan, skipped: journal.skipped, streams: [] });
  const bytes = plan.files.bytes - (skipped?.bytes ?? 0);
  const missing = new Layout(plan.files.parts, plan.grid).bytes(journal.missing);
  const invalid = invalidInput(findingsDone(journal), pathsOf({ plan, streams: [] }));
  return { plan, journal, skipped, invalid, bytes, bytesDone: bytes - missing };
}

/** Says that all blocks of a count are counted, and what is left out nevertheless. */
export function completeState({ skipped, invalid }: Pick<CountProgress, 'skipped' | 'invalid'>): string {
  const leftOut = [...(skipped ? ['the skipped files'] : []), ...(invalid ? ['the lines left out'] : [])];
  return leftOut.length === 0 ? 'complete' : `complete, but for ${leftOut.join(' and ')}`;
}
