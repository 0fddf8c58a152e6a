// Word characters in text that need not be valid UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mpicount {

// The word characters, as sorted pairs [first, last] of code points, flattened.
class WordCharacters {
 public:
  explicit WordCharacters(std::vector<uint32_t> ranges);

  // Whether text[at] is a byte of a well-formed UTF-8 character that is a word character. Looks at
  // most 3 bytes to either side, and never outside of text[0, size).
  bool IsInWordCharacter(const uint8_t* text, size_t size, size_t at) const;

  // Whether text[at] is ASCII, or a byte of any well-formed UTF-8 character.
  static bool IsInCharacter(const uint8_t* text, size_t size, size_t at);

 private:
  bool Contains(uint32_t code_point) const;

  std::vector<uint32_t> ranges_;
  bool ascii_[128];
};

}  // namespace mpicount
