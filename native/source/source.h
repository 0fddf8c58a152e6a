// The text of a file, wherever its bytes are when they are scanned.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace mpicount {

struct ReadError {
  int number = 0;       // errno; 0: the file ended early
  uint64_t offset = 0;  // where in the file
};

// The size of a stream that has not ended.
constexpr uint64_t kUnknownSize = INT64_MAX;

class Text {
 public:
  virtual ~Text() = default;

  // In bytes, or kUnknownSize.
  virtual uint64_t size() const = 0;

  // The bytes [begin, end) of the file, there until the next call, for which `begin` must not be
  // less; of a stream, only those before its end, which is known then. Null when they cannot be
  // read, with the reason in `error`.
  virtual const uint8_t* View(uint64_t begin, uint64_t end, ReadError& error) = 0;

  // To be asked when a view was looked at: false when what was seen is not what the file holds.
  virtual bool Confirm(ReadError& error) = 0;
};

// Memory to read into, kept from one block to the next.
using Buffer = std::vector<uint8_t>;

// By pread(), `chunk` bytes at a time, from multiples of that on; nothing is read at or beyond
// `likely_end` until it is asked for.
std::unique_ptr<Text> OpenBuffered(int fd, uint64_t file_size, uint64_t likely_end, uint64_t chunk,
                                   Buffer& buffer);

// By mapping stretches of the file; null where the file system does not allow that.
std::unique_ptr<Text> OpenMapped(int fd, uint64_t file_size, uint64_t begin, uint64_t likely_end);

// By read(), from where the stream is to its end, at least `chunk` bytes at a time if they are
// there.
std::unique_ptr<Text> StreamedText(int fd, uint64_t chunk, Buffer& buffer);

}  // namespace mpicount
