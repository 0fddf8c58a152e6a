// The encoding of characters in UTF-8, and in UTF-16 as far as escapes and files have it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mpicount {

// The byte order mark.
constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";

// The character that takes the place of what is no character: U+FFFD.
constexpr uint32_t kReplacement = 0xfffd;

// The number of bytes of the longest character in UTF-8.
constexpr size_t kLongestUtf8 = 4;

constexpr bool IsHighSurrogate(uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
constexpr bool IsLowSurrogate(uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

// Returns the character of a surrogate pair.
constexpr uint32_t JoinSurrogates(uint32_t high, uint32_t low) {
  return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

// Writes a character, which is no surrogate, and returns the number of its bytes.
inline size_t WriteUtf8(uint32_t character, uint8_t* to) {
  if (character < 0x80) {
    to[0] = static_cast<uint8_t>(character);
    return 1;
  }
  const size_t size = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
  for (size_t i = size - 1; i > 0; --i) {
    to[i] = static_cast<uint8_t>(0x80 | (character & 0x3f));
    character >>= 6;
  }
  constexpr uint8_t kFirst[] = {0, 0, 0xc0, 0xe0, 0xf0};
  to[0] = static_cast<uint8_t>(kFirst[size] | character);
  return size;
}

}  // namespace mpicount
