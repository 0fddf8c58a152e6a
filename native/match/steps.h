// Counts the steps of a search, each of bounded time, for the test of its bounds
// (test/search/bounds.cc). Other builds count nothing.
#pragma once

#include <cstdint>

namespace mpicount {

#ifdef MPICOUNT_TEST_STEPS
inline thread_local uint64_t steps_taken = 0;
inline void CountSteps(uint64_t steps) { steps_taken += steps; }
#else
inline void CountSteps(uint64_t) {}
#endif
inline void CountStep() { CountSteps(1); }

}  // namespace mpicount
