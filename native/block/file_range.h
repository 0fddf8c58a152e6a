// A range of a file, and how it is read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "../source/decode/format.h"
#include "../source/source.h"

namespace mpicount {

// The start of a range of which it is not known where its first unit begins.
constexpr uint64_t kGuess = UINT64_MAX;

struct FileRange {
  int fd;
  uint64_t file_size;
  uint64_t begin;  // the range is [begin, end) of the file, not empty
  uint64_t end;
  uint64_t window;  // bytes to scan at a time; small enough for the cache of a core
  uint64_t chunk;   // bytes to read at a time; 0: map the file if possible
  bool drop;        // drop the range from the page cache afterwards
  bool stream;      // read `fd` as a stream to its end instead; the range is all of it
  Format format;    // kUnknown: to be told by the first bytes; the range is then the whole file
  uint64_t memory;  // the most that a decoder may need
  // For a range of a file that is decoded by units: the offset of the first unit that begins in the
  // range or after it; kGuess: not known. And whether that is certain, so that what cannot be
  // decoded is damage.
  uint64_t start = 0;
  bool is_sure = true;
  // The encoding of the text; empty: it is not decoded. A byte order mark comes before it.
  std::string encoding = {};
  // The sum of the blocks before the start in its stream, if it is known; see stream_sums.h.
  std::optional<uint32_t> sum = {};

  // Returns whether the range is one of the stored bytes and counted as it is. Otherwise, the text
  // is decoded from its start or from that of a unit, and offsets in the text are counted from
  // there.
  bool is_stored() const { return format == Format::kPlain && !stream; }
  // Returns whether the range has the units that begin in its stored bytes. Otherwise, and if it is
  // not stored, it has the whole text.
  bool has_units() const { return HasUnits(format) && !stream; }
};

// Opens the stored bytes of the file from `begin` on. Nothing at or beyond `likely_end` is read
// before a view asks for it.
std::unique_ptr<Source> OpenStored(const FileRange& range, uint64_t begin, uint64_t likely_end,
                                   ScratchBuffer& buffer);

// Opens the text of the file from `begin` on. Returns null and sets `error` if the format cannot be
// decoded on this host.
std::unique_ptr<Source> OpenSource(const FileRange& range, uint64_t begin, uint64_t likely_end,
                                   ScratchBuffer& buffer, ReadError& error);

// Opens the text of a file that has units, from the unit that begins at `start` on.
std::unique_ptr<Source> OpenUnits(const FileRange& range, uint64_t start, ScratchBuffer& buffer,
                                  ReadError& error);

// Returns where the first unit begins at or after `from`, as the file itself lists its units; the
// size of the file if none does; nothing if it lists none. Sets `error` if the list cannot be read,
// or if the file is damaged there.
std::optional<uint64_t> ListedUnit(const FileRange& range, uint64_t from,
                                   std::optional<ReadError>& error);

void DropFromPageCache(const FileRange& range);

}  // namespace mpicount
