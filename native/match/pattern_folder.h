// Makes the elements of patterns from their bytes, and finds the patterns that are the same.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "folded_patterns.h"

namespace mpicount {

// Byte strings, one after the other: the string i is [ends[i - 1], ends[i]) of the bytes.
struct ByteStrings {
  const uint8_t* bytes;
  const uint32_t* ends;
  size_t size;

  const uint8_t* begin(size_t i) const { return bytes + (i == 0 ? 0 : ends[i - 1]); }
  const uint8_t* end(size_t i) const { return bytes + ends[i]; }
};

class PatternFolder {
 public:
  // Elements are added to `patterns`. `classes` are the classes of simple case
  // folding: for each the number of its members, and its members, code points in order. With null,
  // every byte matches only itself. Otherwise a character matches all characters of its class, and
  // a byte that is not part of a well-formed character only itself.
  PatternFolder(FoldedPatterns& patterns, const std::vector<uint32_t>* classes);

  // Sets `numbers` to those of the elements of the pattern [at, end). Two patterns are the same if
  // and only if these are the same.
  void Fold(const uint8_t* at, const uint8_t* end, std::vector<uint32_t>& numbers);

 private:
  static constexpr uint32_t kUnknown = UINT32_MAX;

  uint32_t OfByte(uint8_t byte);
  uint32_t OfAscii(uint8_t byte);
  uint32_t OfCharacter(uint32_t code_point);

  FoldedPatterns& patterns_;
  const std::vector<uint32_t>* classes_;
  // The numbers of elements.
  std::array<uint32_t, 256> of_byte_;
  std::array<uint32_t, 128> of_ascii_;
  std::unordered_map<uint32_t, uint32_t> of_character_;
  std::unordered_map<uint32_t, size_t> class_of_;  // where the class of a code point begins
};

// The different ones among patterns, in the order in which they come first.
struct DistinctPatterns {
  FoldedPatterns patterns;
  std::vector<uint32_t> indices;  // for each pattern its index among them; empty if all differ
};

// Folds patterns, which are not empty, with the classes of case folding that a PatternFolder has.
// It takes time proportional to their bytes.
DistinctPatterns FoldAll(const ByteStrings& patterns, const std::vector<uint32_t>* classes);

}  // namespace mpicount
