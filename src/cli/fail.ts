import { writeSync } from 'node:fs';
import { hostname } from 'node:os';

import type { AgreedFailure } from '../job/agree.ts';
import type { Claim, SpeakerElection } from '../job/speaker-election.ts';
import { stopSignals } from '../job/stop/stop.ts';
import { abortEarly } from '../mpi/abort-early.ts';
import { MpiError } from '../mpi/errors.ts';
import { readLocalRank, type Launcher } from '../mpi/launcher.ts';
import type { Session } from '../mpi/session.ts';
import { exitNow } from '../scan/scanner.ts';
import { ExitStatus, exitStatusOf } from './exit-status.ts';
import { reportFailure } from './launch/handover.ts';
import { oneLine } from './one-line.ts';
import { pause } from './pause.ts';

// After this, a rank whose claim was denied ends the job itself, because the rank that reports its error has not.
const maxHoldMilliseconds = 10_000;

// Launchers pass on what a rank writes, and drop what is still on its way when it aborts (seen with MPICH 4.0.2).
const deliveryMilliseconds = 200;

/** A rank and the number of ranks. */
interface Place {
  readonly rank: number;
  readonly size: number;
}

/** What is known about this rank and its job at the time of a failure. */
export interface FailureContext {
  readonly launcher: Launcher | undefined;
  readonly session: Session | undefined;
  /** Undefined in commands in which not all ranks take part in it. */
  readonly election: SpeakerElection | undefined;
}

/**
 * Ends this process, and with it the job, because of `error`: prints one line and sets the exit status of the job. It blocks
 * the event loop until the process ends, so that a failed rank takes part in no further reduction.
 */
export function fail(error: unknown, context: FailureContext): never {
  const { launcher, session } = context;
  // Another rank's abort makes the launcher signal this rank, which has nothing left to save and must end immediately.
  for (const signal of stopSignals) process.removeAllListeners(signal);
  const status = exitStatusOf(error);
  if (session) reportForJob(error, status, session, context);
  else reportForHost(error, status, launcher);
  // Only MPI_Abort gives the job the same status under every MPI when one rank ends it.
  if (session) session.world.abort(status);
  else abortEarly(status, process.env);
  exitNow(status);
}

/**
 * Reports a failure before MPI has started, unless another rank of this host does so. The cause usually affects all ranks of a
 * host alike, and without MPI they cannot agree: the first rank reports it and ends the job while the others wait.
 */
function reportForHost(error: unknown, status: number, launcher: Launcher | undefined): void {
  const localRank = launcher?.localRank ?? readLocalRank(process.env);
  if (localRank !== undefined && localRank > 0) {
    pause(2000);
    if (launcher) return;
    // A variable of the launcher may be wrong on this rank only.
  }
  if (launcher) pauseByRank(launcher); // the first rank of another host may have failed, too
  report(error, status, launcher);
  if (localRank !== undefined) pause(deliveryMilliseconds);
}

/** Reports a failure while MPI is running, unless another rank does so. */
function reportForJob(error: unknown, status: number, session: Session, { launcher, election }: FailureContext): void {
  // After an MPI error, another MPI call may end this process before it has printed the error.
  const claim = error instanceof MpiError ? 'unanswered' : tryClaim(election);
  if (claim === 'denied') {
    hold(maxHoldMilliseconds, election);
    return;
  }
  if (claim === 'unanswered') pauseByRank(session.world);
  report(error, status, session.world, session.host);
  if (launcher) hold(deliveryMilliseconds, claim === 'granted' ? election : undefined);
}

/** Waits longer on higher ranks, so that the lowest failed rank reports and ends the others first. */
function pauseByRank({ rank, size }: Place): void {
  pause((2000 * rank) / size);
}

function report(error: unknown, status: number, place: Place | undefined, host = hostname()): void {
  const what = messageFor(error, status);
  printError(place && place.size > 1 ? `rank ${place.rank} on ${host}: ${what}` : what);
  reportFailure(status);
}

/** Waits, and denies the claims of ranks that fail in the meantime. */
function hold(milliseconds: number, election: SpeakerElection | undefined): void {
  try {
    if (election) election.hold(milliseconds, pause);
    else pause(milliseconds);
  } catch {
    // The MPI error does not matter: the job ends anyway.
  }
}

function tryClaim(election: SpeakerElection | undefined): Claim {
  try {
    return election?.claim(pause) ?? 'unanswered';
  } catch {
    return 'unanswered'; // MPI no longer works
  }
}

/**
 * Ends this process because of a failure that all ranks know of. They finalize and exit with the same status, which every
 * launcher reports. After an abort, srun --mpi=pmi2 (SLURM 22.05) would instead report that it killed the ranks.
 */
export async function exitTogether({ reportingRank, cause }: AgreedFailure, session: Session): Promise<never> {
  const { world, host } = session;
  const status = Int32Array.of(exitStatusOf(cause));
  if (world.rank === reportingRank) report(cause, status[0] ?? ExitStatus.bug, world, host);
  await world.broadcast(status, reportingRank);
  session.finalize();
  session.exit(status[0] ?? ExitStatus.bug);
}

function messageFor(error: unknown, status: number): string {
  if (!(error instanceof Error)) return `a bug: ${String(error)}`;
  if (status !== ExitStatus.bug) return error.message;
  return `a bug, please report it with this: ${error.stack ?? error.message}`;
}

let beforeLine: () => void = () => undefined;

/** Calls a function before each line that is printed on standard error. */
export function beforeErrors(call: () => void): void {
  beforeLine = call;
}

/** Prints a message as one line of limited length on standard error. */
export function printError(message: string): void {
  beforeLine();
  try {
    writeSync(2, `${oneLine(`mpicount: ${message}`)}\n`);
  } catch {
    // Standard error is closed; the exit status still tells of the failure.
  }
}
