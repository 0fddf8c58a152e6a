import { writeSync } from 'node:fs';
import { hostname } from 'node:os';

import type { AgreedFailure } from '../job/agree.ts';
import { stopSignals } from '../job/stop/stop.ts';
import type { Launcher } from '../mpi/launcher.ts';
import type { Session } from '../mpi/session.ts';
import { exitNow } from '../scan/scanner.ts';
import { ExitStatus, exitStatusOf } from './exit-status.ts';
import { reportFailure } from './launch/handover.ts';
import { oneLine } from './one-line.ts';
import { pause } from './pause.ts';

/** What is known of this rank's place in the job when something fails.
 * Without a session there is no MPI to act through: what keeps it from starting is the same for all ranks of a host, and one speaks for them. */
export interface FailureContext {
  readonly launcher: Launcher | undefined;
  readonly session: Session | undefined;
}

/**
 * Ends this process, and with it the job, because of `error`: says so in one line, and gives the job its exit status.
 * Nothing else happens here meanwhile, so that a rank that has failed takes no part in a reduction any more.
 */
export function fail(error: unknown, { launcher, session }: FailureContext): never {
  // A launcher ends the other ranks with a signal, which from now on must end this one at once: it has nothing to save.
  for (const signal of stopSignals) process.removeAllListeners(signal);
  const status = exitStatusOf(error);
  const rank = session?.world.rank ?? launcher?.rank ?? 0;
  const size = session?.world.size ?? launcher?.size ?? 1;
  if (!session && launcher && launcher.localRank > 0) {
    pause(2000); // the one that speaks has ended the job before that
  } else {
    // Trouble often comes to all ranks at once. The lower ones are quicker, and end the others before these speak.
    pause((2000 * rank) / size);
    say(
      size > 1 ? `rank ${rank} on ${session?.host ?? hostname()}: ${explain(error, status)}` : explain(error, status),
    );
    reportFailure(status);
  }
  // Launchers pass on what a rank writes, and drop what is still on its way when it aborts (seen with MPICH 4.0.2).
  if (launcher) pause(200);
  // Only MPI_Abort gives the job the same status under every MPI when one rank ends it.
  session?.world.abort(status);
  exitNow(status);
}

/**
 * Ends this process because of what all ranks know to have failed. They finalize and exit with the same status, which every
 * launcher reports; of an abort, srun --mpi=pmi2 (SLURM 22.05) would report that it killed the ranks.
 */
export async function exitTogether({ speaker, cause }: AgreedFailure, session: Session): Promise<never> {
  const { world, host } = session;
  const status = Int32Array.of(exitStatusOf(cause));
  if (world.rank === speaker) {
    const what = explain(cause, status[0] ?? ExitStatus.bug);
    say(world.size > 1 ? `rank ${speaker} on ${host}: ${what}` : what);
    reportFailure(status[0] ?? ExitStatus.bug);
  }
  await world.broadcast(status, speaker);
  session.finalize();
  session.exit(status[0] ?? ExitStatus.bug);
}

function explain(error: unknown, status: number): string {
  if (!(error instanceof Error)) return `a bug: ${String(error)}`;
  if (status !== ExitStatus.bug) return error.message;
  return `a bug, please report it with this: ${error.stack ?? error.message}`;
}

/** One line on standard error, whatever is in it, and however long that is. */
export function say(message: string): void {
  try {
    writeSync(2, `${oneLine(`mpicount: ${message}`)}\n`);
  } catch {
    // No one listens any more; the exit status has to do.
  }
}
