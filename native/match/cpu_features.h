// The SIMD instructions that the processor has.
#pragma once

namespace mpicount {

// Tests of the portable code set MPICOUNT_TEST_BASIC_VECTORS: the processor then has neither.

// Returns whether there are vectors of 32 bytes (AVX2).
bool HasAvx2();

// Returns whether bytes can be looked up in vectors of 16 bytes (NEON), as all processors of
// aarch64 can.
bool HasNeon();

// Returns `AVX2`, `NEON` or `portable`.
const char* VectorsInUse();

}  // namespace mpicount
