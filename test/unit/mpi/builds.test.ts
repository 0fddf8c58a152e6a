import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { chooseBuild, findBuild, findBuilds, type Build } from '../../../src/mpi/builds.ts';
import { LaunchError } from '../../../src/mpi/errors.ts';
import type { MpiFamily } from '../../../src/mpi/family.ts';
import type { Launcher } from '../../../src/mpi/launcher.ts';
import { program, temporaryFolder } from '../../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

let roots = 0;

/** A package with these files in it. */
function root(...files: string[]): string {
  roots += 1;
  const path = join(folder, String(roots));
  for (const file of files) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), '');
  }
  return path;
}

describe('the builds', () => {
  test('are none in an empty folder', () => {
    expect(findBuilds([root()])).toEqual([]);
    expect(
      findBuilds([root('build/Release/scan.node', 'build/Release/mpi.node', 'build-mpi/mpich/build/Makefile')]),
    ).toEqual([]);
  });

  test("are listed with the package's main build first, then the others by name", () => {
    const path = root(
      'build-mpi/openmpi-5/mpi.node',
      'build-mpi/mpich/mpi.node',
      'build/Release/openmpi/mpi.node',
      'build/Release/.deps/x',
      'build/Release/obj.target/mpi/addon.o',
      'build/Release/scan.node',
    );
    expect(findBuilds([path])).toEqual([
      { name: 'openmpi', family: 'openmpi', path: join(path, 'build/Release/openmpi/mpi.node') },
      { name: 'mpich', family: 'mpich', path: join(path, 'build-mpi/mpich/mpi.node') },
      { name: 'openmpi-5', family: 'openmpi', path: join(path, 'build-mpi/openmpi-5/mpi.node') },
    ]);
  });

  test("in the user's folder are listed after those in the package", () => {
    const own = root('build/Release/mpich/mpi.node', 'build-mpi/mpich-4.2/mpi.node');
    const path = root('build-mpi/openmpi/mpi.node');
    expect(findBuilds([path, own]).map((build) => build.path)).toEqual([
      join(path, 'build-mpi/openmpi/mpi.node'),
      join(own, 'build/Release/mpich/mpi.node'),
      join(own, 'build-mpi/mpich-4.2/mpi.node'),
    ]);
  });

  test.each([
    ['openmpi', 'openmpi'],
    ['openmpi-5.0', 'openmpi'],
    ['mpich', 'mpich'],
    ['mpich-4.2', 'mpich'],
    ['intelmpi', 'mpich'],
    ['mvapich', 'mpich'],
    ['mvapich2-gdr', 'mpich'],
    ['cray', 'mpich'],
  ])('%s is of the family %s', (name, family) => {
    expect(findBuilds([root(`build-mpi/${name}/mpi.node`)]).map((build) => build.family)).toEqual([family]);
  });
});

describe('the build to load', () => {
  const build = (name: string, family: MpiFamily): Build => ({ name, family, path: `${name}.node` });
  const builds = [
    build('openmpi', 'openmpi'),
    build('intelmpi', 'mpich'),
    build('mpich', 'mpich'),
    build('openmpi-5', 'openmpi'),
  ];
  const launcher = (name: string, family: MpiFamily | undefined): Launcher => ({
    name,
    family,
    size: 4,
    rank: 0,
    localRank: 0,
    localSize: 4,
  });
  const mpirun = launcher("Open MPI's mpirun", 'openmpi');
  const mpiexec = launcher("MPICH's mpiexec", 'mpich');

  const path = root(
    ...['build/Release/mpi.node', 'build/Release/openmpi/mpi.node', 'build-mpi/intelmpi/mpi.node'],
    ...['build-mpi/mpich/mpi.node', 'build-mpi/openmpi-5/mpi.node'],
  );

  test.each([
    ['by hand: the first', undefined, undefined, 'openmpi'],
    ['by a launcher that can start any: the first', launcher('srun', undefined), undefined, 'openmpi'],
    ['by Open MPI: the first of that family', mpirun, undefined, 'openmpi'],
    ["by MPICH: the first of MPICH's family", mpiexec, undefined, 'intelmpi'],
    ['the one wanted', mpiexec, 'mpich', 'mpich'],
    ['the one wanted, also by hand', undefined, 'openmpi-5', 'openmpi-5'],
    ['the one wanted, also against the launcher, which is checked when MPI has started', mpirun, 'mpich', 'mpich'],
    ['none wanted, by an empty variable', mpirun, '', 'openmpi'],
  ])('%s', (_name, startedBy, wanted, name) => {
    expect(chooseBuild(builds, startedBy, wanted).name).toBe(name);
    const found = findBuilds([path]).find((each) => each.name === name);
    expect(found?.path).toBe(join(path, name === 'openmpi' ? 'build/Release' : 'build-mpi', name, 'mpi.node'));
    expect(findBuild(startedBy, wanted, [path])).toEqual(found);
  });

  test("is one in the user's folder only when none in the package suits", () => {
    const own = root('build/Release/openmpi/mpi.node', 'build-mpi/mpich-4.2/mpi.node');
    const inPackage = root('build/Release/openmpi/mpi.node');
    const found = (startedBy: Launcher | undefined, wanted?: string) =>
      findBuild(startedBy, wanted, [inPackage, own]).path;
    expect(found(mpirun)).toBe(join(inPackage, 'build/Release/openmpi/mpi.node'));
    expect(found(undefined, 'openmpi')).toBe(join(inPackage, 'build/Release/openmpi/mpi.node'));
    expect(found(mpiexec)).toBe(join(own, 'build-mpi/mpich-4.2/mpi.node'));
    expect(found(mpirun, 'mpich-4.2')).toBe(join(own, 'build-mpi/mpich-4.2/mpi.node'));
  });

  test.each([
    ['nothing is built', [], mpirun, undefined, `the MPI addon is not built; build it with: node ${program} build`],
    [
      'nothing is built, and one is wanted',
      [],
      undefined,
      'mpich',
      `the MPI addon is not built; build it with: node ${program} build`,
    ],
    [
      'the one wanted is not there',
      builds,
      mpirun,
      'mpich-4',
      'MPICOUNT_MPI=mpich-4: no such build of the MPI addon; there are: openmpi, intelmpi, mpich, openmpi-5',
    ],
    [
      'the one wanted has a name that would act on a terminal',
      builds.slice(0, 1),
      undefined,
      'a\x1b[31m',
      'MPICOUNT_MPI=a\\x1b[31m: no such build of the MPI addon; there are: openmpi',
    ],
    [
      "none is for the launcher's MPI",
      builds.filter(({ family }) => family === 'openmpi'),
      mpiexec,
      undefined,
      "started by MPICH's mpiexec, but built for another MPI (openmpi, openmpi-5); " +
        `start it with that MPI's mpirun, or build for this one with: node ${program} build MPICC`,
    ],
  ])('there is none: %s', (_name, all, startedBy, wanted, message) => {
    expect(() => chooseBuild(all, startedBy, wanted)).toThrow(new LaunchError(message));
    expect(() => chooseBuild(all, startedBy, wanted)).toThrow(LaunchError);
  });
});
