import { setTimeout as sleep } from 'node:timers/promises';

import { clockTime } from '../base/clock.ts';
import { FollowedProgress } from '../report/followed-progress.ts';
import { ProgressPrinter } from '../report/progress-printer.ts';
import { beforeErrors } from './fail.ts';
import { progressScreen } from './progress-screen.ts';

// The logs of a large job take a while to read: reading them takes at most a tenth of the time.
const shortestPause = 1000;
const pausesPerReading = 9;

/**
 * Shows the progress of a count on standard error, as the count itself does, until it is complete or has stopped.
 * @throws ResumeError when the folder has no readable plan.
 */
export async function follow(logDir: Buffer): Promise<void> {
  const progress = new FollowedProgress(logDir);
  const printer = new ProgressPrinter(
    () => 'always',
    () => progressScreen(undefined),
  );
  beforeErrors(() => {
    printer.clear();
  });
  let isOver = await progress.read();
  if (isOver) return;
  printer.show(progress);
  while (!isOver) {
    const begun = clockTime();
    isOver = await progress.read();
    if (!isOver) await sleep(Math.max(shortestPause, pausesPerReading * (clockTime() - begun)));
  }
  printer.end();
}
