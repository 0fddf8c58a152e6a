// Whether threads can be started.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <mutex>
#include <vector>

namespace mpicount {

// Threads that do nothing, for as long as this object exists.
class HeldThreads {
 public:
  // Starts so many, or as many as can be.
  explicit HeldThreads(size_t count);
  ~HeldThreads();
  HeldThreads(const HeldThreads&) = delete;
  HeldThreads& operator=(const HeldThreads&) = delete;

  size_t size() const { return threads_.size(); }
  // The errno of the one that could not be started; 0 when all could.
  int error() const { return error_; }

 private:
  std::mutex end_;  // held until they are to end
  std::vector<pthread_t> threads_;
  int error_ = 0;
};

}  // namespace mpicount
