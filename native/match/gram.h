// Grams: fixed numbers of consecutive bytes of a text, as hashes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "prefixes.h"

namespace mpicount {

// How byte strings are looked up by grams of so many bytes: at every offset of a text that is a
// multiple of `stride`. So each of them has as many grams in the table as that, one after the
// other, and where it occurs, exactly one of these begins at such an offset.
struct GramLookup {
  uint32_t bytes;
  uint32_t stride;

  // Returns the length that a byte string has at least.
  constexpr uint32_t min_length() const { return bytes + stride - 1; }
};

// Hashes grams of one length.
class GramHash {
 public:
  static constexpr uint32_t kMin = 4;
  static constexpr uint32_t kMax = 2 * sizeof(uint64_t);

  // `bytes` is the length of the grams, kMin to kMax.
  explicit GramHash(uint32_t bytes)
      : bytes_(bytes),
        second_(bytes - std::min(bytes, Prefix::kMax)),
        mask_(FirstOf(~uint64_t{0}, std::min(bytes, Prefix::kMax))) {}

  uint32_t bytes() const { return bytes_; }
  // Returns whether a gram is longer than eight bytes.
  bool is_long() const { return second_ > 0; }

  // Returns the hash of the gram at an offset of a text, in which the gram must fit; the high bits
  // are the best ones. The hash of a long gram is a sum of products (multilinear hashing: Lemire
  // and Kaser, Strongly Universal String Hashing is Fast, 2014).
  uint64_t Of(const uint8_t* text, size_t size, size_t offset) const {
    return is_long() ? OfLong(text + offset) : OfShort(EightAt(text, size, offset));
  }
  uint64_t OfLong(const uint8_t* at) const {
    uint64_t first, second;
    std::memcpy(&first, at, sizeof first);
    std::memcpy(&second, at + second_, sizeof second);
    return first * kFactor + second * kSecondFactor;
  }
  uint64_t OfShort(uint64_t eight) const { return (eight & mask_) * kFactor; }

  // Returns the high half of a hash of the hash, in which all of its bits count.
  static uint32_t KeyOf(uint64_t hash) {
    return static_cast<uint32_t>((hash ^ hash >> 32) * kSecondFactor >> 32);
  }

 private:
  static constexpr uint64_t kFactor = 0x9E3779B97F4A7C15;
  static constexpr uint64_t kSecondFactor = 0xD6E8FEB86659FD93;

  uint32_t bytes_;
  uint32_t second_;  // where the second eight bytes of a long gram begin
  uint64_t mask_;
};

}  // namespace mpicount
