// Checks how many threads this process may start.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <mutex>
#include <vector>

namespace mpicount {

// Holds threads that do nothing for as long as this object exists.
class HeldThreads {
 public:
  // Starts `count` threads, or fewer if the system refuses one.
  explicit HeldThreads(size_t count);
  ~HeldThreads();
  HeldThreads(const HeldThreads&) = delete;
  HeldThreads& operator=(const HeldThreads&) = delete;

  size_t size() const { return threads_.size(); }
  // Returns the errno of the thread that could not be started, or 0 if all could.
  int error() const { return error_; }

 private:
  std::mutex end_;  // locked until the threads are to end
  std::vector<pthread_t> threads_;
  int error_ = 0;
};

}  // namespace mpicount
