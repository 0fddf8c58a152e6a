import type { Launcher } from './launcher.ts';

// Settings that MPI and its libraries need to run in one process with Node. They are set before the MPI library is loaded, unless
// the user has set them.
const settings: Readonly<Record<string, string>> = {
  // UCX's memory hooks, which serve a cache of registered memory that a count has no use for, are not safe with Node's other
  // threads: with UCX 1.13.1 about one start in fifty ended in a segmentation fault inside V8.
  // https://github.com/openucx/ucx/issues/3831
  UCX_MEM_EVENTS: 'n',
  // UCX would handle SIGSEGV, which V8 handles itself (WebAssembly).
  UCX_ERROR_SIGNALS: 'SIGILL,SIGBUS,SIGFPE',
  // UCX would take SIGHUP from Node, for writing debug messages (seen with UCX 1.13.1).
  // https://github.com/openucx/ucx/blob/v1.13.1/src/ucs/config/global_opts.c (DEBUG_SIGNO)
  UCX_DEBUG_SIGNO: '0',
  // By default UCX writes its warnings to standard output, which is reserved for totals.
  UCX_LOG_FILE: 'stderr',
  // hwloc 2.5.0 to 2.7.0 sets this itself while other threads may be reading the environment.
  // https://github.com/open-mpi/hwloc/blob/v2.7/NEWS (2.7.1)
  ZES_ENABLE_SYSMAN: '1',
};

// How ranks of one host send messages with Open MPI: by shared memory. Loading what finds networks takes 0.2 s in each rank, most of it in
// constructors that sleep: https://github.com/cornelisnetworks/opa-psm2/issues/73
export const onOneHost: Readonly<Record<string, string>> = {
  OMPI_MCA_pml: 'ob1',
  // Open MPI 5 accepts `vader` as an alias of `sm`.
  OMPI_MCA_btl: 'self,vader',
  // Many containers forbid reading another process's memory, and messages are too small to gain from it.
  OMPI_MCA_btl_vader_single_copy_mechanism: 'none',
};
// Ranks that cannot share memory, as in containers of their own, need TCP. Open MPI 5, whose mpirun sets OMPI_VERSION, would write lines about
// interfaces that it cannot use, also where all is well (seen with 5.0.7).
const withTcp = { ...onOneHost, OMPI_MCA_btl: 'self,vader,tcp' };
/** A user who sets one of these has chosen how messages are sent. */
const choices = ['OMPI_MCA_pml', 'OMPI_MCA_mtl', 'OMPI_MCA_btl'];

/**
 * Adds the settings to the environment of this process, where native libraries read them. @param launcher The one that started this process
 * as a rank.
 */
export function prepareEnvironment(environment: NodeJS.ProcessEnv, launcher: Launcher | undefined): void {
  const isOnOneHost = !launcher || launcher.localSize === launcher.size;
  const hasChosen = choices.some((name) => environment[name] !== undefined);
  const transport = environment['OMPI_VERSION'] === undefined ? withTcp : onOneHost;
  const all = isOnOneHost && !hasChosen ? { ...settings, ...transport } : settings;
  for (const [name, value] of Object.entries(all)) environment[name] ??= value;
}
