// Mends MPI_Finalize of MPICH before 4.2 over UCX (https://github.com/pmodels/mpich/pull/6596): a
// rank that ends its connections waits for its peers to acknowledge that, but a peer that was done
// sooner already sits in a barrier of the process manager, where it acknowledges nothing. Most jobs
// on several nodes hang. Nothing is on its way any more when MPI_Finalize is called, so connections
// need not be ended one by one: they end with the process. libmpich finds this function instead of
// libucp's because the symbols of an addon come before those of the libraries that it brings along.
#include <mpi.h>

#if defined(MPICH_NUMVERSION) && MPICH_NUMVERSION < 40200000
extern "C" __attribute__((visibility("default"))) void* ucp_disconnect_nb(void* /*endpoint*/) {
  return nullptr;  // UCS_OK: done at once
}
#endif
