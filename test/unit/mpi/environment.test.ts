import { expect, test } from 'vitest';

import { prepareEnvironment } from '../../../src/mpi/environment.ts';
import type { Launcher } from '../../../src/mpi/launcher.ts';

const needed = {
  UCX_MEM_EVENTS: 'n',
  UCX_ERROR_SIGNALS: 'SIGILL,SIGBUS,SIGFPE',
  UCX_DEBUG_SIGNO: '0',
  UCX_LOG_FILE: 'stderr',
  ZES_ENABLE_SYSMAN: '1',
};
const byMemory = {
  OMPI_MCA_pml: 'ob1',
  OMPI_MCA_btl: 'self,vader,tcp',
  OMPI_MCA_btl_vader_single_copy_mechanism: 'none',
};

function startedBy(size: number, localSize: number): Launcher {
  return { name: "Open MPI's mpirun", family: 'openmpi', size, rank: 0, localRank: 0, localSize };
}

test('the settings that MPI libraries need with Node are added', () => {
  const environment = { PATH: '/usr/bin' };
  prepareEnvironment(environment, startedBy(4, 2));
  expect(environment).toEqual({ PATH: '/usr/bin', ...needed });
});

test.each([
  ['ranks of one host', startedBy(4, 4)],
  ['a process without a launcher', undefined],
])('Open MPI does not look for networks for %s', (_, launcher) => {
  const environment = {};
  prepareEnvironment(environment, launcher);
  expect(environment).toEqual({ ...needed, ...byMemory });
});

test('ranks of one host do not use TCP with Open MPI 5', () => {
  const environment = { OMPI_VERSION: '5.0.7' };
  prepareEnvironment(environment, startedBy(4, 4));
  expect(environment).toEqual({ OMPI_VERSION: '5.0.7', ...needed, ...byMemory, OMPI_MCA_btl: 'self,vader' });
});

test.each(['OMPI_MCA_pml', 'OMPI_MCA_mtl', 'OMPI_MCA_btl'])('a user who sets %s has chosen the network', (name) => {
  const environment = { [name]: 'own' };
  prepareEnvironment(environment, startedBy(4, 4));
  expect(environment).toEqual({ ...needed, [name]: 'own' });
});

test("the user's settings stay, even empty ones", () => {
  const own = {
    UCX_MEM_EVENTS: 'y',
    UCX_ERROR_SIGNALS: '',
    UCX_DEBUG_SIGNO: 'SIGHUP',
    UCX_LOG_FILE: '/log',
    ZES_ENABLE_SYSMAN: '0',
    OMPI_MCA_pml: '',
    OMPI_MCA_btl_vader_single_copy_mechanism: 'cma',
  };
  const environment = { ...own };
  prepareEnvironment(environment, startedBy(1, 1));
  expect(environment).toEqual(own);
});
