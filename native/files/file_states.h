// The states of files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "paths.h"

namespace mpicount {

// The state of a file, by which a change is recognized.
struct FileState {
  uint64_t size;     // in bytes
  int64_t modified;  // in nanoseconds since 1970
  uint64_t inode;
};

// Returns the state of an open file, or nothing if the system does not tell it.
std::optional<FileState> StateOf(int fd);

// Columns with a row for each file.
struct FileStates {
  std::vector<double> sizes;      // in bytes
  std::vector<int64_t> modified;  // in nanoseconds since 1970
  std::vector<uint64_t> inodes;
  std::vector<uint8_t> is_countable;  // 0: no file to count, and the other columns say nothing
};

// Looks at files with stat(2). Countable is a regular file that is not empty; with `to_read`, one
// that this process may read, as far as it can tell without opening it. What is wrong with any
// other file is for the caller to find out, since it is rare.
FileStates StatesOf(const Paths& paths, bool to_read);

}  // namespace mpicount
