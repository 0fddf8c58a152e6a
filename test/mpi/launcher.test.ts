import { describe, expect, test } from 'vitest';

import { readLauncher } from '../../src/mpi/launcher.ts';

// The variables are those that real launchers set; README and docs say nothing of them, so they are here in full.

const openMpi = {
  OMPI_COMM_WORLD_SIZE: '4',
  OMPI_COMM_WORLD_RANK: '3',
  OMPI_COMM_WORLD_LOCAL_RANK: '1',
  OMPI_COMM_WORLD_LOCAL_SIZE: '2',
  PMIX_RANK: '3',
};
const hydra = { PMI_SIZE: '4', PMI_RANK: '3', MPI_LOCALNRANKS: '2', MPI_LOCALRANKID: '1', PMI_FD: '9' };
const batchShell = {
  SLURM_JOB_ID: '7',
  SLURM_NTASKS: '4',
  SLURM_NPROCS: '4',
  SLURM_PROCID: '0',
  SLURM_LOCALID: '0',
  SLURM_NNODES: '2',
};
/** A step of srun: one task on each node is what mpirun and mpiexec start their own helpers with. */
const step = (tasks: string, task: string, local: string) => ({
  ...batchShell,
  SLURM_STEP_ID: '0',
  SLURM_STEP_NUM_TASKS: tasks,
  SLURM_STEP_NUM_NODES: '2',
  SLURM_PROCID: task,
  SLURM_LOCALID: local,
});
const openMpiName = "Open MPI's mpirun";
const mpichName = "MPICH's mpiexec, or srun --mpi=pmi2";

describe('the launcher', () => {
  test.each([
    [
      "Open MPI's mpirun",
      openMpi,
      { name: openMpiName, family: 'openmpi', size: 4, rank: 3, localRank: 1, localSize: 2 },
    ],
    ["MPICH's mpiexec", hydra, { name: mpichName, family: 'mpich', size: 4, rank: 3, localRank: 1, localSize: 2 }],
    [
      "Open MPI's mpirun in a SLURM job",
      { ...step('2', '1', '0'), ...openMpi },
      { name: openMpiName, family: 'openmpi', size: 4, rank: 3, localRank: 1, localSize: 2 },
    ],
    [
      "MPICH's mpiexec in a SLURM job",
      { ...step('2', '1', '0'), ...hydra },
      { name: mpichName, family: 'mpich', size: 4, rank: 3, localRank: 1, localSize: 2 },
    ],
    [
      'srun --mpi=pmi2, which has no local rank of its own',
      { ...step('4', '3', '1'), PMI_SIZE: '4', PMI_RANK: '3', PMI_FD: '9' },
      { name: mpichName, family: 'mpich', size: 4, rank: 3, localRank: 1, localSize: 2 },
    ],
    [
      'srun --mpi=pmix',
      { ...step('4', '3', '1'), PMIX_RANK: '3', PMIX_NAMESPACE: 'slurm.pmix.7.0' },
      { name: 'srun', family: 'openmpi', size: 4, rank: 3, localRank: 1, localSize: 2 },
    ],
    [
      'srun without MPI, which may be any',
      step('4', '3', '1'),
      { name: 'srun', family: undefined, size: 4, rank: 3, localRank: 1, localSize: 2 },
    ],
    [
      'a launcher of one rank',
      { OMPI_COMM_WORLD_SIZE: '1', OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_LOCAL_RANK: '0' },
      { name: openMpiName, family: 'openmpi', size: 1, rank: 0, localRank: 0, localSize: 1 },
    ],
    [
      'a launcher that tells the size only',
      { PMI_SIZE: '2' },
      { name: mpichName, family: 'mpich', size: 2, rank: 0, localRank: 0, localSize: 2 },
    ],
  ])('%s', (_name, environment, launcher) => {
    expect(readLauncher(environment)).toEqual(launcher);
  });

  test.each([
    ['started by hand', { PATH: '/usr/bin', HOME: '/home/me' }],
    ['the batch shell of a SLURM job, which is no rank', batchShell],
    ['values that are no numbers', { OMPI_COMM_WORLD_SIZE: '', PMI_SIZE: 'four', SLURM_STEP_NUM_TASKS: '-1' }],
  ])('none: %s', (_name, environment) => {
    expect(readLauncher(environment)).toBeUndefined();
  });
});
