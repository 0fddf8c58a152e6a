// Decodes UTF-8 in text that need not be valid.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mpicount {

struct Character {
  uint32_t code_point = 0;
  size_t length = 0;  // 0: no well-formed character starts here
};

inline bool IsContinuation(uint8_t byte) { return (byte & 0xC0) == 0x80; }

// Decodes the non-ASCII character that starts at `text`, by table 3-7 of the Unicode standard
// (well-formed UTF-8 byte sequences).
Character Decode(const uint8_t* text, size_t size);

}  // namespace mpicount
