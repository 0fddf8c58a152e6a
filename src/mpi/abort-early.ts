import { writeSync } from 'node:fs';

/**
 * Has the launcher end the job, with `status` as the job's, where MPI has not started. MPICH's mpiexec takes no notice of a rank
 * that ends before MPI_Init, in which all others then wait for ever (seen with 4.0.2). This is what MPI_Abort sends:
 * https://github.com/pmodels/mpich/blob/v4.0.2/src/pmi/simple/simple_pmi.c, PMI_Abort. Other launchers need nothing.
 */
export function abortEarly(status: number, environment: Readonly<Record<string, string | undefined>>): void {
  const descriptor = environment['PMI_FD'] ?? '';
  // SLURM's pmi2 sets PMI_FD, too, for another protocol, and no local rank.
  if (environment['MPI_LOCALRANKID'] === undefined || !/^[0-9]+$/.test(descriptor)) return;
  try {
    writeSync(Number(descriptor), `cmd=abort exitcode=${status}\n`);
  } catch {
    // The launcher has ended, or passed no such descriptor on.
  }
}
