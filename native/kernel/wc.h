// Counts lines, words and characters as GNU `wc -lwm` does in the C.UTF-8 locale:
//  - A line is a newline byte.
//  - A character is what glibc decodes: UTF-8 with up to six bytes (code points up to 0x7FFFFFFF),
//    without surrogates and overlong forms. Invalid bytes are not characters.
//  - A word begins at a word character that follows a space or the start of the text. Characters
//    that are neither words nor spaces are ignored, as if they were not there. The spaces are the
//    six of ASCII and those of Unicode, with the no-break spaces and the word joiner (U+2060). In
//    coreutils up to 9.4, the printable characters are word characters, and all others (such as
//    control characters, U+2028 and U+2029) and invalid bytes are ignored. From 9.5 on, everything
//    that is not a space is a word character, including invalid bytes.
//
// The seam rule: a line, a word or a character belongs to the block in which its first byte lies.
//  - Whether a character begins at a byte depends only on that byte and those after it, because the
//    first byte of a character never occurs inside another one.
//  - Whether a word begins there depends on the last word character or space before it. Any number
//    of ignored characters can lie between, so the look-back has no bound. But it is needed only if
//    a block has a word character before its first space, and then the block after it does not look
//    back beyond that character. So each byte is in the look-back of at most one block.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mpicount {

// Maps each code point to what it does to words.
class WcClasses {
 public:
  enum Class : uint8_t { kIgnored, kWord, kSpace };

  // `spaces` and `ignored` are sorted pairs [first, last] of code points, flattened; a code point
  // in both is a space. `ignores_bytes` says whether invalid bytes, and code points beyond Unicode,
  // are ignored; otherwise they are word characters.
  WcClasses(const std::vector<uint32_t>& spaces, const std::vector<uint32_t>& ignored,
            bool ignores_bytes);

  Class Of(uint32_t code_point) const {
    if (code_point > kLast) return other_;
    return static_cast<Class>(cells_[pages_[code_point / kPage] + code_point % kPage]);
  }
  // Returns the class of an invalid byte.
  Class other() const { return other_; }

  // Tables of bit sets, indexed by the low and the high four bits of a byte. The two sets of a byte
  // intersect if it is the first byte of two-byte or three-byte characters that are all word
  // characters.
  const std::array<uint8_t, 16>& low_nibbles() const { return low_nibbles_; }
  static constexpr std::array<uint8_t, 16> kHighNibbles{0, 0, 0, 0, 0, 0, 0, 0,
                                                        0, 0, 0, 0, 1, 2, 4, 0};

  // Returns whether certain common signs and letters, which share their first byte with characters
  // of other classes, are word characters: U+00A1 to U+00BF, U+200B to U+2027, U+2030 to U+203F,
  // U+3001 to U+303F, U+3041 to U+307F and U+FF01 to U+FF3F.
  bool has_common_words() const { return has_common_words_; }

 private:
  static constexpr uint32_t kLast = 0x10FFFF;
  static constexpr uint32_t kPage = 256;

  bool AreWords(uint32_t first, uint32_t last) const;

  Class other_;
  std::vector<uint8_t> cells_;
  std::array<uint32_t, (kLast + 1) / kPage> pages_{};  // where each page begins in the cells
  std::array<uint8_t, 16> low_nibbles_{};
  bool has_common_words_ = false;
};

struct WcCounts {
  uint64_t lines = 0;
  uint64_t words = 0;
  uint64_t characters = 0;
};

// Counts in a range of a text, in one or several steps.
class WcScan {
 public:
  // The number of bytes before and after the range that the scan may read.
  static constexpr size_t kContext = 5;

  // The range begins at text[begin]. It is assumed to follow a space, so a word that continues into
  // the range counts as one that begins there: see first().
  WcScan(const WcClasses& classes, const uint8_t* text, size_t size, size_t begin);

  // Scans the next part of the range, text[begin, end). The text has `size` bytes.
  void Scan(const uint8_t* text, size_t size, size_t begin, size_t end);

  const WcCounts& counts() const { return state_.counts; }
  // Return the first and the last class in the range that is not kIgnored, or kIgnored if there is
  // none.
  WcClasses::Class first() const { return state_.first; }
  WcClasses::Class last() const {
    if (state_.first == WcClasses::kIgnored) return WcClasses::kIgnored;
    return state_.after_space ? WcClasses::kSpace : WcClasses::kWord;
  }

  // The state between two steps; public for the vectorized code in wc.cc.
  struct State {
    WcCounts counts{};
    bool after_space = true;
    WcClasses::Class first = WcClasses::kIgnored;
    uint64_t covered = 0;  // bit i: byte i of the next part continues a character
  };

 private:
  const WcClasses& classes_;
  State state_;
};

}  // namespace mpicount
