#pragma once

namespace mpicount {

// Has what this process sends over TCP leave at once. PMIx, by which Open MPI's ranks talk to their
// launcher, does not ask for that (seen with 4.2.2;
// https://github.com/openpmix/openpmix/blob/master/src/mca/ptl/base/ptl_base_connect.c), so that
// the short messages of MPI_Finalize wait for acknowledgements, which the other side delays by
// 40 ms: a quarter of what a small job takes.
void DisableNagle();

}  // namespace mpicount
