// Reading from a file at any place.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "source.h"

namespace mpicount {

// Reads the bytes [offset, offset + size) of a file. Returns false and sets `error` if they cannot
// be read.
inline bool ReadAt(int fd, uint8_t* bytes, size_t size, uint64_t offset, ReadError& error) {
  for (size_t done = 0; done < size;) {
    const ssize_t got = pread(fd, bytes + done, size - done, static_cast<off_t>(offset + done));
    if (got > 0) {
      done += static_cast<size_t>(got);
    } else if (got == 0 || errno != EINTR) {
      error = {got == 0 ? 0 : errno, offset + done};
      return false;
    }
  }
  return true;
}

}  // namespace mpicount
