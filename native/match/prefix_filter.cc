#include "prefix_filter.h"

#include <algorithm>
#include <bit>
#include <cstring>
#ifdef __x86_64__
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#include "cpu_features.h"
#include "vector.h"

namespace mpicount {
namespace {

constexpr size_t kGroups = 8;
// With more keys, too many offsets are candidates.
constexpr size_t kMaxTeddyKeys = 250;

// Short prefixes (below KeyFilter::kLonger) are rare if they are at most one in this many.
constexpr size_t kRare = 8;

// Few bits are set, and the bitmap for up to some thousand hashes fits into a core's first cache.
unsigned BitsFor(size_t size) {
  return std::clamp(static_cast<unsigned>(std::bit_width(size)) + 4, 15u, 24u);
}

using Candidate = PrefixFilter::Candidate;
using Nibbles = std::array<std::array<uint8_t, 16>, 4>;

// A vector of the text: where it begins, and bit i tells that groups match at offset i of it.
struct Hits {
  uint32_t at;
  uint32_t bits;
};

// FindAtHits() and FindInSlots() are always inlined: where a function with AVX2 instructions ends
// by a call of one without, GCC 12 leaves out vzeroupper, and SSE instructions that follow are
// slow.

// Finds the offsets at which a key stands, among those at which groups match.
[[maybe_unused, gnu::always_inline]] inline size_t FindAtHits(const Hits* hits, size_t vectors,
                                                              const uint8_t* text,
                                                              const KeyFilter& keys,
                                                              Candidate* found) {
  size_t count = 0;
  for (size_t i = 0; i < vectors; ++i) {
    for (uint32_t bits = hits[i].bits; bits != 0; bits &= bits - 1) {
      const size_t offset = hits[i].at + static_cast<size_t>(std::countr_zero(bits));
      found[count].offset = static_cast<uint16_t>(offset);
      uint64_t eight;
      std::memcpy(&eight, text + offset, sizeof eight);
      count += keys.Has(eight);
    }
  }
  return count;
}

// Finds the offsets whose slots have a key.
[[maybe_unused, gnu::always_inline]] inline size_t FindInSlots(const uint32_t* slots,
                                                               size_t offsets,
                                                               const KeyFilter& keys,
                                                               Candidate* found) {
  size_t count = 0;
  for (size_t at = 0; at < offsets; ++at) {
    found[count].offset = static_cast<uint16_t>(at);
    count += keys.HasSlot(slots[at]);
  }
  return count;
}

// FindTeddy() finds the groups whose keys match at the offsets of a vector in one step: "Teddy"
// (https://github.com/BurntSushi/aho-corasick/blob/master/src/packed/teddy/README.md). The text is
// loaded again for each byte of the key instead of shifted.
//
// FindHashed() computes the slots of kHashed offsets in one step, but looks them up one by one: on
// many processors, a gather of eight words takes longer.

#ifdef __x86_64__
constexpr size_t kVectorSize = sizeof(__m256i);
constexpr size_t kHashed = sizeof(__m256i) / sizeof(uint32_t);

[[gnu::target("avx2")]] __m256i Twice(const std::array<uint8_t, 16>& table) {
  return _mm256_broadcastsi128_si256(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(table.data())));
}

template <size_t kBytes>
[[gnu::target("avx2")]] size_t FindTeddy(const uint8_t* text, size_t offsets, const KeyFilter& keys,
                                         const Nibbles& low, const Nibbles& high,
                                         Candidate* found) {
  __m256i lows[kBytes], highs[kBytes];
  for (size_t i = 0; i < kBytes; ++i) {
    lows[i] = Twice(low[i]);
    highs[i] = Twice(high[i]);
  }
  const __m256i folds = _mm256_set1_epi64x(static_cast<int64_t>(keys.fold()));
  const __m256i nibble = _mm256_set1_epi8(0x0F);
  std::array<Hits, PrefixFilter::kRangeSize / kVectorSize> hits;
  size_t vectors = 0;
  for (size_t at = 0; at < offsets; at += kVectorSize) {
    __m256i groups = _mm256_set1_epi8(-1);
    for (size_t i = 0; i < kBytes; ++i) {
      const auto* address = reinterpret_cast<const __m256i*>(text + at + i);
      const __m256i bytes = _mm256_or_si256(_mm256_loadu_si256(address), folds);
      const __m256i low_bits = _mm256_and_si256(bytes, nibble);
      const __m256i high_bits = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble);
      groups = _mm256_and_si256(groups, _mm256_shuffle_epi8(lows[i], low_bits));
      groups = _mm256_and_si256(groups, _mm256_shuffle_epi8(highs[i], high_bits));
    }
    const __m256i none = _mm256_cmpeq_epi8(groups, _mm256_setzero_si256());
    // Branch-free, because the branch would often be mispredicted.
    hits[vectors] = {static_cast<uint32_t>(at), ~static_cast<uint32_t>(_mm256_movemask_epi8(none))};
    vectors += hits[vectors].bits != 0;
  }
  return FindAtHits(hits.data(), vectors, text, keys, found);
}

// Returns the four bytes at each of eight consecutive offsets.
[[gnu::target("avx2")]] __m256i FoursAt(const uint8_t* text) {
  const __m256i spread = _mm256_setr_epi8(0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6,  //
                                          4, 5, 6, 7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10);
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), spread);
}

template <bool kChecksNext>
[[gnu::target("avx2")]] size_t FindHashed(const uint8_t* text, size_t offsets,
                                          const KeyFilter& keys, Candidate* found) {
  const __m256i folds = _mm256_set1_epi64x(static_cast<int64_t>(keys.fold()));
  const __m256i masks = _mm256_set1_epi32(static_cast<int>(keys.mask()));
  const __m256i factors = _mm256_set1_epi32(static_cast<int>(kHashFactor));
  const unsigned hash_bits = keys.word_bits() + (kChecksNext ? 0 : KeyFilter::kBit);
  const __m128i to_hash = _mm_cvtsi32_si128(static_cast<int>(32 - hash_bits));
  alignas(__m256i) std::array<uint32_t, PrefixFilter::kRangeSize> slots;
  for (size_t at = 0; at < offsets; at += kHashed) {
    const __m256i key = _mm256_and_si256(_mm256_or_si256(FoursAt(text + at), folds), masks);
    __m256i slot = _mm256_srl_epi32(_mm256_mullo_epi32(key, factors), to_hash);
    if (kChecksNext) {
      const __m256i next = _mm256_or_si256(FoursAt(text + at + KeyFilter::kNext), folds);
      const __m256i bit =
          _mm256_srli_epi32(_mm256_mullo_epi32(next, factors), 32 - KeyFilter::kBit);
      slot = _mm256_or_si256(_mm256_slli_epi32(slot, KeyFilter::kBit), bit);
    }
    _mm256_store_si256(reinterpret_cast<__m256i*>(&slots[at]), slot);
  }
  return FindInSlots(slots.data(), offsets, keys, found);
}
#elif defined(__aarch64__)
constexpr size_t kVectorSize = sizeof(uint8x16_t);
constexpr size_t kHashed = sizeof(uint32x4_t) / sizeof(uint32_t);

template <size_t kBytes>
size_t FindTeddy(const uint8_t* text, size_t offsets, const KeyFilter& keys, const Nibbles& low,
                 const Nibbles& high, Candidate* found) {
  uint8x16_t lows[kBytes], highs[kBytes];
  for (size_t i = 0; i < kBytes; ++i) {
    lows[i] = vld1q_u8(low[i].data());
    highs[i] = vld1q_u8(high[i].data());
  }
  const uint8x16_t folds = vreinterpretq_u8_u64(vdupq_n_u64(keys.fold()));
  const uint8x16_t nibble = vdupq_n_u8(0x0F);
  std::array<Hits, PrefixFilter::kRangeSize / kVectorSize> hits;
  size_t vectors = 0;
  for (size_t at = 0; at < offsets; at += kVectorSize) {
    uint8x16_t groups = vdupq_n_u8(0xFF);
    for (size_t i = 0; i < kBytes; ++i) {
      const uint8x16_t bytes = vorrq_u8(vld1q_u8(text + at + i), folds);
      const uint8x16_t low_bits = vandq_u8(bytes, nibble);
      const uint8x16_t high_bits = vshrq_n_u8(bytes, 4);
      groups = vandq_u8(groups, vqtbl1q_u8(lows[i], low_bits));
      groups = vandq_u8(groups, vqtbl1q_u8(highs[i], high_bits));
    }
    const uint8x16_t some = vtstq_u8(groups, groups);
    hits[vectors] = {static_cast<uint32_t>(at), static_cast<uint32_t>(BitsOf(some))};
    vectors += hits[vectors].bits != 0;
  }
  return FindAtHits(hits.data(), vectors, text, keys, found);
}

// Returns the four bytes at each of four consecutive offsets.
uint32x4_t FoursAt(const uint8_t* text) {
  const uint8x16_t spread{0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6};
  return vreinterpretq_u32_u8(vqtbl1q_u8(vld1q_u8(text), spread));
}

template <bool kChecksNext>
size_t FindHashed(const uint8_t* text, size_t offsets, const KeyFilter& keys, Candidate* found) {
  const uint32x4_t folds = vreinterpretq_u32_u64(vdupq_n_u64(keys.fold()));
  const uint32x4_t masks = vdupq_n_u32(keys.mask());
  const uint32x4_t factors = vdupq_n_u32(kHashFactor);
  const unsigned hash_bits = keys.word_bits() + (kChecksNext ? 0 : KeyFilter::kBit);
  // A shift to the left by less than 0 is one to the right.
  const int32x4_t to_hash = vdupq_n_s32(static_cast<int>(hash_bits) - 32);
  std::array<uint32_t, PrefixFilter::kRangeSize> slots;
  for (size_t at = 0; at < offsets; at += kHashed) {
    const uint32x4_t key = vandq_u32(vorrq_u32(FoursAt(text + at), folds), masks);
    uint32x4_t slot = vshlq_u32(vmulq_u32(key, factors), to_hash);
    if (kChecksNext) {
      const uint32x4_t next = vorrq_u32(FoursAt(text + at + KeyFilter::kNext), folds);
      const uint32x4_t bit = vshrq_n_u32(vmulq_u32(next, factors), 32 - KeyFilter::kBit);
      slot = vorrq_u32(vshlq_n_u32(slot, KeyFilter::kBit), bit);
    }
    vst1q_u32(&slots[at], slot);
  }
  return FindInSlots(slots.data(), offsets, keys, found);
}
#endif

}  // namespace

HashBitmap::HashBitmap(size_t size) : bits_(BitsFor(size)), words_(size_t{1} << bits_ >> 5) {}

KeyFilter::KeyFilter(const std::vector<Prefix>& prefixes, uint32_t bytes, uint64_t fold)
    : mask_(static_cast<uint32_t>(FirstOf(~uint64_t{0}, bytes))),
      fold_(fold),
      word_bits_(std::clamp(static_cast<unsigned>(std::bit_width(prefixes.size())) + 1, 10u, 20u)),
      words_(size_t{1} << word_bits_) {
  const auto is_short = [](const Prefix& prefix) { return prefix.bytes < kLonger; };
  const auto short_prefixes = std::count_if(prefixes.begin(), prefixes.end(), is_short);
  checks_next_ = static_cast<size_t>(short_prefixes) <= prefixes.size() / kRare;
  for (const Prefix& prefix : prefixes) {
    const uint32_t slot = SlotOf(prefix.value);
    // A short prefix says nothing about the bytes behind it, so all of them match.
    const bool any = checks_next_ && is_short(prefix);
    words_[slot >> kBit] |= any ? ~uint32_t{0} : uint32_t{1} << slot % 32;
  }
}

PrefixFilter::PrefixFilter(const std::vector<Prefix>& prefixes, uint32_t key_bytes, uint64_t fold)
    : lengths_{Prefix::kMax, 6, key_bytes},
      keys_(prefixes, key_bytes, fold),
      prefixes_(prefixes.size()) {
  std::vector<uint32_t> keys;
  for (const Prefix& prefix : prefixes) {
    keys.push_back(keys_.KeyOf(prefix.value));
    prefixes_.Add(HashOf(FirstOf(prefix.value, length(IndexFor(prefix))), prefixes_.bits()));
  }
  // Keys of a group should have common bytes.
  std::sort(keys.begin(), keys.end(), [](uint32_t one, uint32_t other) {
    return __builtin_bswap32(one) < __builtin_bswap32(other);
  });
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  use_teddy_ = keys.size() <= kMaxTeddyKeys;
  if (!use_teddy_) return;
  for (size_t key = 0; key < keys.size(); ++key) {
    const auto group = static_cast<uint8_t>(1 << key * kGroups / keys.size());
    for (size_t i = 0; i < key_bytes; ++i) {
      const uint32_t byte = keys[key] >> 8 * i & 0xFF;
      low_[i][byte & 0x0F] |= group;
      high_[i][byte >> 4] |= group;
    }
  }
}

size_t PrefixFilter::Find(const uint8_t* text, size_t size, size_t from, size_t to,
                          Candidates& candidates) const {
  const size_t keys = FindKeys(text, size, from, to, candidates);
  size_t count = 0;
  // Branch-free, because the branch would often be mispredicted.
  for (size_t i = 0; i < keys; ++i) {
    const uint16_t offset = candidates[i].offset;
    const uint64_t eight = EightAt(text, size, from + offset) | keys_.fold();
    uint32_t lengths = 0;
    for (size_t index = 0; index < kLengths; ++index) {
      const uint64_t prefix = FirstOf(eight, lengths_[index]);
      lengths |= prefixes_.Has(HashOf(prefix, prefixes_.bits())) << index;
    }
    candidates[count] = {offset, static_cast<uint16_t>(lengths)};
    count += lengths == 0 ? 0 : 1;
  }
  return count;
}

size_t PrefixFilter::FindKeys(const uint8_t* text, size_t size, size_t from, size_t to,
                              Candidates& candidates) const {
  size_t count = 0;
  size_t at = from;
#if defined(__x86_64__) || defined(__aarch64__)
  // The maximum number of bytes that are loaded beyond the offsets: 16 from kNext on, for kHashed
  // offsets.
  constexpr size_t kMaxOverread = KeyFilter::kNext + 16 - kHashed;
  if ((HasAvx2() || HasNeon()) && size > from + kMaxOverread) {
    const size_t whole = (std::min(to, size - kMaxOverread) - from) / kVectorSize * kVectorSize;
    const uint8_t* start = text + from;
    const auto find = [&] {
      Candidate* found = candidates.data();
      if (!use_teddy_ && keys_.checks_next()) return FindHashed<true>(start, whole, keys_, found);
      if (!use_teddy_) return FindHashed<false>(start, whole, keys_, found);
      switch (lengths_.back()) {
        case 2: return FindTeddy<2>(start, whole, keys_, low_, high_, found);
        case 3: return FindTeddy<3>(start, whole, keys_, low_, high_, found);
        default: return FindTeddy<4>(start, whole, keys_, low_, high_, found);
      }
    };
    count = find();
    at += whole;
  }
#endif
  for (; at < to; ++at) {
    candidates[count].offset = static_cast<uint16_t>(at - from);
    count += keys_.Has(EightAt(text, size, at));
  }
  return count;
}

}  // namespace mpicount
