// Text that is yet to be written, since there was no room for it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "decoder.h"

namespace mpicount {

template <size_t kCapacity>
struct PendingText {
  uint8_t bytes[kCapacity];
  size_t size = 0;

  // Writes as much of it as there is room for, after what the step has written.
  void Write(uint8_t* room, size_t room_size, DecodeStep& step) {
    const size_t written = std::min(size, room_size - step.written);
    std::memcpy(room + step.written, bytes, written);
    std::memmove(bytes, bytes + written, size - written);
    size -= written;
    step.written += written;
  }
};

}  // namespace mpicount
