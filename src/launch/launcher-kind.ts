import type { Scheduler } from './scheduler.ts';
import type { Environment, System } from './system.ts';

/** The kind of a launcher, as its `--version` reveals it. */
export interface LauncherKind {
  /** The major version of Open MPI; undefined for all other launchers. */
  readonly openMpi?: number;
  /** A signal that it passes on to the ranks and survives. */
  readonly stopSignal: NodeJS.Signals;
}

/** Determines the kind of a launcher from its `--version`. */
export async function identifyLauncher(system: System, [launcher = '']: readonly string[]): Promise<LauncherKind> {
  const { output, errors } = await system.run([launcher, '--version'], { seconds: 10 });
  const text = output + errors;
  const version = /\((?:Open MPI|OpenRTE)\) (\d+)/.exec(text)?.[1];
  if (version !== undefined) return { openMpi: Number(version), stopSignal: 'SIGUSR2' };
  // MPICH's and Intel's launchers die of SIGUSR2, and `flux run` passes on SIGTERM.
  const diesOfUsr2 = /HYDRA|Intel\(R\) MPI|flux/i.test(text);
  return { stopSignal: diesOfUsr2 ? 'SIGTERM' : 'SIGUSR2' };
}

/** Returns environment variables for Open MPI on a machine without a scheduler. */
export function settingsOnThisMachine(
  { openMpi }: LauncherKind,
  { cores, isRoot }: System,
  { ranks }: Scheduler,
): Environment {
  if (openMpi === undefined) return {};
  const isNew = openMpi >= 5;
  return {
    ...(isRoot && { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' }),
    // By default, a rank is bound to one core, which all its threads would share.
    [isNew ? 'PRTE_MCA_hwloc_default_binding_policy' : 'OMPI_MCA_hwloc_base_binding_policy']: 'none',
    ...(ranks > cores && {
      OMPI_MCA_mpi_yield_when_idle: '1',
      ...(isNew
        ? { PRTE_MCA_rmaps_default_mapping_policy: ':oversubscribe' }
        : { OMPI_MCA_rmaps_base_oversubscribe: '1' }),
    }),
  };
}

/** Returns those settings that the environment does not set. */
export function newSettings(settings: Environment, environment: Environment): Environment {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => (environment[name] ?? '') === ''));
}
