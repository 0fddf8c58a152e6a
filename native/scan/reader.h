// Reading stretches of a file into memory.
#pragma once

#include <cstdint>
#include <vector>

namespace mpicount {

struct ReadError {
  int number = 0;       // errno; 0: the file ended early
  uint64_t offset = 0;  // where in the file
};

// Fills `text` with the bytes [begin, end) of the file. False when that failed, with the reason in
// `error`.
bool ReadExactly(int fd, uint64_t begin, uint64_t end, std::vector<uint8_t>& text,
                 ReadError& error);

}  // namespace mpicount
