import { describe, expect, test } from 'vitest';

import { LaunchError } from '../../../src/mpi/errors.ts';
import { readLauncher, readLocalRank } from '../../../src/mpi/launcher.ts';

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
      'a launcher of one rank that tells the size only',
      { PMI_SIZE: '1' },
      { name: mpichName, family: 'mpich', size: 1, rank: 0, localRank: 0, localSize: 1 },
    ],
    [
      'variables of another launcher that are empty',
      { ...hydra, OMPI_COMM_WORLD_SIZE: '' },
      { name: mpichName, family: 'mpich', size: 4, rank: 3, localRank: 1, localSize: 2 },
    ],
  ])('%s', (_name, environment, launcher) => {
    expect(readLauncher(environment)).toEqual(launcher);
  });

  test.each([
    ['started by hand', { PATH: '/usr/bin', HOME: '/home/me' }],
    ['the batch shell of a SLURM job, which is no rank', batchShell],
    ['empty variables', { OMPI_COMM_WORLD_SIZE: '', PMI_SIZE: '', SLURM_STEP_NUM_TASKS: '' }],
  ])('none: %s', (_name, environment) => {
    expect(readLauncher(environment)).toBeUndefined();
  });

  const bySrun = step('4', '3', '1');
  const ranks = '1 to 2147483647';
  test.each([
    [{ ...openMpi, OMPI_COMM_WORLD_SIZE: '0' }, 'OMPI_COMM_WORLD_SIZE', '0', ranks],
    [{ ...openMpi, OMPI_COMM_WORLD_SIZE: '-1' }, 'OMPI_COMM_WORLD_SIZE', '-1', ranks],
    [{ ...openMpi, OMPI_COMM_WORLD_SIZE: '1e1' }, 'OMPI_COMM_WORLD_SIZE', '1e1', ranks],
    [{ ...openMpi, OMPI_COMM_WORLD_SIZE: ' 4' }, 'OMPI_COMM_WORLD_SIZE', ' 4', ranks],
    [{ ...openMpi, OMPI_COMM_WORLD_SIZE: '2147483648' }, 'OMPI_COMM_WORLD_SIZE', '2147483648', ranks],
    [{ ...openMpi, OMPI_COMM_WORLD_RANK: '4' }, 'OMPI_COMM_WORLD_RANK', '4', '0 to 3'],
    [{ ...openMpi, OMPI_COMM_WORLD_RANK: '-1' }, 'OMPI_COMM_WORLD_RANK', '-1', '0 to 3'],
    [{ ...openMpi, OMPI_COMM_WORLD_LOCAL_RANK: 'x' }, 'OMPI_COMM_WORLD_LOCAL_RANK', 'x', '0 to 3'],
    [{ ...openMpi, OMPI_COMM_WORLD_LOCAL_SIZE: '5' }, 'OMPI_COMM_WORLD_LOCAL_SIZE', '5', '1 to 4'],
    [{ ...hydra, PMI_SIZE: '0' }, 'PMI_SIZE', '0', ranks],
    [{ ...hydra, PMI_SIZE: 'four' }, 'PMI_SIZE', 'four', ranks],
    [{ ...hydra, PMI_SIZE: '\x1b[31m4\n' }, 'PMI_SIZE', '\\x1b[31m4\\x0a', ranks],
    [{ ...hydra, PMI_RANK: '9'.repeat(400) }, 'PMI_RANK', `${'9'.repeat(40)}…' (400 bytes)`, '0 to 3'],
    [{ ...hydra, MPI_LOCALRANKID: '4' }, 'MPI_LOCALRANKID', '4', '0 to 3'],
    [{ ...hydra, MPI_LOCALNRANKS: '0' }, 'MPI_LOCALNRANKS', '0', '1 to 4'],
    [{ ...bySrun, SLURM_STEP_NUM_TASKS: '-1' }, 'SLURM_STEP_NUM_TASKS', '-1', ranks],
    [{ ...bySrun, SLURM_PROCID: '4' }, 'SLURM_PROCID', '4', '0 to 3'],
    [{ ...bySrun, SLURM_LOCALID: 'NaN' }, 'SLURM_LOCALID', 'NaN', '0 to 3'],
    [{ ...bySrun, SLURM_STEP_NUM_NODES: '0' }, 'SLURM_STEP_NUM_NODES', '0', ranks],
  ])('%j is refused', (environment, variable, shown, range) => {
    const [name, size] =
      'PMI_SIZE' in environment
        ? [mpichName, 'PMI_SIZE']
        : 'OMPI_COMM_WORLD_SIZE' in environment
          ? [openMpiName, 'OMPI_COMM_WORLD_SIZE']
          : ['srun', 'SLURM_STEP_NUM_TASKS'];
    const value = shown.endsWith(')') ? `'${shown}` : `'${shown}'`;
    const message =
      `${variable}=${value} is not a number from ${range}: ` +
      `${name} sets it for each rank; to start mpicount by hand, unset ${size}`;
    expect(() => readLauncher(environment)).toThrow(new LaunchError(message));
  });

  test('a size without a rank is refused', () => {
    const message =
      "PMI_SIZE='2', but PMI_RANK is not set: " +
      `${mpichName} sets it for each rank; to start mpicount by hand, unset PMI_SIZE`;
    expect(() => readLauncher({ PMI_SIZE: '2' })).toThrow(new LaunchError(message));
  });

  test.each([
    [{ ...openMpi, OMPI_COMM_WORLD_SIZE: '0' }, 1],
    [{ ...openMpi, OMPI_COMM_WORLD_LOCAL_RANK: 'x' }, Number(openMpi.OMPI_COMM_WORLD_RANK)],
    [{ ...openMpi, OMPI_COMM_WORLD_LOCAL_RANK: '9' }, Number(openMpi.OMPI_COMM_WORLD_RANK)],
    [{ ...openMpi, OMPI_COMM_WORLD_LOCAL_RANK: 'x', OMPI_COMM_WORLD_RANK: 'x' }, undefined],
    [{ ...hydra, PMI_RANK: '9' }, 1],
    [{ ...step('4', '3', '2'), PMI_SIZE: '0' }, 2],
    [{ ...bySrun, SLURM_PROCID: '4' }, 1],
    [{ ...batchShell }, undefined],
    [{ OMPI_COMM_WORLD_LOCAL_RANK: '1' }, undefined],
  ])('the local rank is read where other variables are wrong: %j', (environment, localRank) => {
    expect(readLocalRank(environment)).toBe(localRank);
  });
});
