// Sixteen bytes at once, on whatever processor: the compilers' own vectors.
// https://gcc.gnu.org/onlinedocs/gcc/Vector-Extensions.html
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace mpicount {

static_assert(std::endian::native == std::endian::little, "a vector's first byte is the lowest");

using Vector [[gnu::vector_size(16)]] = uint8_t;
// What comparing vectors gives: -1 for yes, 0 for no.
using Answers [[gnu::vector_size(16)]] = int8_t;

inline Vector LoadVector(const void* at) {
  Vector vector;
  std::memcpy(&vector, at, sizeof vector);
  return vector;
}

inline Vector FillVector(uint8_t byte) { return Vector{} + byte; }

// One bit for each answer.
inline uint64_t BitsOf(Answers answers) {
#ifdef __SSE2__
  return static_cast<uint64_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(answers)));
#else
  uint64_t halves[2];
  std::memcpy(halves, &answers, sizeof halves);
  // The lowest bit of each byte moves to the top byte, each to a place of its own.
  const auto bits = [](uint64_t half) {
    return (half & 0x0101010101010101) * 0x0102040810204080 >> 56;
  };
  return bits(halves[0]) | bits(halves[1]) << 8;
#endif
}

inline bool Any(Answers answers) {
#ifdef __SSE2__
  return BitsOf(answers) != 0;
#else
  uint64_t halves[2];
  std::memcpy(halves, &answers, sizeof halves);
  return (halves[0] | halves[1]) != 0;
#endif
}

}  // namespace mpicount
