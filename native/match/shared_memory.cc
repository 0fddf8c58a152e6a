#include "shared_memory.h"

#include <utility>
#ifdef __linux__
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "huge_pages.h"
#endif

namespace mpicount {

#ifdef __linux__
namespace {

constexpr int kSeals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

// A mapping, and the addresses that are reserved for it.
struct Mapping {
  uint8_t* memory = nullptr;
  void* addresses = nullptr;
  size_t reserved = 0;

  void Remove() const { munmap(addresses, reserved); }
};

// Maps a file at a multiple of kHugePage. Where huge pages are available for such files, it gets
// these.
Mapping Map(int descriptor, size_t size, int protection, int flags) {
  // The addresses before and after the mapping take no memory.
  const size_t reserved = size + kHugePage;
  void* const addresses =
      mmap(nullptr, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (addresses == MAP_FAILED) return {};
  const auto first = reinterpret_cast<uintptr_t>(addresses);
  auto* const begin =
      static_cast<uint8_t*>(addresses) + (kHugePage - first % kHugePage) % kHugePage;
  void* const mapped = mmap(begin, size, protection, flags | MAP_FIXED, descriptor, 0);
  const Mapping mapping{begin, addresses, reserved};
  if (mapped == MAP_FAILED) {
    mapping.Remove();
    return {};
  }
  madvise(begin, size, MADV_HUGEPAGE);
  return mapping;
}

}  // namespace

Descriptor::~Descriptor() {
  if (is_open()) close(descriptor_);
}

Descriptor MakeSharedMemory(size_t size, const std::function<void(uint8_t*)>& fill) {
  // A file that would be larger than `ulimit -f` allows would end the process by SIGXFSZ.
  struct rlimit limit;
  if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || size > limit.rlim_cur) return Descriptor(-1);
  Descriptor made(memfd_create("mpicount-patterns", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!made.is_open() || ftruncate(made.get(), static_cast<off_t>(size)) != 0)
    return Descriptor(-1);
  const Mapping mapping = Map(made.get(), size, PROT_READ | PROT_WRITE, MAP_SHARED);
  if (mapping.memory == nullptr) return Descriptor(-1);
  fill(mapping.memory);
  mapping.Remove();
  if (fcntl(made.get(), F_ADD_SEALS, kSeals) != 0) return Descriptor(-1);
  return made;
}

Descriptor OpenSharedMemory(pid_t process, int descriptor, size_t size) {
  const std::string path = "/proc/" + std::to_string(process) + "/fd/" + std::to_string(descriptor);
  // In another namespace, it could be a pipe, for which open() would wait, or a terminal.
  Descriptor opened(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!opened.is_open()) return Descriptor(-1);
  // With vm.memfd_noexec, the kernel adds a seal of its own.
  const int seals = fcntl(opened.get(), F_GET_SEALS);
  if (seals < 0 || (seals & kSeals) != kSeals) return Descriptor(-1);
  struct stat state;
  if (fstat(opened.get(), &state) != 0 || state.st_size != static_cast<off_t>(size))
    return Descriptor(-1);
  return opened;
}

std::shared_ptr<const uint8_t> MapSharedMemory(const Descriptor& memory, size_t size) {
  // Before Linux 6.7, a file that is sealed against writing cannot be mapped with MAP_SHARED.
  const Mapping mapping = Map(memory.get(), size, PROT_READ, MAP_PRIVATE);
  if (mapping.memory == nullptr) return nullptr;
  return {mapping.memory, [mapping](const uint8_t*) { mapping.Remove(); }};
}
#else
Descriptor::~Descriptor() = default;

Descriptor MakeSharedMemory(size_t, const std::function<void(uint8_t*)>&) { return Descriptor(-1); }

Descriptor OpenSharedMemory(pid_t, int, size_t) { return Descriptor(-1); }

std::shared_ptr<const uint8_t> MapSharedMemory(const Descriptor&, size_t) { return nullptr; }
#endif

int Descriptor::Release() { return std::exchange(descriptor_, -1); }

}  // namespace mpicount
