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

/** Adds the settings to the environment of this process, where native libraries read them. */
export function prepareEnvironment(environment: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(settings)) environment[name] ??= value;
}
