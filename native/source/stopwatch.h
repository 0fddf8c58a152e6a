// Measures the time that reading, decoding and scanning take.
#pragma once

#include <chrono>
#include <cstdint>

namespace mpicount {

class Stopwatch {
 public:
  // Nanoseconds since the last call, or since the start.
  uint64_t Lap() {
    const auto now = std::chrono::steady_clock::now();
    const auto lap = std::chrono::duration_cast<std::chrono::nanoseconds>(now - last_);
    last_ = now;
    return static_cast<uint64_t>(lap.count());
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace mpicount
