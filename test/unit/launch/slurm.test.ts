import { describe, expect, test } from 'vitest';

import { slurm } from '../../../src/launch/slurm.ts';
import { LaunchError } from '../../../src/mpi/errors.ts';
import { fakeSystem, type FakeOptions } from './fake-system.ts';

const job = { SLURM_JOB_ID: '12', SLURM_JOB_NUM_NODES: '2', SLURM_NTASKS: '4', SLURMD_NODENAME: 'n1' };
const task = { ...job, SLURM_JOB_ID: '7', SLURM_ARRAY_JOB_ID: '7', SLURM_ARRAY_TASK_ID: '3' };

function start(environment: FakeOptions['environment'], answers: FakeOptions['answers'] = {}) {
  const system = fakeSystem({ environment: environment ?? {}, answers });
  return { system, scheduler: slurm(system) };
}

describe('a SLURM job', () => {
  test.each([
    ['-n', { SLURM_NTASKS: '5', SLURM_NTASKS_PER_NODE: '3' }, 5],
    ['--ntasks-per-node', { SLURM_NTASKS: undefined, SLURM_NTASKS_PER_NODE: '3' }, 6],
    ['neither', { SLURM_NTASKS: undefined }, 2],
    ['neither, on one node', { SLURM_NTASKS: undefined, SLURM_JOB_NUM_NODES: undefined }, 1],
  ])('takes the number of ranks from %s', (_, more, ranks) => {
    expect(start({ ...job, ...more }).scheduler.ranks).toBe(ranks);
  });

  test('gives each rank the threads of -c, binds none to a core, and passes -c on to srun', () => {
    const { scheduler } = start({ ...job, SLURM_CPUS_PER_TASK: '8' });
    expect(scheduler.options).toEqual(['--threads', '8']);
    expect(scheduler.settings).toEqual({
      SLURM_KILL_BAD_EXIT: '1',
      SRUN_CPUS_PER_TASK: '8',
      OMPI_MCA_hwloc_base_binding_policy: 'none',
      PRTE_MCA_hwloc_default_binding_policy: 'none',
    });
  });

  test('disables binding in Open MPI 5 without -c', () => {
    const { scheduler } = start(job);
    expect(scheduler.options).toEqual([]);
    expect(scheduler.settings).toEqual({ SLURM_KILL_BAD_EXIT: '1', PRTE_MCA_hwloc_default_binding_policy: 'none' });
  });

  test('identifies a single task of an array', async () => {
    const { system, scheduler } = start(task, { 'scontrol requeue 7_3': 0 });
    expect(scheduler).toMatchObject({ job: '7_3', series: '7_3' });
    expect(await scheduler.startAgain?.('logs')).toBe('when SLURM starts the job again');
    await scheduler.timeLimit();
    expect(system.ran).toEqual(['scontrol requeue 7_3', 'squeue --noheader --jobs=7_3 --format=%e']);
  });

  test('gets its end from squeue if SLURM has not set it', async () => {
    const question = 'squeue --noheader --jobs=12 --format=%e';
    const known = start({ ...job, SLURM_JOB_END_TIME: '5' });
    expect(await known.scheduler.timeLimit()).toEqual({});
    expect(known.system.ran).toEqual([]);
    const asked = start(job, { [question]: '1700000000\n' });
    expect(await asked.scheduler.timeLimit()).toEqual({ settings: { SLURM_JOB_END_TIME: '1700000000' } });
    expect(await start(job, { [question]: 'Unknown\n' }).scheduler.timeLimit()).toEqual({});
    expect(await start(job).scheduler.timeLimit()).toEqual({});
  });

  test('is not restarted when scontrol refuses', async () => {
    expect(await start(job, { 'scontrol requeue 12': 1 }).scheduler.startAgain?.('logs')).toBeUndefined();
  });

  describe('whether a node is gone:', () => {
    const all = 'srun --overlap --mpi=none --nodes=2 --ntasks=2 true';
    const own = 'srun --overlap --mpi=none --nodes=1 --ntasks=1 --nodelist=n1 true';
    test.each([
      ['no, where all nodes answer', { [all]: 0, [own]: 0 }, false],
      ['yes, where only this node answers', { [all]: 1, [own]: 0 }, true],
      ['yes, where the others take too long', { [all]: 124, [own]: 0 }, true],
      ['no, where srun fails on this node, too', { [all]: 1, [own]: 1 }, false],
      ['no, where there is no srun', {}, false],
    ])('%s', async (_, answers, isGone) => {
      expect(await start(job, answers).scheduler.nodeIsGone()).toBe(isGone);
    });
  });

  test('is refused when it is heterogeneous', () => {
    expect(() => start({ ...job, SLURM_HET_SIZE: '2' })).toThrow(
      new LaunchError(
        'this is a heterogeneous job, whose parts are started apart from each other; ' +
          'submit a job with one set of options, and no : between them',
      ),
    );
  });

  test('is required', () => {
    expect(() => start({})).toThrow(
      new LaunchError('this is no SLURM job; submit it: sbatch -n 4 jobs/count.slurm -e love FILE'),
    );
  });
});
