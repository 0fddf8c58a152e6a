// A range of a file, and how it is read.
#pragma once

#include <cstdint>
#include <memory>

#include "../source/decode/format.h"
#include "../source/source.h"

namespace mpicount {

struct FileRange {
  int fd;
  uint64_t file_size;
  uint64_t begin;  // the range is [begin, end) of the file, not empty
  uint64_t end;
  uint64_t window;  // bytes to scan at a time; small enough for the cache of a core
  uint64_t chunk;   // bytes to read at a time; 0: map the file if possible
  bool drop;        // drop the range from the page cache afterwards
  bool stream;      // read `fd` as a stream to its end instead; the range is all of it
  Format format;    // not kPlain: the range is all of the decoded text; kUnknown: to be told
  uint64_t memory;  // the most that a decoder may need
};

// Opens the bytes of the file from `begin` on. Nothing at or beyond `likely_end` is read before a
// view asks for it. Returns null and sets `error` if the format cannot be decoded on this host.
std::unique_ptr<Source> OpenSource(const FileRange& range, uint64_t begin, uint64_t likely_end,
                                   ScratchBuffer& buffer, ReadError& error);

void DropFromPageCache(const FileRange& range);

}  // namespace mpicount
