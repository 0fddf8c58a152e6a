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

/** A rank among all. */
interface Place {
  readonly rank: number;
  readonly size: number;
}

/** What is known of this rank's place in the job when something fails. */
export interface FailureContext {
  readonly launcher: Launcher | undefined;
  readonly session: Session | undefined;
  /** Where all ranks take part in it. */
  readonly election: SpeakerElection | undefined;
}

/**
 * Ends this process, and with it the job, because of `error`: says so in one line, and gives the job its exit status.
 * Nothing else happens here meanwhile, so that a rank that has failed takes no part in a reduction any more.
 */
export function fail(error: unknown, context: FailureContext): never {
  const { launcher, session } = context;
  // A launcher ends the other ranks with a signal, which from now on must end this one at once: it has nothing to save.
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
 * Says what has failed, unless another rank of this host does so. Without a session there is no MPI to act through: what keeps it
 * from starting is the same for all ranks of a host, and the first of them speaks and ends the job before others do.
 */
function reportForHost(error: unknown, status: number, launcher: Launcher | undefined): void {
  const localRank = launcher?.localRank ?? readLocalRank(process.env);
  if (localRank !== undefined && localRank > 0) {
    pause(2000);
    if (launcher) return;
    // A variable of the launcher may be wrong on this rank only.
  }
  if (launcher) pauseByRank(launcher); // the first of another host may have failed, too
  report(error, status, launcher);
  if (localRank !== undefined) pause(deliveryMilliseconds);
}

/** Says what has failed, unless another rank does so. */
function reportForJob(error: unknown, status: number, session: Session, { launcher, election }: FailureContext): void {
  // After an error of MPI, another call of MPI may end this process before it has said anything.
  const claim = error instanceof MpiError ? 'unanswered' : tryClaim(election);
  if (claim === 'denied') {
    hold(maxHoldMilliseconds, election);
    return;
  }
  if (claim === 'unanswered') pauseByRank(session.world);
  report(error, status, session.world, session.host);
  if (launcher) hold(deliveryMilliseconds, claim === 'granted' ? election : undefined);
}

/** Lower ranks are quicker, and end the others before these speak. */
function pauseByRank({ rank, size }: Place): void {
  pause((2000 * rank) / size);
}

function report(error: unknown, status: number, place: Place | undefined, host = hostname()): void {
  const what = messageFor(error, status);
  printError(place && place.size > 1 ? `rank ${place.rank} on ${host}: ${what}` : what);
  reportFailure(status);
}

/** Waits, and tells others that fail meanwhile to say nothing. */
function hold(milliseconds: number, election: SpeakerElection | undefined): void {
  try {
    if (election) election.hold(milliseconds, pause);
    else pause(milliseconds);
  } catch {
    // MPI reports an error; the job is to end anyway.
  }
}

function tryClaim(election: SpeakerElection | undefined): Claim {
  try {
    return election?.claim(pause) ?? 'unanswered';
  } catch {
    return 'unanswered'; // MPI reports an error
  }
}

/**
 * Ends this process because of what all ranks know to have failed. They finalize and exit with the same status, which every
 * launcher reports; of an abort, srun --mpi=pmi2 (SLURM 22.05) would report that it killed the ranks.
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

/** One line on standard error, whatever is in it, and however long that is. */
export function printError(message: string): void {
  try {
    writeSync(2, `${oneLine(`mpicount: ${message}`)}\n`);
  } catch {
    // No one listens any more; the exit status has to do.
  }
}
