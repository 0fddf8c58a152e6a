#include "buffer_pool.h"

#include <utility>

namespace mpicount {

std::unique_ptr<ScratchBuffer> BufferPool::Borrow() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (idle_.empty()) return std::make_unique<ScratchBuffer>();
  std::unique_ptr<ScratchBuffer> buffer = std::move(idle_.back());
  idle_.pop_back();
  return buffer;
}

void BufferPool::GiveBack(std::unique_ptr<ScratchBuffer> buffer) {
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(buffer));
}

}  // namespace mpicount
