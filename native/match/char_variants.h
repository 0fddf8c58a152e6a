// What patterns are made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mpicount {

// What may stand at a offset of a pattern: byte strings, none of which begins or ends another. Each
// is one byte, or a character of several bytes in UTF-8, so of bytes outside of ASCII.
using CharVariants = std::vector<std::string>;

// A pattern; its elements are in a table.
using FoldedPattern = std::vector<const CharVariants*>;

// The elements of all patterns: there are few, and patterns may be many.
class VariantTable {
 public:
  // A pattern from bytes: for each element how many alternatives it has, and for each of these its
  // length and its bytes.
  FoldedPattern Decode(const uint8_t* at, const uint8_t* end);

  const CharVariants* Add(CharVariants element) { return &added_.emplace_back(std::move(element)); }

 private:
  std::unordered_map<std::string, CharVariants> decoded_;  // by the bytes they were made from
  std::deque<CharVariants> added_;
};

// In bytes.
size_t ShortestOf(const CharVariants& element);
size_t LongestOf(const CharVariants& element);

// Whether all alternatives have the same length.
bool IsFixed(const CharVariants& element);

// The alternatives of one length.
CharVariants OfLength(const CharVariants& element, size_t length);

// The end, or the start, of the alternative that begins, or ends, at `at`; null when none does.
const uint8_t* MatchForward(const CharVariants& element, const uint8_t* at, const uint8_t* end);
const uint8_t* MatchBackward(const CharVariants& element, const uint8_t* begin, const uint8_t* at);

// The bits in which bytes do not differ, and what these are.
struct Masked {
  uint8_t mask;
  uint8_t value;
  size_t bytes;  // how many have this value
};

Masked MaskFor(const std::string& bytes);

// What may stand at a offset: counted from the start of a element, or from its end when negative.
std::string BytesAt(const CharVariants& element, std::ptrdiff_t offset);

}  // namespace mpicount
