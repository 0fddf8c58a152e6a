import { availableParallelism } from 'node:os';

import { onOneHost } from '../../src/mpi/environment.ts';
import { launcherOf, type Mpi } from '../../test/support/job.ts';

/** How a command starts on so many ranks, with the settings of scripts/start.sh (most are those of test/support/job.ts). */
export function launch(mpi: Mpi, ranks: number): { command: string[]; environment: Record<string, string> } {
  return {
    command: [launcherOf(mpi), '-np', String(ranks)],
    environment: {
      OMPI_MCA_mpi_yield_when_idle: ranks > availableParallelism() ? '1' : '0',
      // mpicount sets these itself. Without them, the other programs would start 0.2 s later.
      ...onOneHost,
    },
  };
}

export function ranksOf(ranks: number): string {
  return `${ranks} rank${ranks === 1 ? '' : 's'}`;
}

/** In the names of contestants. */
export const nameOfMpi = { openmpi: 'Open MPI', mpich: 'MPICH' } as const;
