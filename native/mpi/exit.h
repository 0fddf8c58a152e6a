#pragma once

namespace mpicount {

// Call this before MPI_Init: what ends the process comes after all that MPI does at its end.
void PrepareExit();

// From now on exit() ends this process with `status` once MPI has done what it does at the end of a
// process, and without waiting for threads that may hang in a read, which Node's own end joins.
void SetExitStatus(int status);

}  // namespace mpicount
