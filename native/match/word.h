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

  // The kinds of bytes that the word rule distinguishes: part of a word character, of another
  // well-formed UTF-8 character, or of none.
  enum class Kind : uint8_t { kWord, kOther, kInvalid };

  // Returns the kind of text[at]. Reads at most 3 bytes on each side, and never outside
  // text[0, size).
  Kind KindOf(const uint8_t* text, size_t size, size_t at) const {
    if (text[at] < 0x80) return ascii_[text[at]] ? Kind::kWord : Kind::kOther;
    return KindOfLong(text, size, at);
  }

 private:
  Kind KindOfLong(const uint8_t* text, size_t size, size_t at) const;
  bool Contains(uint32_t code_point) const;

  std::vector<uint32_t> ranges_;
  bool ascii_[128];
};

}  // namespace mpicount
