import { stopped } from './verdict.ts';
import { quoteWords } from './quote.ts';
import { decideStart, readStarts, writeStarts } from './requeue.ts';
import type { Scheduler } from './scheduler.ts';
import type { Task } from './start.ts';
import type { System } from './system.ts';
import type { Verdict } from './verdict.ts';

/** A job that has ended. */
export interface Ended {
  readonly task: Task;
  readonly logs: string;
  readonly verdict: Verdict;
  /** The maximum number of restarts. */
  readonly limit: number;
  hasProgressed(): Promise<boolean>;
}

/** Restarts a job if its verdict says so, and otherwise prints the command that resumes it. */
export async function goOn(system: System, scheduler: Scheduler, ended: Ended): Promise<void> {
  const tell = (what: string) => {
    system.printMessage(`${what}: ${resumeCommand(scheduler, ended)}`);
  };
  if (!ended.verdict.startsAgain) {
    if (ended.verdict.status !== stopped) return;
    tell(
      scheduler.startAgain ? `ended by ${scheduler.name}; to go on, if it does not start the job again` : 'to go on',
    );
    return;
  }
  if (!scheduler.startAgain) {
    tell('to go on');
    return;
  }
  const logDir = Buffer.from(ended.logs, 'latin1');
  const before = readStarts(logDir, scheduler.series, scheduler.restarts);
  const decision = decideStart(before, await ended.hasProgressed(), ended.limit);
  if ('refused' in decision) {
    tell(`not requeued, because ${decision.refused}; to go on`);
    return;
  }
  try {
    if (ended.task.resumable) writeStarts(logDir, decision.starts, ended.task.access);
  } catch (error) {
    // Without this record, a job that makes no progress could restart forever.
    tell(`not requeued, because it ${(error as Error).message}; to go on`);
    return;
  }
  const when = await scheduler.startAgain(ended.logs);
  if (when === undefined) tell(`not requeued, because ${scheduler.name} does not allow it; to go on`);
  else system.printMessage(`goes on ${when} (${decision.starts.again} of at most ${ended.limit} times)`);
}

function resumeCommand({ resumeCommand: command }: Scheduler, { task, logs }: Ended): string {
  const logDir = task.logDir.isGiven ? [] : ['--log-dir', logs];
  return `${task.resumeCommand ?? command} ${quoteWords([...logDir, ...task.args])}`;
}
