// A file that is open for reading.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include "current_folder.h"

namespace mpicount {

// Opens a file, and closes it at the end of its life. Does not wait for a writer if the file has
// become a pipe.
class OpenFile {
 public:
  explicit OpenFile(const Place& place)
      : fd_(openat(place.folder, place.name, O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {}
  ~OpenFile() {
    if (fd_ >= 0) close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  // Returns the descriptor, or -1 if the file could not be opened.
  int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace mpicount
