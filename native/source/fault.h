// Faults on mapped files: a file that was cut short, or a disk that fails, shows itself as SIGBUS
// in whoever touches the memory.
#pragma once

#include <signal.h>

#include <cstddef>
#include <cstdint>

namespace mpicount {

// While one exists, a SIGBUS that its thread causes in the memory [begin, begin + size) ends
// nothing: what cannot be read becomes zeros, from the page that was touched to the end of the
// memory. One at a time in a thread.
class FaultGuard {
 public:
  FaultGuard(uint8_t* begin, size_t size);
  ~FaultGuard();
  FaultGuard(const FaultGuard&) = delete;
  FaultGuard& operator=(const FaultGuard&) = delete;

  // Where the first page is that could not be read, as a distance from `begin`; `size` when all
  // could.
  size_t readable() const { return readable_; }

 private:
  static void OnSignal(int signal, siginfo_t* info, void* context);

  uint8_t* begin_;
  size_t size_;
  volatile size_t readable_;
};

}  // namespace mpicount
