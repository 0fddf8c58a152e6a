import { describe, expect, test } from 'vitest';

import { slurm } from '../../../src/launch/slurm.ts';
import { LaunchError } from '../../../src/mpi/errors.ts';
import { fakeSystem, type FakeOptions } from './fake-system.ts';

const job = { SLURM_JOB_ID: '12', SLURM_JOB_NUM_NODES: '2', SLURM_NTASKS: '4', SLURMD_NODENAME: 'n1' };
// The last task of an array, whose SLURM_JOB_ID is that of the whole array.
const task = { ...job, SLURM_JOB_ID: '7', SLURM_ARRAY_JOB_ID: '7', SLURM_ARRAY_TASK_ID: '3' };

async function start(environment: FakeOptions['environment'], answers: FakeOptions['answers'] = {}) {
  const system = fakeSystem({ environment: environment ?? {}, answers });
  return { system, scheduler: await slurm(system) };
}

describe('a SLURM job', () => {
  test.each([
    ['-n', { SLURM_NTASKS: '5', SLURM_NTASKS_PER_NODE: '3' }, 5],
    ['--ntasks-per-node', { SLURM_NTASKS: undefined, SLURM_NTASKS_PER_NODE: '3' }, 6],
    ['neither', { SLURM_NTASKS: undefined }, 2],
    ['neither, on one node', { SLURM_NTASKS: undefined, SLURM_JOB_NUM_NODES: undefined }, 1],
  ])('takes the number of ranks from %s', async (_, more, ranks) => {
    expect((await start({ ...job, ...more })).scheduler.ranks).toBe(ranks);
  });

  test('gives each rank the threads of -c, binds none to a core, and passes -c on to srun', async () => {
    const { scheduler } = await start({ ...job, SLURM_CPUS_PER_TASK: '8' });
    expect(scheduler.options).toEqual(['--threads', '8']);
    expect(scheduler.settings).toEqual({
      SLURM_KILL_BAD_EXIT: '1',
      SRUN_CPUS_PER_TASK: '8',
      OMPI_MCA_hwloc_base_binding_policy: 'none',
      PRTE_MCA_hwloc_default_binding_policy: 'none',
    });
  });

  test('disables binding in Open MPI 5 without -c', async () => {
    const { scheduler } = await start(job);
    expect(scheduler.options).toEqual([]);
    expect(scheduler.settings).toEqual({ SLURM_KILL_BAD_EXIT: '1', PRTE_MCA_hwloc_default_binding_policy: 'none' });
  });

  const arrayQuestion = 'squeue --noheader --jobs=8 --format=%F_%K';
  test.each([
    ['the last task of an array', task, {}, '7_3', '7_3', []],
    [
      'another task of an array',
      { ...task, SLURM_JOB_ID: '8' },
      { [arrayQuestion]: '7_3\n' },
      '7_3',
      '8',
      [arrayQuestion],
    ],
    ['a task, where squeue fails', { ...task, SLURM_JOB_ID: '8' }, { [arrayQuestion]: 1 }, '7_3', '8', [arrayQuestion]],
    // sbatch passes on the variables of the job in which it is called.
    [
      'a job that a task of an array has submitted',
      { ...task, SLURM_JOB_ID: '8' },
      { [arrayQuestion]: '8_N/A\n' },
      '8',
      '8',
      [arrayQuestion],
    ],
  ])('is named and restarted alone: %s', async (_, environment, answers, name, id, asked) => {
    const { system, scheduler } = await start(environment, { ...answers, [`scontrol requeue ${id}`]: 0 });
    expect(scheduler).toMatchObject({ job: name, series: name });
    expect(await scheduler.startAgain?.('logs')).toBe('when SLURM starts the job again');
    await scheduler.timeLimit();
    expect(system.ran).toEqual([...asked, `scontrol requeue ${id}`, `squeue --noheader --jobs=${id} --format=%e`]);
  });

  test('gets its end from squeue if SLURM has not set it', async () => {
    const question = 'squeue --noheader --jobs=12 --format=%e';
    const known = await start({ ...job, SLURM_JOB_END_TIME: '5' });
    expect(await known.scheduler.timeLimit()).toEqual({});
    expect(known.system.ran).toEqual([]);
    const asked = await start(job, { [question]: '1700000000\n' });
    expect(await asked.scheduler.timeLimit()).toEqual({ settings: { SLURM_JOB_END_TIME: '1700000000' } });
    expect(await (await start(job, { [question]: 'Unknown\n' })).scheduler.timeLimit()).toEqual({});
    expect(await (await start(job)).scheduler.timeLimit()).toEqual({});
  });

  test('is not restarted when scontrol refuses', async () => {
    const { scheduler } = await start(job, { 'scontrol requeue 12': 1 });
    expect(await scheduler.startAgain?.('logs')).toBeUndefined();
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
      const { scheduler } = await start(job, answers);
      expect(await scheduler.nodeIsGone()).toBe(isGone);
    });
  });

  test.each([{}, { SLURM_JOB_ID_HET_GROUP_0: '12', SLURM_JOB_ID_HET_GROUP_1: '13' }])(
    'is refused when it is heterogeneous, %j',
    async (ids) => {
      await expect(start({ ...job, SLURM_HET_SIZE: '2', ...ids })).rejects.toThrow(
        new LaunchError(
          'this is a heterogeneous job, whose parts are started apart from each other; ' +
            'submit a job with one set of options, and no : between them',
        ),
      );
    },
  );

  test('is accepted when a heterogeneous job has submitted it', async () => {
    const outer = { SLURM_HET_SIZE: '2', SLURM_JOB_ID_HET_GROUP_0: '10', SLURM_JOB_ID_HET_GROUP_1: '11' };
    expect((await start({ ...job, ...outer })).scheduler.job).toBe('12');
  });

  test('is required', async () => {
    await expect(start({})).rejects.toThrow(
      new LaunchError('this is no SLURM job; submit it: sbatch -n 4 jobs/count.slurm -e love FILE'),
    );
  });
});
