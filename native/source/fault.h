// Survives faults in mapped files. If a file was truncated or its disk fails, the thread that reads
// the mapping gets a SIGBUS.
#pragma once

#include <signal.h>

#include <cstddef>
#include <cstdint>

namespace mpicount {

// While a guard exists, a SIGBUS that its thread causes in [begin, begin + size) does not end the
// process: the memory from the faulting page to the end is replaced by zeros. Each thread can have
// one guard at a time.
class FaultGuard {
 public:
  FaultGuard(uint8_t* begin, size_t size);
  ~FaultGuard();
  FaultGuard(const FaultGuard&) = delete;
  FaultGuard& operator=(const FaultGuard&) = delete;

  // Returns how many bytes from `begin` on could be read: the offset of the first page that
  // faulted, or `size` if none did.
  size_t readable() const { return readable_; }

 private:
  static void OnSignal(int signal, siginfo_t* info, void* context);

  uint8_t* begin_;
  size_t size_;
  volatile size_t readable_;
};

}  // namespace mpicount
