// The prefixes of patterns.
#pragma once

#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "char_variants.h"
#include "folded_patterns.h"

namespace mpicount {

// Up to eight bytes; the first one is the lowest.
struct Prefix {
  static constexpr uint32_t kMax = sizeof(uint64_t);

  uint64_t value = 0;
  uint32_t bytes = 0;
  bool is_whole = false;  // where it stands, all the pattern stand, and end with it

  auto operator<=>(const Prefix&) const = default;
};

// Returns the prefixes of pattern[from...]: `max_bytes` bytes each, or fewer where the pattern has
// no more, with the bits of `fold` set. `fold` is 0, or the bits in which the cases of ASCII
// letters differ; the pattern then has both cases. Sorted, without duplicates.
std::vector<Prefix> PrefixesOf(const FoldedPattern& pattern, size_t from, uint32_t max_bytes,
                               uint64_t fold);

// Returns the eight bytes at an offset, with zeros beyond the end of the text.
inline uint64_t EightAt(const uint8_t* text, size_t size, size_t offset) {
  uint64_t eight = 0;
  if (size - offset >= sizeof eight) {
    std::memcpy(&eight, text + offset, sizeof eight);
  } else {
    std::memcpy(&eight, text + offset, size - offset);
  }
  return eight;
}

// Returns the first `bytes` of eight, 1 to 8.
static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");
inline uint64_t FirstOf(uint64_t eight, uint32_t bytes) {
  return eight & (~uint64_t{0} >> 8 * (Prefix::kMax - bytes));
}

// Hashes numbers to 2^bits values (Fibonacci hashing: Knuth, The Art of Computer Programming,
// volume 3, section 6.4).
constexpr uint32_t kHashFactor = 0x9E3779B1;
inline uint32_t HashOf(uint32_t number, unsigned bits) {
  return number * kHashFactor >> (32 - bits);
}
inline uint32_t HashOf(uint64_t number, unsigned bits) {
  return static_cast<uint32_t>(number * 0x9E3779B97F4A7C15 >> (64 - bits));
}

}  // namespace mpicount
