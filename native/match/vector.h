// 16-byte vectors by vector extensions of the compilers, which every processor supports
// (https://gcc.gnu.org/onlinedocs/gcc/Vector-Extensions.html).
#pragma once

#include <cstdint>
#include <cstring>
#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace mpicount {

using Vector [[gnu::vector_size(16)]] = uint8_t;

inline Vector Load(const uint8_t* at) {
  Vector vector;
  std::memcpy(&vector, at, sizeof vector);
  return vector;
}

inline Vector Fill(uint8_t byte) { return Vector{} + byte; }

// Returns one bit for each of 16 lanes, which are -1 or 0.
template <typename Answers>
uint64_t BitsOf(Answers answers) {
#ifdef __x86_64__
  return static_cast<uint64_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(answers)));
#else
  uint64_t halves[2];
  std::memcpy(halves, &answers, sizeof halves);
  // The multiplication moves the lowest bit of each byte to a position of its own in the top byte.
  const auto bits = [](uint64_t half) {
    return (half & 0x0101010101010101) * 0x0102040810204080 >> 56;
  };
  return bits(halves[0]) | bits(halves[1]) << 8;
#endif
}

}  // namespace mpicount
