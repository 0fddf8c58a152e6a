// Recognizes word characters in text that need not be valid UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mpicount {

// The word characters as a flat list of sorted pairs [first, last] of code points.
class WordCharacters {
 public:
  explicit WordCharacters(std::vector<uint32_t> ranges);

  // Returns whether text[at] is part of a well-formed UTF-8 character that is a word character.
  // Reads at most 3 bytes on each side, and never outside text[0, size).
  bool IsInWordCharacter(const uint8_t* text, size_t size, size_t at) const;

  // Returns whether text[at] is ASCII or part of any well-formed UTF-8 character.
  static bool IsInCharacter(const uint8_t* text, size_t size, size_t at);

 private:
  bool Contains(uint32_t code_point) const;

  std::vector<uint32_t> ranges_;
  bool ascii_[128];
};

}  // namespace mpicount
