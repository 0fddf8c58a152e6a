// The bytes of a file range, mapped into memory, read into a buffer, or decoded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "decode/stream_sums.h"

namespace mpicount {

class Decoder;

struct ReadError {
  int number = 0;       // errno, or 0 if the file ended early
  uint64_t offset = 0;  // in the file
  std::string fault{};  // not empty: why the file cannot be decoded (DecodeFault)
};

// The size of a stream of which the end has not been reached.
constexpr uint64_t kUnknownSize = INT64_MAX;

// Where a decoding unit begins: in the stored bytes, and in those that a source decodes.
struct UnitBorder {
  uint64_t stored;
  uint64_t decoded;
  StreamSums sums = {};  // of the units before it
};

class Source {
 public:
  virtual ~Source() = default;

  // Returns the size of the file or stream in bytes, or kUnknownSize.
  virtual uint64_t size() const = 0;

  // Returns the number of stored bytes that the size stands for.
  virtual uint64_t stored_size() const { return size(); }

  // Returns the bytes [begin, end) of the file. They stay valid until the next call, whose `begin`
  // must not be smaller. A stream may end before `end`; then size() is known and only the bytes
  // before it are valid. Returns null and sets `error` if the bytes cannot be read.
  virtual const uint8_t* View(uint64_t begin, uint64_t end, ReadError& error) = 0;

  // Returns where the first unit that begins at or after the end of the range begins, or the end of
  // the file, once it was decoded to there. Never known if the bytes are not decoded.
  virtual std::optional<UnitBorder> border() const { return std::nullopt; }

  // Returns the time that decoding took, which is part of that of the views.
  virtual uint64_t decode_nanoseconds() const { return 0; }

  // Returns whether a unit was decoded to its end, with its checks.
  virtual bool has_whole_unit() const { return false; }

  // Call this after scanning a view. Returns false if some of its bytes could not be read (a fault
  // in mapped memory), so that the scan is void.
  virtual bool Confirm(ReadError& error) = 0;
};

// Memory to read into, which is reused for one file range after the other.
using ScratchBuffer = std::vector<uint8_t>;

// Reads with pread(), in pieces that end at multiples of `chunk`. Nothing at or beyond `likely_end`
// is read before a view asks for it.
std::unique_ptr<Source> OpenBuffered(int fd, uint64_t file_size, uint64_t likely_end,
                                     uint64_t chunk, ScratchBuffer& buffer);

// Maps windows of the file. Returns null if the file system does not support mapping.
std::unique_ptr<Source> OpenMapped(int fd, uint64_t file_size, uint64_t begin, uint64_t likely_end);

// Reads a stream with read() from its current position to its end, asking for at least `chunk`
// bytes at a time.
std::unique_ptr<Source> OpenStream(int fd, uint64_t chunk, ScratchBuffer& buffer);

// The stored bytes to decode.
struct StoredRange {
  uint64_t begin;  // where decoding begins; the text has the offset 0 there
  uint64_t end;    // where the range ends; what follows is decoded when a view asks for it
  uint64_t chunk;  // the most bytes that the decoder is given at a time
};

// Decodes the bytes of a file, and writes the text to `buffer`. Keeps `owned`, the buffer of the
// stored bytes or of the text.
std::unique_ptr<Source> OpenDecoded(std::unique_ptr<Source> stored,
                                    std::unique_ptr<ScratchBuffer> owned,
                                    std::unique_ptr<Decoder> decoder, const StoredRange& range,
                                    ScratchBuffer& buffer);

}  // namespace mpicount
