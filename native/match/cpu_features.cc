#include "cpu_features.h"

#include <cstdlib>

namespace mpicount {
namespace {

[[maybe_unused]] bool IsTestOfPortableCode() {
  return std::getenv("MPICOUNT_TEST_BASIC_VECTORS") != nullptr;
}

}  // namespace

bool HasAvx2() {
#ifdef __x86_64__
  static const bool has = __builtin_cpu_supports("avx2") && !IsTestOfPortableCode();
  return has;
#else
  return false;
#endif
}

bool HasNeon() {
#ifdef __aarch64__
  static const bool has = !IsTestOfPortableCode();
  return has;
#else
  return false;
#endif
}

const char* VectorsInUse() { return HasAvx2() ? "AVX2" : HasNeon() ? "NEON" : "portable"; }

}  // namespace mpicount
