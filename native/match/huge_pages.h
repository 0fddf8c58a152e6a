// Memory for large tables that are read at random: in pages of 2 MiB where the system has them,
// since otherwise most reads wait for the address of a page, too.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <vector>
#ifdef __linux__
#include <sys/mman.h>
#endif

namespace mpicount {

constexpr size_t kHugePage = size_t{1} << 21;
constexpr size_t kCacheLine = 64;

// An allocator for vectors.
template <typename T>
class HugePages {
 public:
  using value_type = T;

  HugePages() = default;
  template <typename Other>
  explicit HugePages(const HugePages<Other>&) {}

  T* allocate(size_t count) {
    const size_t size = count * sizeof(T);
    // Smaller tables would leave most of a page empty.
    const bool is_large = size >= 2 * kHugePage;
    const size_t alignment = is_large ? kHugePage : kCacheLine;
    void* memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (memory == nullptr) std::abort();
#ifdef MADV_HUGEPAGE
    // Where this fails, the pages are small ones.
    if (is_large) madvise(memory, size, MADV_HUGEPAGE);
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, size_t) { std::free(memory); }

  bool operator==(const HugePages&) const { return true; }
};

template <typename T>
using Table = std::vector<T, HugePages<T>>;

}  // namespace mpicount
