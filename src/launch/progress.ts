import { readJournal } from '../job/journal/journal.ts';
import { readPlan } from '../job/plan/plan-file.ts';

/** Returns the number of blocks in the journals of a log folder; 0 when they are unreadable, which the ranks will report. */
export async function blocksDone(logDir: Buffer): Promise<number> {
  try {
    const found = readPlan(logDir);
    if (found?.level !== 'blocks') return 0;
    const { blocksDone: done } = await readJournal(logDir, found.plan);
    return done;
  } catch {
    return 0;
  }
}
