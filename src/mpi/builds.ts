import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { buildCommand } from '../base/build-command.ts';
import { printable } from '../base/bytes.ts';
import { addonRoots } from '../base/package.ts';
import { LaunchError } from './errors.ts';
import type { MpiFamily } from './family.ts';
import type { Launcher } from './launcher.ts';

/** One build of the MPI addon. A site may have several, one for each of its MPIs. */
export interface Build {
  /** The folder's name: that of the MPI, optionally with a suffix, such as `openmpi` or `mpich-4.2`. */
  readonly name: string;
  readonly family: MpiFamily;
  readonly path: string;
}

// MPIs that share MPICH's ABI can use each other's launchers.
// https://www.mpich.org/abi/
const mpichAbi = /^(mpich|intelmpi|mvapich|cray)/;

/**
 * Finds all builds. The builds in the package come before those in the user's folder; in each, the main build comes before those for
 * further MPIs.
 */
export function findBuilds(roots: readonly string[] = addonRoots()): Build[] {
  const folders = roots.flatMap((root) => [ownFolder(root), join(root, 'build-mpi')]);
  return folders.flatMap((folder) => {
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .sort()
      .map((name) => buildIn(folder, name))
      .filter(({ path }) => existsSync(path));
  });
}

/**
 * Finds the build to load, with the result of chooseBuild(). If it is the package's main build, the usual case, that takes one file
 * system access instead of ten, because ten thousand ranks may start at the same time.
 * @throws LaunchError
 */
export function findBuild(launcher: Launcher | undefined, wanted = '', roots: readonly string[] = addonRoots()): Build {
  const [root] = roots;
  if (root !== undefined && launcher?.family !== undefined && wanted === '') {
    const own = buildIn(ownFolder(root), launcher.family);
    if (existsSync(own.path)) return own;
  }
  // The user's folder may be on another, slower file system, so it is searched only if needed.
  return suitable(findBuilds(roots.slice(0, 1)), launcher, wanted) ?? chooseBuild(findBuilds(roots), launcher, wanted);
}

function ownFolder(root: string): string {
  return join(root, 'build', 'Release');
}

function buildIn(folder: string, name: string): Build {
  return { name, path: join(folder, name, 'mpi.node'), family: mpichAbi.test(name) ? 'mpich' : 'openmpi' };
}

function names(builds: readonly Build[]): string {
  return [...new Set(builds.map(({ name }) => name))].join(', ');
}

function suitable(builds: readonly Build[], launcher: Launcher | undefined, wanted: string): Build | undefined {
  if (wanted !== '') return builds.find(({ name }) => name === wanted);
  const family = launcher?.family;
  return family === undefined ? builds[0] : builds.find((candidate) => candidate.family === family);
}

/**
 * Chooses the build to load: the one named `wanted`, else the first that suits the launcher.
 * @throws LaunchError when none suits. Loading another one would result in N jobs of one rank each.
 */
export function chooseBuild(builds: readonly Build[], launcher: Launcher | undefined, wanted = ''): Build {
  if (builds.length === 0) {
    throw new LaunchError(`the MPI addon is not built; build it with: ${buildCommand()}`);
  }
  const build = suitable(builds, launcher, wanted);
  if (build) return build;
  if (wanted !== '') {
    throw new LaunchError(
      `MPICOUNT_MPI=${printable(Buffer.from(wanted))}: no such build of the MPI addon; there are: ${names(builds)}`,
    );
  }
  throw new LaunchError(
    `started by ${launcher?.name ?? 'hand'}, but built for another MPI (${names(builds)}); ` +
      `start it with that MPI's mpirun, or build for this one with: ${buildCommand(['MPICC'])}`,
  );
}
