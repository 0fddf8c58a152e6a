// Compares the bytes at many offsets of a text with a few tests at a time, by SIMD.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mpicount {

// Accepts a byte at a distance from an offset if it is `value` after masking, or `other`.
struct ByteTest {
  std::ptrdiff_t distance;
  uint8_t mask;
  uint8_t value;
  uint8_t other;

  bool Fits(uint8_t byte) const { return (byte & mask) == value || byte == other; }
  bool has_other() const { return (other & mask) != value; }
};

constexpr size_t kMaxTests = 4;

// Returns how many of the offsets text[0, offsets) pass all tests, of which there are at most
// kMaxTests, by their masks and values alone. The text must be readable as far as the tests reach.
uint64_t CountMatches(const uint8_t* text, size_t offsets, const ByteTest* tests, size_t count);

// Does the same, and sets bit i of `bits`, the first of which is the lowest bit of bits[0], for
// each offset i that passes.
uint64_t MarkMatches(const uint8_t* text, size_t offsets, const ByteTest* tests, size_t count,
                     uint64_t* bits);

// How many offsets were marked.
struct Marked {
  uint64_t matches;
  uint64_t newlines;
};

// Does the same, and sets the bits of the newlines in text[0, offsets), too. One pass takes hardly
// longer than the wait for the text alone.
Marked MarkMatchesAndNewlines(const uint8_t* text, size_t offsets, const ByteTest* tests,
                              size_t count, uint64_t* bits, uint64_t* newlines);

// Tests with an `other` come first; some tests may be equal.
using SomeTests = std::array<ByteTest, 3>;

constexpr size_t kStride = 64;

// Finds the first kStride consecutive offsets in [at, end) of which some pass all tests, and
// returns the first of them; bit i of `bits` is set if offset i passes. If none pass, returns the
// offset at which fewer than kStride offsets are left, and sets `bits` to 0.
size_t FindMatches(const uint8_t* text, size_t at, size_t end, const SomeTests& tests,
                   uint64_t& bits);

}  // namespace mpicount
