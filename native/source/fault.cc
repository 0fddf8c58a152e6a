#include "fault.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <mutex>

namespace mpicount {
namespace {

thread_local FaultGuard* current = nullptr;
struct sigaction previous;
std::once_flag installed;

}  // namespace

FaultGuard::FaultGuard(uint8_t* begin, size_t size) : begin_(begin), size_(size), readable_(size) {
  // Install the handler only when the first file is mapped. By then, libraries that handle SIGBUS
  // (UCX, for MPI) have installed theirs.
  std::call_once(installed, [] {
    struct sigaction action = {};
    action.sa_sigaction = OnSignal;
    action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &previous);
  });
  current = this;
}

FaultGuard::~FaultGuard() { current = nullptr; }

void FaultGuard::OnSignal(int, siginfo_t* info, void*) {
  FaultGuard* guard = current;
  const auto* address = static_cast<const uint8_t*>(info->si_addr);
  if (guard != nullptr && address >= guard->begin_ && address < guard->begin_ + guard->size_) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const size_t readable = static_cast<size_t>(address - guard->begin_) / page * page;
    void* zeros = mmap(guard->begin_ + readable, guard->size_ - readable, PROT_READ,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (zeros != MAP_FAILED) {
      guard->readable_ = readable;
      return;
    }
  }
  // The fault is not in guarded memory: restore the previous handler and return. The instruction
  // faults again, and that handler takes it.
  sigaction(SIGBUS, &previous, nullptr);
}

}  // namespace mpicount
