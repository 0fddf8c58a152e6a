// 16-byte vectors by vector extensions of the compilers, which every processor supports
// (https://gcc.gnu.org/onlinedocs/gcc/Vector-Extensions.html).
#pragma once

#include <cstdint>
#include <cstring>
#ifdef __x86_64__
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
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
#elif defined(__aarch64__)
  // Each lane keeps the bit of its place; neighbours are added until a byte has eight of them
  // (https://github.com/simdjson/simdjson/blob/master/include/simdjson/arm64/simd.h, to_bitmask).
  const uint8x16_t places{1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t bits = vandq_u8(reinterpret_cast<uint8x16_t>(answers), places);
  for (int round = 0; round < 3; ++round) bits = vpaddq_u8(bits, bits);
  return vgetq_lane_u16(vreinterpretq_u16_u8(bits), 0);
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
