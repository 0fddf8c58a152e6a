import { readJournal } from '../job/journal/journal.ts';
import { readPlan } from '../job/plan/plan-file.ts';

/** How many blocks the journals of a log folder hold; 0 when they cannot be read, which the program itself will say. */
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
