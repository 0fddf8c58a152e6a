#include "threads.h"

namespace mpicount {
namespace {

void* Wait(void* end) {
  const std::lock_guard<std::mutex> lock(*static_cast<std::mutex*>(end));
  return nullptr;
}

}  // namespace

HeldThreads::HeldThreads(size_t count) {
  end_.lock();
  while (threads_.size() < count) {
    pthread_t thread;
    error_ = pthread_create(&thread, nullptr, Wait, &end_);
    if (error_ != 0) break;
    threads_.push_back(thread);
  }
}

HeldThreads::~HeldThreads() {
  end_.unlock();
  for (const pthread_t thread : threads_) pthread_join(thread, nullptr);
}

}  // namespace mpicount
