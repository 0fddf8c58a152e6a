const intervalMilliseconds = 1000;

/**
 * Calls `onEnd` once the process that started this one has ended. The ranks of Open MPI 5 (seen with 5.0.7) do not notice that their
 * mpirun was killed: they would count to the end, and wait for each other in the reduction.
 * A rank whose parent is a script of the user is not watched so: the script outlives the launcher.
 * @param parent Returns the process ID of the parent of this process, which changes when the parent ends.
 */
export function watchLauncher(onEnd: () => void, parent = () => process.ppid): void {
  const first = parent();
  const timer = setInterval(() => {
    if (parent() === first) return;
    clearInterval(timer);
    onEnd();
  }, intervalMilliseconds);
  timer.unref();
}
