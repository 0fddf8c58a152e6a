// Memory to read into, for any number of threads.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "source.h"

namespace mpicount {

// Keeps buffers from one file range to the next; there are as many as were ever in use at a time.
class BufferPool {
 public:
  std::unique_ptr<ScratchBuffer> Borrow();
  void GiveBack(std::unique_ptr<ScratchBuffer> buffer);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<ScratchBuffer>> idle_;
};

}  // namespace mpicount
