import { expect, test } from 'vitest';

import { identifyLauncher } from '../../../src/launch/launcher-kind.ts';
import { fakeSystem } from './fake-system.ts';

// What real launchers print.
test.each([
  [
    'mpirun (Open MPI) 4.1.4\n\nReport bugs to http://www.open-mpi.org/community/help/\n',
    { openMpi: 4, stopSignal: 'SIGUSR2' },
  ],
  ['mpirun.openmpi (OpenRTE) 4.1.4\n', { openMpi: 4, stopSignal: 'SIGUSR2' }],
  ['mpirun (Open MPI) 5.0.7\n', { openMpi: 5, stopSignal: 'SIGUSR2' }],
  ['HYDRA build details:\n    Version:                                 4.0.2\n', { stopSignal: 'SIGTERM' }],
  ['Intel(R) MPI Library for Linux* OS, Version 2021.9\n', { stopSignal: 'SIGTERM' }],
  ['slurm-wlm 22.05.8\n', { stopSignal: 'SIGUSR2' }],
  ['commands:    \t\tflux-core-0.61.0\n', { stopSignal: 'SIGTERM' }],
  [1, { stopSignal: 'SIGUSR2' }],
])('a launcher is identified by %j', async (printed, kind) => {
  expect(await identifyLauncher(fakeSystem({ answers: { 'it --version': printed } }), ['it', '-x'])).toEqual(kind);
});
