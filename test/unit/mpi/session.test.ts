import { expect, test } from 'vitest';

import { LaunchError } from '../../../src/mpi/errors.ts';
import { checkLaunch } from '../../../src/mpi/session.ts';
import { program } from '../../support/job.ts';

const launcher = {
  name: "Open MPI's mpirun",
  family: 'openmpi',
  size: 4,
  rank: 0,
  localRank: 0,
  localSize: 4,
} as const;

test('a launch is accepted when MPI sees the announced number of ranks, or none is announced', () => {
  checkLaunch(launcher, 4, 'Open MPI v4.1.4');
  checkLaunch(undefined, 1, 'Open MPI v4.1.4');
});

test.each([1, 3, 5])('a launch of 4 ranks of which MPI sees %d is refused', (size) => {
  const message =
    `Open MPI's mpirun started 4 ranks, but MPICH 4.0.2 sees ${size}: they do not belong together; ` +
    `start it with the launcher of MPICH 4.0.2, or build for the other MPI with: node ${program} build MPICC`;
  const check = () => {
    checkLaunch(launcher, size, 'MPICH 4.0.2');
  };
  expect(check).toThrow(LaunchError);
  expect(check).toThrow(new LaunchError(message));
});
