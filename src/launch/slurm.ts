import { LaunchError } from '../mpi/errors.ts';
import { nothingKnown, positive, type Scheduler, type TimeLimit } from './scheduler.ts';
import type { Environment, System } from './system.ts';

/**
 * Returns the SLURM job that this process is part of.
 * @throws LaunchError outside a SLURM job, or in one that is not supported.
 */
export function slurm(system: System): Scheduler {
  const { environment } = system;
  const id = environment['SLURM_JOB_ID'];
  if (id === undefined) {
    throw new LaunchError('this is no SLURM job; submit it: sbatch -n 4 jobs/count.slurm -e love FILE');
  }
  if (environment['SLURM_HET_SIZE'] !== undefined) {
    throw new LaunchError(
      'this is a heterogeneous job, whose parts are started apart from each other; ' +
        'submit a job with one set of options, and no : between them',
    );
  }
  const job = taskIdentity(environment, id);
  const nodes = positive(environment['SLURM_JOB_NUM_NODES'] ?? environment['SLURM_NNODES']) ?? 1;
  const threads = positive(environment['SLURM_CPUS_PER_TASK']) ?? 1;
  return {
    ...nothingKnown,
    name: 'SLURM',
    job,
    series: job,
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

// In an array, the SLURM_JOB_ID of the last task is that of the whole array: `scontrol requeue` would restart all tasks.
function taskIdentity(environment: Environment, id: string): string {
  const { SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: task } = environment;
  return array !== undefined && task !== undefined ? `${array}_${task}` : id;
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
  const { output } = await system.run(['squeue', '--noheader', `--jobs=${job}`, '--format=%e'], {
    seconds: 30,
    environment: { ...system.environment, SLURM_TIME_FORMAT: '%s' },
  });
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
