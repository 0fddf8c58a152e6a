import { expect, test } from 'vitest';

import { prepareEnvironment } from '../../../src/mpi/environment.ts';

test('the settings that MPI libraries need with Node are added', () => {
  const environment = { PATH: '/usr/bin' };
  prepareEnvironment(environment);
  expect(environment).toEqual({
    PATH: '/usr/bin',
    UCX_MEM_EVENTS: 'n',
    UCX_ERROR_SIGNALS: 'SIGILL,SIGBUS,SIGFPE',
    UCX_DEBUG_SIGNO: '0',
    UCX_LOG_FILE: 'stderr',
    ZES_ENABLE_SYSMAN: '1',
  });
});

test("the user's settings stay, even empty ones", () => {
  const own = {
    UCX_MEM_EVENTS: 'y',
    UCX_ERROR_SIGNALS: '',
    UCX_DEBUG_SIGNO: 'SIGHUP',
    UCX_LOG_FILE: '/log',
    ZES_ENABLE_SYSMAN: '0',
  };
  const environment = { ...own };
  prepareEnvironment(environment);
  expect(environment).toEqual(own);
});
