import { quoted } from '../base/bytes.ts';
import type { MpiFamily } from './family.ts';
import { LaunchError } from './errors.ts';

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
    localSize: '', // srun does not tell
  },
];

// MPI counts ranks in a C int.
const maxRanks = 2 ** 31 - 1;

/**
 * The launcher of this process; undefined when it was started by hand.
 * @throws LaunchError for a variable that no launcher would set so. Anyone can set them, and all else here trusts these numbers.
 */
export function readLauncher(environment: Environment): Launcher | undefined {
  for (const signature of signatures) {
    const read = (variable: string, min: number, max: number) => readNumber(environment, variable, min, max, signature);
    const size = read(signature.size, 1, maxRanks);
    if (size === undefined) continue;
    const rank = read(signature.rank, 0, size - 1);
    if (rank === undefined && size > 1) {
      throw new LaunchError(`${signature.size}='${size}', but ${signature.rank} is not set: ${remedy(signature)}`);
    }
    // srun tells only how many hosts there are; ranks are spread over them, as a rule evenly.
    const localSize =
      read(signature.localSize, 1, size) ?? Math.ceil(size / (read('SLURM_STEP_NUM_NODES', 1, maxRanks) ?? 1));
    return {
      name: signature.name,
      // srun --mpi=pmix starts programs linked with Open MPI, as a rule; srun without a plugin starts plain processes.
      family: signature.family ?? (environment['PMIX_RANK'] === undefined ? undefined : 'openmpi'),
      size,
      rank: rank ?? 0,
      // srun --mpi=pmi2 sets MPICH's size and rank, but only SLURM's own local rank.
      localRank: read(signature.localRank, 0, size - 1) ?? read('SLURM_LOCALID', 0, size - 1) ?? 0,
      localSize,
    };
  }
  return undefined;
}

/** This rank among those of its host, where readLauncher() refuses another variable; undefined where it is not told, either. */
export function readLocalRank(environment: Environment): number | undefined {
  const signature = signatures.find(({ size }) => (environment[size] ?? '') !== '');
  if (!signature) return undefined;
  const text = environment[signature.localRank] ?? environment['SLURM_LOCALID'] ?? '';
  return /^[0-9]+$/.test(text) ? Number(text) : undefined;
}

/** The number in a variable; undefined when it is not set, or empty. @throws LaunchError */
function readNumber(
  environment: Environment,
  variable: string,
  min: number,
  max: number,
  signature: Signature,
): number | undefined {
  const text = environment[variable] ?? '';
  if (text === '') return undefined;
  const number = /^[0-9]+$/.test(text) ? Number(text) : NaN;
  if (number >= min && number <= max) return number;
  throw new LaunchError(
    `${variable}=${quoted(Buffer.from(text))} is not a number from ${min} to ${max}: ${remedy(signature)}`,
  );
}

function remedy({ name, size }: Signature): string {
  return `${name} sets it for each rank; to start mpicount by hand, unset ${size}`;
}
