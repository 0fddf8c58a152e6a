#include "byte_match.h"

#include <algorithm>
#include <bit>
#include <tuple>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "cpu_features.h"
#include "vector.h"

namespace mpicount {
namespace {

// Each function has two forms: 16 bytes a step (vector.h), and 32 bytes with AVX2.

// 8-bit lane counters overflow after 255 rounds.
constexpr size_t kMaxRounds = 255;

namespace basic {

template <size_t kTests>
uint64_t Count(const uint8_t* text, size_t offsets, const ByteTest* tests) {
  Vector masks[kTests], values[kTests];
  for (size_t i = 0; i < kTests; ++i) {
    masks[i] = Fill(tests[i].mask);
    values[i] = Fill(tests[i].value);
  }
  uint64_t count = 0;
  while (offsets >= sizeof(Vector)) {
    const size_t rounds = std::min(kMaxRounds, offsets / sizeof(Vector));
    Vector sums{};
    for (size_t round = 0; round < rounds; ++round, text += sizeof(Vector)) {
      auto all = (Load(text + tests[0].distance) & masks[0]) == values[0];
      for (size_t i = 1; i < kTests; ++i) {
        all &= (Load(text + tests[i].distance) & masks[i]) == values[i];
      }
      sums -= reinterpret_cast<Vector>(all);
    }
    for (size_t i = 0; i < sizeof(Vector); ++i) count += sums[i];
    offsets -= rounds * sizeof(Vector);
  }
  return count;
}

// `offsets` is a multiple of kStride.
template <size_t kTests, bool kNewlines>
Marked Mark(const uint8_t* text, size_t offsets, const ByteTest* tests, uint64_t* bits,
            uint64_t* newlines) {
  Vector masks[kTests], values[kTests];
  for (size_t i = 0; i < kTests; ++i) {
    masks[i] = Fill(tests[i].mask);
    values[i] = Fill(tests[i].value);
  }
  Marked marked{0, 0};
  for (size_t at = 0; at < offsets; at += kStride) {
    uint64_t found = 0, ends = 0;
    for (size_t i = 0; i < kStride; i += sizeof(Vector)) {
      auto all = (Load(text + at + i + tests[0].distance) & masks[0]) == values[0];
      for (size_t test = 1; test < kTests; ++test) {
        all &= (Load(text + at + i + tests[test].distance) & masks[test]) == values[test];
      }
      found |= BitsOf(all) << i;
      if constexpr (kNewlines) ends |= BitsOf(Load(text + at + i) == Fill('\n')) << i;
    }
    *bits++ |= found;
    marked.matches += static_cast<uint64_t>(std::popcount(found));
    if constexpr (kNewlines) {
      *newlines++ |= ends;
      marked.newlines += static_cast<uint64_t>(std::popcount(ends));
    }
  }
  return marked;
}

uint64_t Bits(const uint8_t* address, const ByteTest& test, bool has_other) {
  uint64_t bits = 0;
  for (size_t i = 0; i < kStride; i += sizeof(Vector)) {
    const Vector bytes = Load(address + test.distance + i);
    auto fit = (bytes & Fill(test.mask)) == Fill(test.value);
    if (has_other) fit |= bytes == Fill(test.other);
    bits |= BitsOf(fit) << i;
  }
  return bits;
}

// The first kOthers tests have an `other`.
template <size_t kOthers>
size_t Find(const uint8_t* text, size_t at, size_t end, const SomeTests& tests, uint64_t& bits) {
  for (; at + kStride <= end; at += kStride) {
    bits = ~uint64_t{0};
    for (size_t i = 0; i < tests.size(); ++i) bits &= Bits(text + at, tests[i], i < kOthers);
    if (bits != 0) return at;
  }
  return at;
}

}  // namespace basic

#ifdef __x86_64__
namespace avx2 {

// Software prefetch: hardware prefetchers stop at the end of a page. Prefetching past the text is
// harmless.
constexpr size_t kPrefetchDistance = 2048;

template <size_t kTests>
[[gnu::target("avx2")]] uint64_t Count(const uint8_t* text, size_t offsets, const ByteTest* tests) {
  __m256i masks[kTests], values[kTests];
  for (size_t i = 0; i < kTests; ++i) {
    masks[i] = _mm256_set1_epi8(static_cast<char>(tests[i].mask));
    values[i] = _mm256_set1_epi8(static_cast<char>(tests[i].value));
  }
  uint64_t count = 0;
  while (offsets >= sizeof(__m256i)) {
    const size_t rounds = std::min(kMaxRounds, offsets / sizeof(__m256i));
    __m256i sums = _mm256_setzero_si256();
    for (size_t round = 0; round < rounds; ++round, text += sizeof(__m256i)) {
      _mm_prefetch(reinterpret_cast<const char*>(text + kPrefetchDistance), _MM_HINT_T0);
      __m256i all = _mm256_set1_epi8(-1);
      for (size_t i = 0; i < kTests; ++i) {
        const __m256i bytes =
            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + tests[i].distance));
        all =
            _mm256_and_si256(all, _mm256_cmpeq_epi8(_mm256_and_si256(bytes, masks[i]), values[i]));
      }
      sums = _mm256_sub_epi8(sums, all);
    }
    uint64_t quarters[4];
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(quarters),
                        _mm256_sad_epu8(sums, _mm256_setzero_si256()));
    count += quarters[0] + quarters[1] + quarters[2] + quarters[3];
    offsets -= rounds * sizeof(__m256i);
  }
  return count;
}

template <size_t kTests, bool kNewlines>
[[gnu::target("avx2,popcnt")]] Marked Mark(const uint8_t* text, size_t offsets,
                                           const ByteTest* tests, uint64_t* bits,
                                           uint64_t* newlines) {
  const __m256i newline = _mm256_set1_epi8('\n');
  __m256i masks[kTests], values[kTests];
  for (size_t i = 0; i < kTests; ++i) {
    masks[i] = _mm256_set1_epi8(static_cast<char>(tests[i].mask));
    values[i] = _mm256_set1_epi8(static_cast<char>(tests[i].value));
  }
  Marked marked{0, 0};
  for (size_t at = 0; at < offsets; at += kStride) {
    _mm_prefetch(reinterpret_cast<const char*>(text + at + kPrefetchDistance), _MM_HINT_T0);
    uint64_t found = 0, ends = 0;
    for (size_t half = 0; half < 2; ++half) {
      __m256i all = _mm256_set1_epi8(-1);
      const uint8_t* const begin = text + at + half * sizeof(__m256i);
      for (size_t i = 0; i < kTests; ++i) {
        const uint8_t* address = begin + tests[i].distance;
        const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(address));
        all =
            _mm256_and_si256(all, _mm256_cmpeq_epi8(_mm256_and_si256(bytes, masks[i]), values[i]));
      }
      found |= uint64_t{static_cast<uint32_t>(_mm256_movemask_epi8(all))} << 32 * half;
      if constexpr (kNewlines) {
        const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(begin));
        const __m256i fit = _mm256_cmpeq_epi8(bytes, newline);
        ends |= uint64_t{static_cast<uint32_t>(_mm256_movemask_epi8(fit))} << 32 * half;
      }
    }
    *bits++ |= found;
    marked.matches += static_cast<uint64_t>(__builtin_popcountll(found));
    if constexpr (kNewlines) {
      *newlines++ |= ends;
      marked.newlines += static_cast<uint64_t>(__builtin_popcountll(ends));
    }
  }
  return marked;
}

template <size_t kOthers>
[[gnu::target("avx2")]] size_t Find(const uint8_t* text, size_t at, size_t end,
                                    const SomeTests& tests, uint64_t& bits) {
  constexpr size_t kTests = std::tuple_size_v<SomeTests>;
  __m256i masks[kTests], values[kTests], others[kTests];
  for (size_t i = 0; i < kTests; ++i) {
    masks[i] = _mm256_set1_epi8(static_cast<char>(tests[i].mask));
    values[i] = _mm256_set1_epi8(static_cast<char>(tests[i].value));
    others[i] = _mm256_set1_epi8(static_cast<char>(tests[i].other));
  }
  for (; at + kStride <= end; at += kStride) {
    _mm_prefetch(reinterpret_cast<const char*>(text + at + kPrefetchDistance), _MM_HINT_T0);
    __m256i halves[2];
    for (size_t half = 0; half < 2; ++half) {
      halves[half] = _mm256_set1_epi8(-1);
      for (size_t i = 0; i < kTests; ++i) {
        const uint8_t* address = text + at + half * sizeof(__m256i) + tests[i].distance;
        const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(address));
        __m256i fit = _mm256_cmpeq_epi8(_mm256_and_si256(bytes, masks[i]), values[i]);
        if (i < kOthers) fit = _mm256_or_si256(fit, _mm256_cmpeq_epi8(bytes, others[i]));
        halves[half] = _mm256_and_si256(halves[half], fit);
      }
    }
    const auto low = static_cast<uint32_t>(_mm256_movemask_epi8(halves[0]));
    const auto high = static_cast<uint32_t>(_mm256_movemask_epi8(halves[1]));
    bits = uint64_t{high} << 32 | low;
    if (bits != 0) return at;
  }
  return at;
}

}  // namespace avx2
#endif

template <size_t kTests>
uint64_t CountWith(const uint8_t* text, size_t offsets, const ByteTest* tests) {
#ifdef __x86_64__
  if (HasAvx2()) return avx2::Count<kTests>(text, offsets, tests);
#endif
  return basic::Count<kTests>(text, offsets, tests);
}

template <size_t kTests, bool kNewlines>
Marked MarkWith(const uint8_t* text, size_t offsets, const ByteTest* tests, uint64_t* bits,
                uint64_t* newlines) {
#ifdef __x86_64__
  if (HasAvx2()) return avx2::Mark<kTests, kNewlines>(text, offsets, tests, bits, newlines);
#endif
  return basic::Mark<kTests, kNewlines>(text, offsets, tests, bits, newlines);
}

template <size_t kOthers>
size_t FindWith(const uint8_t* text, size_t at, size_t end, const SomeTests& tests,
                uint64_t& bits) {
#ifdef __x86_64__
  if (HasAvx2()) return avx2::Find<kOthers>(text, at, end, tests, bits);
#endif
  return basic::Find<kOthers>(text, at, end, tests, bits);
}

// Returns whether an offset passes all tests by their masks and values alone.
bool Passes(const uint8_t* at, const ByteTest* tests, size_t count) {
  return std::all_of(tests, tests + count, [at](const ByteTest& test) {
    return (at[test.distance] & test.mask) == test.value;
  });
}

template <bool kNewlines>
Marked MarkAll(const uint8_t* text, size_t offsets, const ByteTest* tests, size_t count,
               uint64_t* bits, uint64_t* newlines) {
  const size_t whole = offsets - offsets % kStride;
  const auto mark_with = [&] {
    switch (count) {
      case 1: return MarkWith<1, kNewlines>(text, whole, tests, bits, newlines);
      case 2: return MarkWith<2, kNewlines>(text, whole, tests, bits, newlines);
      case 3: return MarkWith<3, kNewlines>(text, whole, tests, bits, newlines);
      default: return MarkWith<kMaxTests, kNewlines>(text, whole, tests, bits, newlines);
    }
  };
  Marked marked = mark_with();
  for (size_t at = whole; at < offsets; ++at) {
    const uint64_t bit = uint64_t{1} << at % kStride;
    if (Passes(text + at, tests, count)) {
      bits[at / kStride] |= bit;
      ++marked.matches;
    }
    if (kNewlines && text[at] == '\n') {
      newlines[at / kStride] |= bit;
      ++marked.newlines;
    }
  }
  return marked;
}

}  // namespace

uint64_t CountMatches(const uint8_t* text, size_t offsets, const ByteTest* tests, size_t count) {
  // The vectors count a multiple of 32 offsets; the rest is counted one by one.
  const size_t whole = offsets - offsets % 32;
  const auto count_with = [&] {
    switch (count) {
      case 1: return CountWith<1>(text, whole, tests);
      case 2: return CountWith<2>(text, whole, tests);
      case 3: return CountWith<3>(text, whole, tests);
      default: return CountWith<kMaxTests>(text, whole, tests);
    }
  };
  uint64_t sum = count_with();
  for (size_t at = whole; at < offsets; ++at) sum += Passes(text + at, tests, count);
  return sum;
}

uint64_t MarkMatches(const uint8_t* text, size_t offsets, const ByteTest* tests, size_t count,
                     uint64_t* bits) {
  return MarkAll<false>(text, offsets, tests, count, bits, nullptr).matches;
}

Marked MarkMatchesAndNewlines(const uint8_t* text, size_t offsets, const ByteTest* tests,
                              size_t count, uint64_t* bits, uint64_t* newlines) {
  return MarkAll<true>(text, offsets, tests, count, bits, newlines);
}

size_t FindMatches(const uint8_t* text, size_t at, size_t end, const SomeTests& tests,
                   uint64_t& bits) {
  bits = 0;
  const auto others = std::count_if(tests.begin(), tests.end(),
                                    [](const ByteTest& test) { return test.has_other(); });
  switch (others) {
    case 0: return FindWith<0>(text, at, end, tests, bits);
    case 1: return FindWith<1>(text, at, end, tests, bits);
    case 2: return FindWith<2>(text, at, end, tests, bits);
    default: return FindWith<std::tuple_size_v<SomeTests>>(text, at, end, tests, bits);
  }
}

}  // namespace mpicount
