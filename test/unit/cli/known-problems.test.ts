import { describe, expect, test } from 'vitest';

import { relevantVariables, knownProblems, type RankFacts } from '../../../src/cli/doctor/known-problems.ts';

/** A rank with nothing wrong about it. */
const fine: RankFacts = {
  host: 'node1',
  node: '22.1.0',
  mpicount: '0.1.0',
  library: 'Open MPI v5.0.3',
  scanning: 'with AVX2 vectors',
  scanFailure: null,
  decoding: [],
  cores: 8,
  allowedCpus: null,
  temporaryFolder: null,
  root: false,
  hwloc: '2.9.0',
  usesUcx: true,
  environment: { OMPI_COMM_WORLD_SIZE: '2', UCX_ERROR_SIGNALS: 'SIGILL,SIGBUS,SIGFPE', UCX_MEM_EVENTS: 'n' },
};
const symptoms = (...ranks: RankFacts[]) => knownProblems(ranks).map(({ symptom }) => symptom);
const withEnvironment = (environment: Record<string, string>, facts: Partial<RankFacts> = {}): RankFacts => ({
  ...fine,
  ...facts,
  environment,
});

test('ranks without problems have no known problems', () => {
  expect(knownProblems([fine, fine])).toEqual([]);
  expect(knownProblems([withEnvironment({})])).toEqual([]);
  expect(knownProblems([])).toEqual([]);
});

describe('the problem of an hwloc that changes the environment', () => {
  test.each([
    ['2.4.1', false],
    ['2.5.0', true],
    ['2.6.0', true],
    ['2.7.0', true],
    ['2.7.1', false],
    ['2.9.0', false],
    ['1.11.13', false],
    ['3.5.0', false],
    [null, false],
  ])('is reported for version %s: %s', (hwloc, trapped) => {
    expect(knownProblems([withEnvironment({}, { hwloc })])).toEqual(
      trapped
        ? [
            {
              symptom: `hwloc ${hwloc ?? ''} changes the environment while other threads read it, and may crash a rank`,
              remedy: 'export ZES_ENABLE_SYSMAN=1, or use hwloc 2.7.1 or newer',
            },
          ]
        : [],
    );
    expect(knownProblems([withEnvironment({ ZES_ENABLE_SYSMAN: '1' }, { hwloc })])).toEqual([]);
  });

  test('is reported when the variable has another value', () => {
    expect(knownProblems([withEnvironment({ ZES_ENABLE_SYSMAN: '0' }, { hwloc: '2.6.0' })])).toHaveLength(1);
  });
});

describe('problems of UCX', () => {
  test.each(['y', 'Y', 'yes', 'on', '1', 'try'])('are reported with UCX_MEM_EVENTS=%s', (value) => {
    expect(knownProblems([withEnvironment({ UCX_MEM_EVENTS: value })])).toEqual([
      {
        symptom: "UCX's memory hooks are on, which may crash a rank while it starts",
        remedy: 'unset UCX_MEM_EVENTS, or set it to n, as is done where it is not set',
      },
    ]);
    expect(knownProblems([withEnvironment({ UCX_MEM_EVENTS: value }, { usesUcx: false })])).toEqual([]);
  });

  test.each(['SIGSEGV', 'SIGILL,SIGSEGV,SIGBUS', 'SEGV'])('are reported with UCX_ERROR_SIGNALS=%s', (value) => {
    expect(knownProblems([withEnvironment({ UCX_ERROR_SIGNALS: value })])).toEqual([
      {
        symptom: 'UCX takes over SIGSEGV, which Node may use itself',
        remedy: 'unset UCX_ERROR_SIGNALS, or set it to SIGILL,SIGBUS,SIGFPE, as is done where it is not set',
      },
    ]);
    expect(knownProblems([withEnvironment({ UCX_ERROR_SIGNALS: value }, { usesUcx: false })])).toEqual([]);
  });
});

describe('the problem of running as root', () => {
  const refuses = {
    symptom: "Open MPI's mpirun refuses to work for root",
    remedy: 'work as another user, or export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1',
  };
  test.each([
    ['with Open MPI', {}, {}, [refuses]],
    ['with Open MPI, allowed', { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' }, {}, []],
    ['with Open MPI, allowed by half, which it does not take', { OMPI_ALLOW_RUN_AS_ROOT: '1' }, {}, [refuses]],
    ['with MPICH', {}, { library: 'MPICH 4.0.2' }, []],
    ['without an MPI', {}, { library: 'none' }, []],
  ])('%s', (_name, environment, facts, found) => {
    expect(knownProblems([withEnvironment(environment, { root: true, ...facts })])).toEqual(found);
  });
});

describe('the problem of a SLURM job without ranks', () => {
  test('is reported when no launcher started ranks', () => {
    expect(knownProblems([withEnvironment({ SLURM_JOB_ID: '7' })])).toEqual([
      {
        symptom: 'this is a SLURM job, but nothing started ranks in it',
        remedy:
          'start it with mpirun, or with srun --mpi=pmix (Open MPI) or srun --mpi=pmi2 (MPICH); srun --mpi=list shows what there is',
      },
    ]);
  });

  test.each(['OMPI_COMM_WORLD_SIZE', 'PMI_SIZE', 'SLURM_STEP_NUM_TASKS'])('is not reported when %s is set', (name) => {
    expect(knownProblems([withEnvironment({ SLURM_JOB_ID: '7', [name]: '2' })])).toEqual([]);
  });
});

describe('ranks with version mismatches', () => {
  test.each([
    ['mpicount', '0.2.0'],
    ['node', '20.19.0'],
    ['library', 'Open MPI v4.1.4'],
  ] as const)('are reported for %s', (what, other) => {
    expect(knownProblems([fine, { ...fine, [what]: other }, fine])).toEqual([
      {
        symptom: `ranks run different versions of ${what}: ${fine[what]}; ${other}`,
        remedy: 'use one installation on all hosts, for instance on the shared file system',
      },
    ]);
  });

  test('are not reported for hosts with different numbers of cores', () => {
    expect(knownProblems([fine, { ...fine, host: 'node2', cores: 2 }])).toEqual([]);
  });
});

describe('oversubscribed hosts', () => {
  const on = (host: string, cores: number, count: number) =>
    Array.from({ length: count }, (): RankFacts => ({ ...fine, host, cores }));

  test('are each reported once', () => {
    const found = knownProblems([...on('node1', 2, 3), ...on('node2', 4, 4), ...on('node3', 1, 2)]);
    expect(found.map(({ symptom }) => symptom)).toEqual([
      '3 ranks share 2 cores on node1',
      '2 ranks share 1 core on node3',
    ]);
    expect(found[0]?.remedy).toBe(
      'start fewer; if it must be: OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1 (Open MPI 4), ' +
        'PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe (Open MPI 5)',
    );
  });

  test('are found when their ranks are not consecutive', () => {
    const [a, b] = [on('node1', 1, 1), on('node2', 2, 1)];
    expect(symptoms(...a, ...b, ...a, ...b)).toEqual(['2 ranks share 1 core on node1']);
  });
});

describe('ranks that are bound to cores', () => {
  const bound = (...lists: (string | null)[]) =>
    lists.map((allowedCpus): RankFacts => ({ ...fine, cores: 1, allowedCpus }));

  test.each([
    ['each to one of its own', ['0', '1'], []],
    ['each to two of its own', ['0-1', '2,3'], []],
    ['two to the same', ['0', '0'], ['2 ranks share 1 core on node1']],
    ['three to two', ['0', '1', '0-1'], ['3 ranks share 2 cores on node1']],
    ['not at all, on a host with as many', ['0-3,8', '0-3,8', '0-3,8', '0-3,8', '0-3,8'], []],
    ['where one does not know', ['0', null, null], ['3 ranks share 1 core on node1']],
  ])('%s', (_name, lists, found) => {
    expect(symptoms(...bound(...lists))).toEqual(found);
  });

  test('are checked for each host separately', () => {
    const [first, second] = bound('0', '0');
    expect(symptoms(first!, { ...second!, host: 'node2' })).toEqual([]);
  });
});

test('a scan addon that does not load is a known problem whose symptom includes the remedy', () => {
  const scanFailure = 'cannot load scan.node: it is not built; build it with: mpicount build';
  expect(knownProblems([{ ...fine, scanFailure }])).toEqual([{ symptom: scanFailure }]);
});

test('an unusable folder for temporary files is a known problem with Open MPI', () => {
  const temporaryFolder = 'the folder for temporary files, TMPDIR=/x, cannot be used: there is no such folder';
  expect(knownProblems([{ ...fine, temporaryFolder }])).toEqual([
    { symptom: temporaryFolder, remedy: 'make that folder, set TMPDIR to one that you can write to, or unset it' },
  ]);
  expect(knownProblems([{ ...fine, temporaryFolder, library: 'MPICH 4.0.2' }])).toEqual([]);
});

test('a problem of many ranks is reported once, and every problem is reported', () => {
  const rank = withEnvironment({ SLURM_JOB_ID: '7', UCX_MEM_EVENTS: 'y' }, { hwloc: '2.5.0', root: true, cores: 1 });
  expect(symptoms(rank, rank, rank)).toEqual([
    'hwloc 2.5.0 changes the environment while other threads read it, and may crash a rank',
    "UCX's memory hooks are on, which may crash a rank while it starts",
    "Open MPI's mpirun refuses to work for root",
    'this is a SLURM job, but nothing started ranks in it',
    '3 ranks share 1 core on node1',
  ]);
});

test('relevantVariables lists every variable that is read', () => {
  const names = ['OMPI_ALLOW_RUN_AS_ROOT', 'SLURM_JOB_ID', 'SLURM_STEP_NUM_TASKS', 'OMPI_COMM_WORLD_SIZE', 'PMI_SIZE'];
  const more = ['UCX_ERROR_SIGNALS', 'UCX_MEM_EVENTS', 'ZES_ENABLE_SYSMAN'];
  expect(relevantVariables).toEqual(expect.arrayContaining([...names, ...more]));
});
