// Decodes a compressed or encoded file, part by part, in memory that does not depend on its size.
//
// A file consists of units, each of which can be decoded alone: gzip members, zstd frames and so
// on. A unit belongs to the block in which its first stored byte lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "format.h"
#include "stored_file.h"
#include "stream_sums.h"

namespace mpicount {

// Why a file cannot be decoded.
struct DecodeFault {
  uint64_t offset = 0;  // in the stored bytes: where it was noticed
  std::string what;     // continues a sentence that begins with the name of the file
};

// The result of a step of decoding.
struct DecodeStep {
  size_t read = 0;     // the number of stored bytes that were taken
  size_t written = 0;  // the number of decoded bytes
  std::optional<uint64_t>
      unit_begun;  // where the unit begins, if one began before what was written
  bool unit_ended = false;
  bool unit_skipped = false;  // it is one that is to be skipped: it has neither text nor checks
  bool file_ended = false;    // all stored bytes were decoded
  size_t room_wanted = 0;     // not 0: nothing was read or written, and with this room it is faster
  std::optional<DecodeFault> fault;
};

// Limits that a file must keep, so that memory is bounded.
struct DecodeLimits {
  // The number of bytes for the window of a zstd decoder, or for all of an xz decoder. The default
  // is the one of zstd's own program.
  uint64_t memory = uint64_t{128} << 20;
};

class Decoder {
 public:
  virtual ~Decoder() = default;

  // Decodes the next of the stored bytes into `room`, which is not empty. Stops at the end of each
  // unit. With `last`, no stored bytes follow these. A step that neither reads nor writes needs
  // more stored bytes than it was given, so the caller must add some to those that were not taken;
  // or it wants more room. If the room is the same in the next step, it does with that.
  virtual DecodeStep Decode(const uint8_t* stored, size_t size, bool last, uint8_t* room,
                            size_t room_size) = 0;

  // Returns what the units before the one that began last contribute to the checksums of their
  // streams; at the end of the file, what all of them do.
  virtual StreamSums sums() const { return {}; }
};

// Where decoding begins.
struct DecodeStart {
  uint64_t offset = 0;          // a unit begins there: 0, unless the format has units
  std::optional<uint32_t> sum;  // of the blocks before it in its stream, if it is known
};

// Returns a decoder for the stored bytes of a file from `start` on. `encoding` is that of the text,
// which is decoded to UTF-8, or empty for text that stays as it is. `file` is given unless the
// bytes come from a stream. Returns null and says in `fault` what the file needs if the library for
// the format, or the encoding, is not on this host. Does the same if the file lists its units and
// is damaged there; if that cannot be read, `fault` stays empty.
std::unique_ptr<Decoder> MakeDecoder(Format format, const DecodeLimits& limits, std::string& fault,
                                     const DecodeStart& start = {},
                                     const std::string& encoding = {},
                                     std::shared_ptr<StoredFile> file = nullptr);

// Returns where the first unit begins at or after `offset` in a file that lists its units, or the
// size of the file if none does. Such a place is not guessed: in a file that is not damaged, a unit
// begins there. Returns nothing if the file lists none, and in the cases in which MakeDecoder()
// says what is wrong with its list.
std::optional<uint64_t> FindListedUnit(Format format, std::shared_ptr<StoredFile> file,
                                       uint64_t offset, std::string& fault);

// Returns the first place in `stored`, before `limit`, at which a unit of a format that has units
// could begin, to judge by its first bytes; `limit` if there is none. The bytes from `limit` on are
// context, of which kUnitContext are enough.
size_t FindUnit(Format format, const uint8_t* stored, size_t size, size_t limit);
constexpr size_t kUnitContext = 16;

}  // namespace mpicount
