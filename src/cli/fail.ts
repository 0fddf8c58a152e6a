import { writeSync } from 'node:fs';
import { hostname } from 'node:os';

import { printable } from '../bytes.ts';
import { FailedElsewhere } from '../job/agree.ts';
import type { Launcher } from '../mpi/launcher.ts';
import type { Session } from '../mpi/session.ts';
import { ExitStatus, exitStatusOf } from './exit-status.ts';
import { pause } from './pause.ts';

/** What is known of this rank's place in the job when something fails.
 * Without a session there is no MPI to act through: what keeps it from starting is the same for all ranks of a host, and one speaks for them. */
export interface Circumstances {
  readonly launcher: Launcher | undefined;
  readonly session: Session | undefined;
}

/**
 * Ends this process, and with it the job, because of `error`: says so in one line, and gives the job its exit status.
 * Nothing else happens here meanwhile, so that a rank that has failed takes no part in a reduction any more.
 */
export function fail(error: unknown, { launcher, session }: Circumstances): never {
  const status = exitStatusOf(error);
  const rank = session?.world.rank ?? launcher?.rank ?? 0;
  const size = session?.world.size ?? launcher?.size ?? 1;
  const someoneElseSpeaks = error instanceof FailedElsewhere || (!session && launcher && launcher.localRank > 0);
  if (someoneElseSpeaks) {
    pause(session ? 30_000 : 2000); // the other one ends the job before that
  } else {
    // Trouble often comes to all ranks at once. The lower ones are quicker, and end the others before these speak.
    pause((2000 * rank) / size);
    say(
      size > 1 ? `rank ${rank} on ${session?.host ?? hostname()}: ${explain(error, status)}` : explain(error, status),
    );
  }
  // Launchers pass on what a rank writes, and drop what is still on its way when it aborts (seen with MPICH 4.0.2).
  if (launcher) pause(200);
  // Only MPI_Abort gives the job the same status under every MPI.
  session?.world.abort(status);
  process.exit(status);
}

function explain(error: unknown, status: number): string {
  if (!(error instanceof Error)) return `a bug: ${String(error)}`;
  if (status !== ExitStatus.bug) return error.message;
  return `a bug, please report it with this: ${error.stack ?? error.message}`;
}

/** One line on standard error, whatever is in it. */
export function say(message: string): void {
  const line = printable(Buffer.from(message.replace(/\s*\n\s*/g, ' | ')));
  try {
    writeSync(2, `mpicount: ${line}\n`);
  } catch {
    // No one listens any more; the exit status has to do.
  }
}
