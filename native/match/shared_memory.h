// Memory that processes of one user on a host share: a file without a name, which lives as long as
// a process has it open or mapped, so that none is left behind after a crash.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace mpicount {

// A descriptor that is closed with its object.
class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) : descriptor_(other.Release()) {}
  Descriptor& operator=(Descriptor&&) = delete;

  int get() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }
  // The caller closes it.
  int Release();

 private:
  int descriptor_;
};

// Makes such memory, filled by `fill`, which is called at most once, with zeros. Nobody can change
// it afterwards. Returns a descriptor that is not open where the system has no such memory.
Descriptor MakeSharedMemory(size_t size, const std::function<void(uint8_t*)>& fill);

// Opens that of another process. Returns a descriptor that is not open if it has none of this size,
// as in another namespace of processes.
Descriptor OpenSharedMemory(pid_t process, int descriptor, size_t size);

// Maps it. Returns null if that is not possible.
std::shared_ptr<const uint8_t> MapSharedMemory(const Descriptor& memory, size_t size);

}  // namespace mpicount
