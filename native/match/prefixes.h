// What patterns begin with.
#pragma once

#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "char_variants.h"

namespace mpicount {

// Up to eight bytes, the first one the lowest.
struct Prefix {
  static constexpr uint32_t kMax = sizeof(uint64_t);

  uint64_t value = 0;
  uint32_t bytes = 0;
  bool is_whole = false;  // where it stands, all the pattern stand, and end with it

  auto operator<=>(const Prefix&) const = default;
};

// What pattern[from...] may begin with: `max_bytes` bytes, or all of them when they have no more,
// with the bits of `fold` set: none, or those in which the cases of ASCII letters differ, which
// pattern then have both of. In order, each once.
std::vector<Prefix> PrefixesOf(const FoldedPattern& pattern, size_t from, uint32_t max_bytes,
                               uint64_t fold);

// Eight bytes at a offset; zeros where the text has ended.
inline uint64_t EightAt(const uint8_t* text, size_t size, size_t offset) {
  uint64_t eight = 0;
  if (size - offset >= sizeof eight) {
    std::memcpy(&eight, text + offset, sizeof eight);
  } else {
    std::memcpy(&eight, text + offset, size - offset);
  }
  return eight;
}

// The first `bytes` of eight, 1 to 8.
static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");
inline uint64_t FirstOf(uint64_t eight, uint32_t bytes) {
  return eight & (~uint64_t{0} >> 8 * (Prefix::kMax - bytes));
}

// Spreads numbers over 2^bits (Fibonacci hashing: Knuth, The Art of Computer Programming, volume 3,
// section 6.4).
constexpr uint32_t kHashFactor = 0x9E3779B1;
inline uint32_t HashOf(uint32_t number, unsigned bits) {
  return number * kHashFactor >> (32 - bits);
}
inline uint32_t HashOf(uint64_t number, unsigned bits) {
  return static_cast<uint32_t>(number * 0x9E3779B97F4A7C15 >> (64 - bits));
}

}  // namespace mpicount
