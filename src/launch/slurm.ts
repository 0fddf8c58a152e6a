import { LaunchError } from '../mpi/errors.ts';
import { nothingKnown, positive, type Scheduler, type TimeLimit } from './scheduler.ts';
import type { Environment, Finished, System } from './system.ts';

/**
 * Returns the SLURM job that this process is part of.
 * @throws LaunchError outside a SLURM job, or in one that is not supported.
 */
export async function slurm(system: System): Promise<Scheduler> {
  const { environment } = system;
  const id = environment['SLURM_JOB_ID'];
  if (id === undefined) {
    throw new LaunchError('this is no SLURM job; submit it: sbatch -n 4 jobs/count.slurm -e love FILE');
  }
  if (isHeterogeneous(environment, id)) {
    throw new LaunchError(
      'this is a heterogeneous job, whose parts are started apart from each other; ' +
        'submit a job with one set of options, and no : between them',
    );
  }
  const job = ownId(environment, id);
  const name = await nameOf(system, id);
  const nodes = positive(environment['SLURM_JOB_NUM_NODES'] ?? environment['SLURM_NNODES']) ?? 1;
  const threads = positive(environment['SLURM_CPUS_PER_TASK']) ?? 1;
  return {
    ...nothingKnown,
    name: 'SLURM',
    job: name,
    series: name,
    restarts: positive(environment['SLURM_RESTART_COUNT']) ?? 0,
    // Without -n, --ntasks-per-node decides.
    ranks: positive(environment['SLURM_NTASKS']) ?? nodes * (positive(environment['SLURM_NTASKS_PER_NODE']) ?? 1),
    launcher: ['mpirun'],
    options: threads > 1 ? ['--threads', String(threads)] : [],
    settings: settings(threads),
    timeLimit: () => timeLimit(system, job),
    nodeIsGone: () => nodeIsGone(system, nodes),
    startAgain: async () => {
      const { status } = await system.run(['scontrol', 'requeue', job], { seconds: 60 });
      return status === 0 ? 'when SLURM starts the job again' : undefined;
    },
    resumeCommand: 'sbatch jobs/count.slurm',
  };
}

// A job that is submitted from within another one inherits the variables of that job, and SLURM replaces only those that it sets: in a
// job that is no task of an array, the SLURM_ARRAY_* may be those of the job that submitted it. SLURM_JOB_ID is always the job's own.

/** Returns the name of this job for SLURM's commands. In an array, the SLURM_JOB_ID of the last task is that of the whole array. */
function ownId({ SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: task }: Environment, id: string): string {
  return array === id && task !== undefined ? `${array}_${task}` : id;
}

/** Returns the name of this job for users: in an array, `ARRAY_TASK`. */
async function nameOf(system: System, id: string): Promise<string> {
  const { SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: task } = system.environment;
  if (array === undefined || task === undefined) return id;
  const inArray = `${array}_${task}`;
  if (array === id) return inArray;
  const { status, output } = await askSqueue(system, id, '%F_%K');
  return status === 0 && output.trim() !== inArray ? id : inArray;
}

function isHeterogeneous(environment: Environment, id: string): boolean {
  const { SLURM_HET_SIZE: size, SLURM_JOB_ID_HET_GROUP_0: first = id } = environment;
  return size !== undefined && first === id;
}

function askSqueue(system: System, job: string, format: string): Promise<Finished> {
  return system.run(['squeue', '--noheader', `--jobs=${job}`, `--format=${format}`], {
    seconds: 30,
    environment: { ...system.environment, SLURM_TIME_FORMAT: '%s' },
  });
}

function settings(threads: number): Environment {
  return {
    // srun, unlike all other launchers, would otherwise let the ranks wait for one that died.
    SLURM_KILL_BAD_EXIT: '1',
    // Open MPI 5 refuses to bind ranks to cores where a node has more CPUs in SLURM than cores ("binding more processes than cpus").
    PRTE_MCA_hwloc_default_binding_policy: 'none',
    // Open MPI 4 would bind all threads of a rank to one core, and srun would not inherit -c from sbatch.
    ...(threads > 1 && { OMPI_MCA_hwloc_base_binding_policy: 'none', SRUN_CPUS_PER_TASK: String(threads) }),
  };
}

/** Asks squeue for the end of the job, because SLURM 22.05 does not set SLURM_JOB_END_TIME. */
async function timeLimit(system: System, job: string): Promise<TimeLimit> {
  if (system.environment['SLURM_JOB_END_TIME'] !== undefined) return {};
  const { output } = await askSqueue(system, job, '%e');
  const end = output.trim();
  return /^\d+$/.test(end) ? { settings: { SLURM_JOB_END_TIME: end } } : {};
}

/** Probes the nodes with srun, because launchers notice a dead node, and end, minutes before SLURM does. */
async function nodeIsGone(system: System, nodes: number): Promise<boolean> {
  const own = system.environment['SLURMD_NODENAME'] ?? system.host;
  if (await answer(system, nodes)) return false;
  // If srun fails even on this node, its failure says nothing about the others.
  return answer(system, 1, `--nodelist=${own}`);
}

async function answer(system: System, nodes: number, ...more: string[]): Promise<boolean> {
  const command = ['srun', '--overlap', '--mpi=none', `--nodes=${nodes}`, `--ntasks=${nodes}`, ...more, 'true'];
  const { status } = await system.run(command, { seconds: 60 });
  return status === 0;
}
