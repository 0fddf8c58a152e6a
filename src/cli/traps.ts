/** What `mpicount doctor` knows of one rank. */
export interface RankFacts {
  readonly host: string;
  readonly node: string;
  readonly mpicount: string;
  readonly library: string;
  readonly scanning: string;
  readonly cores: number;
  readonly root: boolean;
  /** Version of the hwloc library that this MPI loaded, if any. */
  readonly hwloc: string | null;
  readonly usesUcx: boolean;
  /** Those environment variables that matter here, by name. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Something that is known to go wrong, and what to do about it. */
export interface Trap {
  readonly symptom: string;
  readonly remedy: string;
}

/** The environment variables that traps() looks at. */
export const trapVariables = [
  'OMPI_ALLOW_RUN_AS_ROOT',
  'OMPI_ALLOW_RUN_AS_ROOT_CONFIRM',
  'SLURM_JOB_ID',
  'SLURM_STEP_NUM_TASKS',
  'OMPI_COMM_WORLD_SIZE',
  'PMI_SIZE',
  'UCX_ERROR_SIGNALS',
  'UCX_MEM_EVENTS',
  'ZES_ENABLE_SYSMAN',
  'MPICOUNT_MPI',
] as const;

/** The traps that these ranks stand before, without repetition. */
export function traps(ranks: readonly RankFacts[]): Trap[] {
  const found = [...ranks.flatMap(trapsOfRank), ...differences(ranks), ...crowding(ranks)];
  return found.filter(({ symptom }, index) => found.findIndex((other) => other.symptom === symptom) === index);
}

function trapsOfRank({ hwloc, usesUcx, root, library, environment }: RankFacts): Trap[] {
  const found: Trap[] = [];
  const openMpi = library.startsWith('Open MPI');
  if (hwloc !== null && hwlocCorrupts(hwloc) && environment['ZES_ENABLE_SYSMAN'] !== '1') {
    found.push({
      symptom: `hwloc ${hwloc} changes the environment while other threads read it, and may crash a rank`,
      remedy: 'export ZES_ENABLE_SYSMAN=1, or use hwloc 2.7.1 or newer',
    });
  }
  if (usesUcx && /^(y|yes|on|1|try)$/i.test(environment['UCX_MEM_EVENTS'] ?? '')) {
    found.push({
      symptom: "UCX's memory hooks are on, which may crash a rank while it starts",
      remedy: 'unset UCX_MEM_EVENTS, or set it to n, as is done where it is not set',
    });
  }
  if (usesUcx && (environment['UCX_ERROR_SIGNALS'] ?? '').includes('SEGV')) {
    found.push({
      symptom: 'UCX takes over SIGSEGV, which Node may use itself',
      remedy: 'unset UCX_ERROR_SIGNALS, or set it to SIGILL,SIGBUS,SIGFPE, as is done where it is not set',
    });
  }
  const allowed = ['OMPI_ALLOW_RUN_AS_ROOT', 'OMPI_ALLOW_RUN_AS_ROOT_CONFIRM'];
  if (root && openMpi && allowed.some((name) => environment[name] === undefined)) {
    found.push({
      symptom: "Open MPI's mpirun refuses to work for root",
      remedy: 'work as another user, or export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1',
    });
  }
  if (environment['SLURM_JOB_ID'] !== undefined && !ranLikeARank(environment)) {
    found.push({
      symptom: 'this is a SLURM job, but nothing started ranks in it',
      remedy:
        'start it with mpirun, or with srun --mpi=pmix (Open MPI) or srun --mpi=pmi2 (MPICH); srun --mpi=list shows what there is',
    });
  }
  return found;
}

// https://github.com/open-mpi/hwloc/blob/v2.7/NEWS (2.7.1)
function hwlocCorrupts(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return major === 2 && (minor === 5 || minor === 6 || (minor === 7 && patch === 0));
}

function ranLikeARank(environment: RankFacts['environment']): boolean {
  return ['OMPI_COMM_WORLD_SIZE', 'PMI_SIZE', 'SLURM_STEP_NUM_TASKS'].some((name) => environment[name] !== undefined);
}

function differences(ranks: readonly RankFacts[]): Trap[] {
  return (['mpicount', 'node', 'library'] as const).flatMap((what) => {
    const versions = new Set(ranks.map((rank) => rank[what]));
    if (versions.size < 2) return [];
    return {
      symptom: `ranks run different versions of ${what}: ${[...versions].join('; ')}`,
      remedy: 'use one installation on all hosts, for instance on the shared file system',
    };
  });
}

function crowding(ranks: readonly RankFacts[]): Trap[] {
  const perHost = new Map<string, number>();
  for (const { host } of ranks) perHost.set(host, (perHost.get(host) ?? 0) + 1);
  return ranks.flatMap(({ host, cores }) => {
    const count = perHost.get(host) ?? 0;
    if (count <= cores) return [];
    return {
      symptom: `${count} ranks share ${cores} cores on ${host}`,
      remedy:
        'start fewer; if it must be: OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1 (Open MPI 4), ' +
        'PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe (Open MPI 5)',
    };
  });
}
