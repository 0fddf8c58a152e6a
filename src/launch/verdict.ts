import { constants } from 'node:os';

import { stopSignals } from '../job/stop/stop.ts';
import type { Outcome } from './outcome.ts';
import type { Supervised } from './supervise.ts';
import type { Ending } from './system.ts';

/** The exit status of a job that stopped early and can be resumed. All statuses here are those of cli/exit-status.ts. */
export const stopped = 85;
const status = { done: 0, mpi: 4, output: 5, skipped: 6 } as const;

/** What is known after a launcher has ended. */
export interface Evidence extends Supervised {
  /** The name of the launcher, for messages. */
  readonly launcher: string;
  readonly outcome: Outcome | undefined;
  /** Whether the scheduler or the user ended the job. */
  readonly ended: boolean;
  /** Whether another start could resume this count. */
  readonly resumable: boolean;
  /** Returns whether the log folder has a journal that another start resumes. */
  hasJournal(): boolean;
  nodeIsGone(): Promise<boolean>;
  /** Returns whether this start counted any block. */
  hasProgressed(): Promise<boolean>;
}

export interface Verdict {
  readonly status: number;
  /** The totals, when the status is 0, or 6 for totals without the files that were skipped. */
  readonly output?: Buffer;
  /** A message for the user. */
  readonly message?: string;
  /** Whether the job should restart. */
  readonly startsAgain: boolean;
}

/**
 * Decides how a job ended. The program's own outcome takes precedence over the launcher's exit status. Without an outcome there are
 * no totals: the job was stopped, lost a node, or the launcher failed.
 */
export async function judge(evidence: Evidence): Promise<Verdict> {
  const { outcome, ending, launcher, resumable, ended } = evidence;
  if (outcome) return ownVerdict(outcome, ended);
  const wasEnded = ended || diedOfStopSignal(ending);
  // The exit status of a launcher that was signalled means nothing. One that was to end, or died of the signal, may never have started
  // the ranks.
  if (resumable && (wasEnded ? evidence.hasJournal() : evidence.signalled)) {
    return { status: stopped, startsAgain: !ended };
  }
  const message = `${launcher} ${describe(ending)}, and the program left neither totals nor an exit status`;
  if (ended) {
    const noJournal = resumable ? ', nor a journal to resume from' : '';
    return { status: status.mpi, message: `${message}${noJournal}`, startsAgain: false };
  }
  if (ending.code === status.output) return { status: status.output, message, startsAgain: false };
  if (await evidence.nodeIsGone()) {
    const gone = 'a node of the job does not answer';
    return { status: resumable ? stopped : status.mpi, message: gone, startsAgain: true };
  }
  if (resumable && mayBeInterrupted(ending) && (await evidence.hasProgressed())) {
    return { status: stopped, message, startsAgain: true };
  }
  return { status: status.mpi, message: `${message}; see what it says above`, startsAgain: false };
}

function ownVerdict({ status: own, output }: Outcome, ended: boolean): Verdict {
  if (own === status.done || own === status.skipped) return { status: own, output, startsAgain: false };
  return { status: own, startsAgain: own === stopped && !ended };
}

/** Returns whether a launcher died of a signal that stops a job, which shells and some launchers report as 128 + N. */
function diedOfStopSignal({ code, signal }: Ending): boolean {
  return stopSignals.some((name) => name === signal || (code ?? 0) === 128 + constants.signals[name]);
}

// Launchers that lost a node end with 0, 1, or a status of their own such as Open MPI's 213. A shell's status for a signal (128 + N),
// or Hydra's (N), means that a rank died, and it would die again.
function mayBeInterrupted({ code }: Ending): boolean {
  return code === 0 || code === 1 || (code !== undefined && code > 128 + 64);
}

function describe({ code, signal, startError }: Ending): string {
  if (startError) return `cannot be started: ${startError.message}`;
  return signal === undefined ? `ended with status ${code ?? 'unknown'}` : `was killed by ${signal}`;
}
