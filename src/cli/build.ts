import { join } from 'node:path';

import { packageRoot } from '../base/package.ts';
import { bytesOf } from './arguments.ts';
import { ExitStatus } from './exit-status.ts';
import { build } from './options/build.ts';
import { splitArguments } from './options/split-arguments.ts';
import { UsageError } from './usage-error.ts';

const buildersUsageStatus = 2;

/**
 * Parses the arguments of `mpicount build`.
 * @returns MPICC and NAME, if they are given.
 * @throws UsageError
 */
export function parseBuild(args: string[]): string[] {
  const { rest } = splitArguments(args, build.options);
  if (rest.length > 2 || rest.some((word) => word === '' || word.startsWith('-'))) {
    throw new UsageError(
      'build takes at most MPICC, the C compiler wrapper of an MPI, and a NAME; see: mpicount --help',
    );
  }
  return rest.map((word) => bytesOf(word).toString());
}

/**
 * Builds the addons in a child process, which keeps the search for MPI and compilers out of the bundle that each rank loads.
 * @returns The exit status. The builder has already printed any error.
 */
export function runBuild(words: readonly string[]): number {
  const builder = join(packageRoot, 'native', 'build', 'build.mjs');
  const { spawnSync } = process.getBuiltinModule('node:child_process'); // loaded lazily
  const { status } = spawnSync(process.execPath, [builder, ...words], { stdio: 'inherit' });
  if (status === 0) return ExitStatus.done;
  return status === buildersUsageStatus ? ExitStatus.usage : ExitStatus.mpi;
}
