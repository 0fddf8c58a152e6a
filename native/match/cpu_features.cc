#include "cpu_features.h"

#include <cstdlib>

namespace mpicount {

bool HasAvx2() {
#ifdef __x86_64__
  static const bool has =
      __builtin_cpu_supports("avx2") && std::getenv("MPICOUNT_TEST_BASIC_VECTORS") == nullptr;
  return has;
#else
  return false;
#endif
}

}  // namespace mpicount
