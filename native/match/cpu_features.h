// What the processor can do.
#pragma once

namespace mpicount {

// Vectors of 32 bytes. Tests of what other processors do set MPICOUNT_TEST_BASIC_VECTORS.
bool HasAvx2();

}  // namespace mpicount
