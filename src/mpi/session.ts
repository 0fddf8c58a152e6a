import { buildCommand } from '../base/build-command.ts';
import { findBuild } from './builds.ts';
import { Communicator } from './communicator.ts';
import { prepareEnvironment } from './environment.ts';
import { LaunchError } from './errors.ts';
import { readLauncher, type Launcher } from './launcher.ts';
import { loadNativeMpi, type NativeMpi } from './native.ts';

/** MPI in this process, between MPI_Init and MPI_Finalize. */
export interface Session {
  readonly world: Communicator;
  /** The host's name according to MPI. */
  readonly host: string;
  /** The number of ranks on this host. */
  readonly localSize: number;
  /** The MPI library and its version, in one line. */
  readonly library: string;
  /** The name of the loaded build of the MPI addon. */
  readonly build: string;
  /**
   * Calls MPI_Finalize, which waits for all ranks. Call it only if no rank has failed.
   * @throws Error when an operation is pending: MPI cannot cancel a collective, and MPI_Finalize would hang or crash.
   */
  finalize(): void;
  /** Ends this process after finalize(), without waiting for threads that may hang in a read. */
  exit(status: number): never;
}

function firstLine(text: string): string {
  return (text.replaceAll('\0', '').split('\n')[0] ?? '').trim();
}

function librarySummary(native: NativeMpi): string {
  const text = native.getLibraryVersion();
  // MPICH prints "MPICH Version:      4.0.2" and then its configuration.
  return firstLine(text.replace(/^MPICH Version:\s*/, 'MPICH ')).replace(/, package:.*/, '');
}

/**
 * Checks that MPI sees as many ranks as the launcher announces. A program that is linked with one MPI and started by another's
 * launcher runs as separate jobs of one rank each, all of which would print totals.
 */
export function checkLaunch(launcher: Launcher | undefined, size: number, library: string): void {
  if (!launcher || launcher.size === size) return;
  throw new LaunchError(
    `${launcher.name} started ${launcher.size} ranks, but ${library} sees ${size}: they do not belong together; ` +
      `start it with the launcher of ${library}, or build for the other MPI with: ${buildCommand(['MPICC'])}`,
  );
}

/**
 * Loads the MPI that suits the launcher and calls MPI_Init.
 * @throws AddonError, LaunchError, MpiError
 */
export function startSession(launcher: Launcher | undefined, environment: NodeJS.ProcessEnv = process.env): Session {
  prepareEnvironment(environment, launcher);
  const build = findBuild(launcher, environment['MPICOUNT_MPI']);
  const native = loadNativeMpi(build);
  if (!native.init()) {
    throw new LaunchError('this MPI does not support MPI_THREAD_FUNNELED; use one that was built with threads');
  }
  const world = new Communicator(native, native.commWorld());
  const library = librarySummary(native);
  checkLaunch(launcher, world.size, library);
  return {
    world,
    library,
    host: native.getProcessorName(),
    localSize: launcher?.localSize ?? 1,
    build: build.name,
    finalize: () => {
      const pending = native.countPending();
      if (pending > 0)
        throw new Error(`operations that are not done at MPI_Finalize: ${pending}; await each of them first`);
      native.finalize();
    },
    exit: (status) => native.exit(status),
  };
}

export interface InitializeOptions {
  /** The launcher of this process; by default, it is detected from the environment. */
  readonly launcher?: Launcher | undefined;
  /** The name of the build of the addon to load; by default, the one that suits the launcher. */
  readonly build?: string | undefined;
}

/**
 * Starts MPI in this process. It cannot be started again after finalize().
 * @throws AddonError when the addon or its MPI library does not load, LaunchError when this process cannot be a rank of the job
 *   that it was started for, MpiError.
 */
export function initialize(options: InitializeOptions = {}): Session {
  const { launcher = readLauncher(process.env), build } = options;
  if (build !== undefined) process.env['MPICOUNT_MPI'] = build;
  return startSession(launcher);
}
