/** What `mpicount doctor` knows about one rank. */
export interface RankFacts {
  readonly host: string;
  readonly node: string;
  readonly mpicount: string;
  readonly library: string;
  readonly scanning: string;
  /** The reason why the scan addon does not load, with a remedy; null if it loads. */
  readonly scanFailure: string | null;
  /** The formats that are decoded, each with its library, version and file. */
  readonly decoding: readonly string[];
  /** The number of cores that this rank may use. */
  readonly cores: number;
  /** These cores in Linux's list format, such as `0-3,8`; null if unknown. */
  readonly allowedCpus: string | null;
  /** The problem with the folder for temporary files; null if there is none. */
  readonly temporaryFolder: string | null;
  readonly root: boolean;
  /** The version of the hwloc library that this MPI loaded, if any. */
  readonly hwloc: string | null;
  readonly usesUcx: boolean;
  /** The values of the relevantVariables that are set. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Something that is known to go wrong in an environment, and its remedy. */
export interface KnownProblem {
  readonly symptom: string;
  /** Absent if the symptom includes it. */
  readonly remedy?: string;
}

export const temporaryRemedy = 'make that folder, set TMPDIR to one that you can write to, or unset it';

/** The environment variables that knownProblems() reads. */
export const relevantVariables = [
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

/** Returns the known problems of these ranks, each once. */
export function knownProblems(ranks: readonly RankFacts[]): KnownProblem[] {
  const found = [...ranks.flatMap(problemsOfRank), ...versionMismatches(ranks), ...oversubscription(ranks)];
  return found.filter(({ symptom }, index) => found.findIndex((other) => other.symptom === symptom) === index);
}

function problemsOfRank(facts: RankFacts): KnownProblem[] {
  const { hwloc, usesUcx, root, library, environment, scanFailure, temporaryFolder } = facts;
  const found: KnownProblem[] = [];
  const openMpi = library.startsWith('Open MPI');
  if (scanFailure !== null) found.push({ symptom: scanFailure });
  if (openMpi && temporaryFolder !== null) found.push({ symptom: temporaryFolder, remedy: temporaryRemedy });
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

function versionMismatches(ranks: readonly RankFacts[]): KnownProblem[] {
  return (['mpicount', 'node', 'library'] as const).flatMap((what) => {
    const versions = new Set(ranks.map((rank) => rank[what]));
    if (versions.size < 2) return [];
    return {
      symptom: `ranks run different versions of ${what}: ${[...versions].join('; ')}`,
      remedy: 'use one installation on all hosts, for instance on the shared file system',
    };
  });
}

function oversubscription(ranks: readonly RankFacts[]): KnownProblem[] {
  const hosts = new Map<string, RankFacts[]>();
  for (const rank of ranks) {
    const others = hosts.get(rank.host);
    if (others) others.push(rank);
    else hosts.set(rank.host, [rank]);
  }
  return [...hosts].flatMap(([host, ranksThere]) => {
    const cores = coresOf(ranksThere);
    if (ranksThere.length <= cores) return [];
    return {
      symptom: `${ranksThere.length} ranks share ${cores} ${cores === 1 ? 'core' : 'cores'} on ${host}`,
      remedy:
        'start fewer; if it must be: OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1 (Open MPI 4), ' +
        'PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe (Open MPI 5)',
    };
  });
}

/** Returns the number of cores that these ranks of one host may use together. Each rank may be bound to another core. */
function coresOf(ranks: readonly RankFacts[]): number {
  const together = new Set(ranks.flatMap(({ allowedCpus }) => (allowedCpus === null ? [] : cpusOf(allowedCpus))));
  return Math.max(together.size, ...ranks.filter(({ allowedCpus }) => allowedCpus === null).map(({ cores }) => cores));
}

function cpusOf(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
