// Looking at many offsets of a text at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mpicount {

// Whether a byte at a distance from a offset is one of those that are `value` once masked, or
// `other`.
struct ByteTest {
  std::ptrdiff_t distance;
  uint8_t mask;
  uint8_t value;
  uint8_t other;

  bool Fits(uint8_t byte) const { return (byte & mask) == value || byte == other; }
  bool has_other() const { return (other & mask) != value; }
};

constexpr size_t kMaxTests = 4;

// How many of the offsets text[0, offsets) pass all of up to kMaxTests tests, each by its mask and
// value. The text goes on as far as the tests look.
uint64_t CountMatches(const uint8_t* text, size_t offsets, const ByteTest* tests, size_t count);

// Those with an `other` first; some may be the same.
using SomeTests = std::array<ByteTest, 3>;

constexpr size_t kStride = 64;

// The first stretch of kStride offsets, from `at` on and within `end`, in which some pass all
// tests; `bits` tells which, the first one by the lowest bit. Where there is none, the offset at
// which less than a stretch is left, and no bits.
size_t FindMatches(const uint8_t* text, size_t at, size_t end, const SomeTests& tests,
                   uint64_t& bits);

}  // namespace mpicount
