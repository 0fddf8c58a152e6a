// The SIMD instructions that the processor has.
#pragma once

namespace mpicount {

// Returns whether there are vectors of 32 bytes (AVX2). Tests of the portable code set
// MPICOUNT_TEST_BASIC_VECTORS.
bool HasAvx2();

}  // namespace mpicount
