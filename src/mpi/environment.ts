// What MPI libraries and those below them must be told so that they and Node can live in one process. Set before the MPI
// library is loaded, unless the user has set them already.
const settings: Readonly<Record<string, string>> = {
  // UCX's hooks into the heap (for remote memory that is used again and again, which a count never does) get in the way of
  // Node's other threads: with UCX 1.13.1 about one start in fifty ended in a segmentation fault inside V8.
  // https://github.com/openucx/ucx/issues/3831
  UCX_MEM_EVENTS: 'n',
  // UCX would handle SIGSEGV, which V8 handles itself (WebAssembly).
  UCX_ERROR_SIGNALS: 'SIGILL,SIGBUS,SIGFPE',
  // Standard output is for totals; by default UCX writes its warnings there.
  UCX_LOG_FILE: 'stderr',
  // hwloc 2.5.0 to 2.7.0 sets this itself, while other threads may read the environment.
  // https://github.com/open-mpi/hwloc/blob/v2.7/NEWS (2.7.1)
  ZES_ENABLE_SYSMAN: '1',
};

/** Adds the settings to the environment of this process, where native libraries find them. */
export function prepareEnvironment(environment: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(settings)) environment[name] ??= value;
}
