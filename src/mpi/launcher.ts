import { quoted } from '../base/bytes.ts';
import type { MpiFamily } from './family.ts';
import { LaunchError } from './errors.ts';

/** The launcher that started this process as a rank, as its environment describes it. */
export interface Launcher {
  /** The name for messages, such as `"Open MPI's mpirun"`. */
  readonly name: string;
  /** The MPI that this launcher belongs to; undefined when it can start programs of any MPI. */
  readonly family: MpiFamily | undefined;
  /** The number of ranks that it announces, and the rank of this process. */
  readonly size: number;
  readonly rank: number;
  /** The rank of this process among those on its host, and their number. */
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

// The order matters: Open MPI's and MPICH's launchers use srun to reach other nodes, so SLURM's variables are also set, but describe
// the launcher's own processes. SLURM_NTASKS is set in the batch shell, too; SLURM_STEP_NUM_TASKS only in a step.
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
    localSize: '', // srun does not set one
  },
];

// MPI counts ranks in a C int.
const maxRanks = 2 ** 31 - 1;

/**
 * Detects the launcher of this process; undefined when it was started without one.
 * @throws LaunchError for values that no launcher sets. Anyone can set these variables, and the rest of the program relies on them.
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
    // srun sets only the number of hosts, over which it usually distributes ranks evenly.
    const localSize =
      read(signature.localSize, 1, size) ?? Math.ceil(size / (read('SLURM_STEP_NUM_NODES', 1, maxRanks) ?? 1));
    return {
      name: signature.name,
      // srun --mpi=pmix usually starts programs linked with Open MPI; srun without a plugin starts processes without MPI.
      family: signature.family ?? (environment['PMIX_RANK'] === undefined ? undefined : 'openmpi'),
      size,
      rank: rank ?? 0,
      // srun --mpi=pmi2 sets MPICH's variables of size and rank, but only SLURM's own variable of the local rank.
      localRank: read(signature.localRank, 0, size - 1) ?? read('SLURM_LOCALID', 0, size - 1) ?? 0,
      localSize,
    };
  }
  return undefined;
}

/**
 * Returns the rank of this process among those on its host when readLauncher() has refused a variable. If that is the one of the local
 * rank, it returns the rank in the job, so that the ranks still differ; undefined if no variable has either.
 */
export function readLocalRank(environment: Environment): number | undefined {
  const signature = signatures.find(({ size }) => (environment[size] ?? '') !== '');
  if (!signature) return undefined;
  const digits = (variable: string) => /^[0-9]+$/.exec(environment[variable] ?? '')?.[0];
  const number = (variable: string) => Number(digits(variable) ?? NaN);
  const size = number(signature.size) || Infinity; // it may be the refused one
  const local = [number(signature.localRank), number('SLURM_LOCALID')];
  return [...local, number(signature.rank)].find((rank) => rank < size);
}

/** Parses the number in a variable; undefined when it is unset or empty. @throws LaunchError */
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
