// Decodes gzip members that are in memory as a whole, by libdeflate, and computes the checksums of
// others. It is about twice as fast as zlib, but needs room for all of the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "format.h"

namespace mpicount {

// The program does without it: zlib decodes every member. So it is missing only if the user names a
// file that is not this library.
const LibraryFacts& LibdeflateLibrary();

// Returns the CRC-32 of a text of which `crc` is that of the part before these bytes, or 0 if they
// are its first. The library must be there.
uint32_t Crc32(uint32_t crc, const uint8_t* bytes, size_t size);

struct WholeMember {
  size_t stored_size;
  size_t text_size;
};

class MemberDecoder {
 public:
  MemberDecoder() = default;
  ~MemberDecoder();
  MemberDecoder(const MemberDecoder&) = delete;
  MemberDecoder& operator=(const MemberDecoder&) = delete;

  // Decodes the member with which `stored` begins. Returns nothing unless it is complete, its
  // checksum and length are right, and its text has room; the room may have been written to then.
  // A checksum of the header is not checked.
  std::optional<WholeMember> Decode(const uint8_t* stored, size_t size, uint8_t* room,
                                    size_t room_size);

 private:
  void* decompressor_ = nullptr;
};

}  // namespace mpicount
