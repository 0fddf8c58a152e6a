// The elements of patterns: characters with their case variants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mpicount {

// One element of a pattern: the byte strings that match at that position. None of them is a prefix
// or a suffix of another: each is one byte, or one multi-byte character in UTF-8, whose bytes are
// not ASCII.
using CharVariants = std::vector<std::string>;

// Lengths in bytes.
size_t ShortestOf(const CharVariants& element);
size_t LongestOf(const CharVariants& element);

// Returns whether all alternatives have the same length.
bool IsFixed(const CharVariants& element);

// Returns the alternatives of one length.
CharVariants OfLength(const CharVariants& element, size_t length);

// Return the end (start) of the alternative that begins (ends) at `at`, or null if none does.
const uint8_t* MatchForward(const CharVariants& element, const uint8_t* at, const uint8_t* end);
const uint8_t* MatchBackward(const CharVariants& element, const uint8_t* begin, const uint8_t* at);

// The bits that a set of bytes have in common, and their values.
struct Masked {
  uint8_t mask;
  uint8_t value;
  size_t bytes;  // how many have this value
};

Masked MaskFor(const std::string& bytes);

// Returns the bytes that the alternatives have at an offset, counted from the start of the element,
// or from its end if negative.
std::string BytesAt(const CharVariants& element, std::ptrdiff_t offset);

}  // namespace mpicount
