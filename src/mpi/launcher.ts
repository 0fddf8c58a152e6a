import type { MpiFamily } from './builds.ts';

/** Who started this process as one of several ranks, as far as its environment tells. */
export interface Launcher {
  /** For messages, such as `"Open MPI's mpirun"`. */
  readonly name: string;
  /** The MPI that this launcher belongs to; undefined when it can start any. */
  readonly family: MpiFamily | undefined;
  /** The number of ranks that it announces, and which one of them this is. */
  readonly size: number;
  readonly rank: number;
  /** Which one it is of the ranks on this host, and how many these are. */
  readonly localRank: number;
  readonly localSize: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Signature {
  readonly name: string;
  readonly family: MpiFamily | undefined;
  readonly size: string;
  readonly rank: string;
  readonly localRank: string;
  readonly localSize: string;
}

// The order matters: Open MPI's and MPICH's launchers use srun to reach other nodes, so SLURM's variables are there, too,
// and then count the launcher's own processes. The batch shell has SLURM_NTASKS, but only a step has SLURM_STEP_NUM_TASKS.
const signatures: readonly Signature[] = [
  {
    name: "Open MPI's mpirun",
    family: 'openmpi',
    size: 'OMPI_COMM_WORLD_SIZE',
    rank: 'OMPI_COMM_WORLD_RANK',
    localRank: 'OMPI_COMM_WORLD_LOCAL_RANK',
    localSize: 'OMPI_COMM_WORLD_LOCAL_SIZE',
  },
  {
    name: "MPICH's mpiexec, or srun --mpi=pmi2",
    family: 'mpich',
    size: 'PMI_SIZE',
    rank: 'PMI_RANK',
    localRank: 'MPI_LOCALRANKID',
    localSize: 'MPI_LOCALNRANKS',
  },
  {
    name: 'srun',
    family: undefined,
    size: 'SLURM_STEP_NUM_TASKS',
    rank: 'SLURM_PROCID',
    localRank: 'SLURM_LOCALID',
    localSize: '', // see below
  },
];

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** The launcher of this process; undefined when it was started by hand. */
export function readLauncher(environment: Environment): Launcher | undefined {
  for (const signature of signatures) {
    const size = integer(environment[signature.size]);
    if (size === undefined) continue;
    // srun --mpi=pmix starts programs linked with Open MPI, as a rule; srun without a plugin starts plain processes.
    const family = signature.family ?? (environment['PMIX_RANK'] === undefined ? undefined : 'openmpi');
    const rank = integer(environment[signature.rank]) ?? 0;
    return {
      name: signature.name,
      family,
      size,
      rank,
      localRank: localRank(environment, signature),
      localSize: integer(environment[signature.localSize]) ?? Math.ceil(size / stepNodes(environment)),
    };
  }
  return undefined;
}

// srun --mpi=pmi2 sets MPICH's size and rank, but only SLURM's own local rank.
function localRank(environment: Environment, signature: Signature): number {
  return integer(environment[signature.localRank]) ?? integer(environment['SLURM_LOCALID']) ?? 0;
}

/** srun tells only how many hosts there are; ranks are spread over them, as a rule evenly. */
function stepNodes(environment: Environment): number {
  return Math.max(1, integer(environment['SLURM_STEP_NUM_NODES']) ?? 1);
}
