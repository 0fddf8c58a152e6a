import { writeSync } from 'node:fs';

/**
 * Makes the launcher end the job, with `status` as the job's exit status, before MPI has started. MPICH's mpiexec ignores a rank that
 * exits before MPI_Init, in which all others then wait forever (seen with 4.0.2). The message is the one that MPI_Abort sends:
 * https://github.com/pmodels/mpich/blob/v4.0.2/src/pmi/simple/simple_pmi.c, PMI_Abort. Other launchers need no message.
 */
export function abortEarly(status: number, environment: Readonly<Record<string, string | undefined>>): void {
  const descriptor = environment['PMI_FD'] ?? '';
  // SLURM's pmi2 also sets PMI_FD, for another protocol, but no local rank.
  if (environment['MPI_LOCALRANKID'] === undefined || !/^[0-9]+$/.test(descriptor)) return;
  try {
    writeSync(Number(descriptor), `cmd=abort exitcode=${status}\n`);
  } catch {
    // The launcher has ended, or has not passed on the descriptor.
  }
}
