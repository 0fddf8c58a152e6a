#include "wc.h"

#include <algorithm>
#include <bit>
#include <cstring>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "../match/cpu_features.h"
#include "../match/utf8.h"
#include "../match/vector.h"

namespace mpicount {
namespace {

constexpr size_t kBlock = 64;
constexpr uint64_t kAll = ~uint64_t{0};

// Classes of 64 bytes, one bit for each.
struct Masks {
  uint64_t newlines;
  uint64_t spaces;     // ASCII only
  uint64_t printable;  // ASCII only, without spaces
  uint64_t high;       // not ASCII
};
struct Leads {
  // First bytes of well-formed characters of two and three bytes that are word characters. These
  // sets need not be complete: any other first byte is decoded on its own.
  uint64_t of_two;
  uint64_t of_three;
  uint64_t continuations;
};

// Decodes the non-ASCII character at `text` as glibc does; see wc.h.
Character DecodeLong(const uint8_t* text, size_t size) {
  const uint8_t lead = text[0];
  const auto length = static_cast<size_t>(std::countl_one(lead));
  if (length < 2 || length > 6 || length > size) return {};
  uint32_t code_point = lead & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[i])) return {};
    code_point = code_point << 6 | (text[i] & 0x3Fu);
  }
  constexpr std::array<uint32_t, 7> kLeast{0, 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000};
  if (code_point < kLeast[length] || (code_point >= 0xD800 && code_point <= 0xDFFF)) return {};
  return {code_point, length};
}

// Returns a mask of the bits [from, from + count).
uint64_t Ones(size_t from, size_t count) {
  return from >= kBlock ? 0 : ((uint64_t{1} << count) - 1) << from;
}

// These functions are inlined into code for AVX2, where counting bits is one instruction.
[[gnu::always_inline]] inline uint64_t NumberOf(uint64_t bits) {
  return static_cast<uint64_t>(__builtin_popcountll(bits));
}

[[gnu::always_inline]] inline void AddWords(WcScan::State& state, uint64_t words, uint64_t spaces) {
  const uint64_t ignored = ~(words | spaces);
  const uint64_t after_space = spaces << 1 | uint64_t{state.after_space};
  // The addition carries a bit across the ignored bytes that follow it.
  const uint64_t carried = ((after_space & ignored) + ignored) & ~ignored;
  state.counts.words += NumberOf(words & (after_space | carried));
  if (ignored == kAll) return;
  state.after_space = spaces > words;  // the one with the highest bit is larger
  if (state.first == WcClasses::kIgnored) {
    const uint64_t first = ~ignored & (ignored + 1);
    state.first = (first & words) != 0 ? WcClasses::kWord : WcClasses::kSpace;
  }
}

[[gnu::always_inline]] inline uint64_t WordsOf(const WcClasses& classes, const Masks& masks) {
  return classes.other() == WcClasses::kWord ? ~(masks.spaces | masks.high) : masks.printable;
}

// Returns the bytes that begin a character, or are invalid, and that are not among the leads.
[[gnu::always_inline]] inline uint64_t OthersIn(const Masks& masks, const Leads& leads) {
  return masks.high & ~leads.continuations & ~(leads.of_two | leads.of_three);
}

// Adds 64 ASCII bytes.
[[gnu::always_inline]] inline void AddAscii(WcScan::State& state, const WcClasses& classes,
                                            const Masks& masks) {
  state.covered = 0;
  state.counts.lines += NumberOf(masks.newlines);
  state.counts.characters += kBlock;
  AddWords(state, WordsOf(classes, masks), masks.spaces);
}

// Adds `count` bytes from text[at] on, at most 64. The text has `size` bytes.
[[gnu::always_inline]] inline void AddAny(WcScan::State& state, const WcClasses& classes,
                                          const uint8_t* text, size_t size, size_t at,
                                          const Masks& masks, const Leads& leads, size_t count) {
  const uint64_t within = kAll >> (kBlock - count);
  uint64_t begun = (leads.of_two | leads.of_three) & within;  // first bytes of characters
  const uint64_t threes = leads.of_three & within;
  uint64_t covered = state.covered | begun << 1 | threes << 2;
  uint64_t beyond = begun >> (kBlock - 1) | threes >> (kBlock - 2);  // of the next 64 bytes
  uint64_t words = WordsOf(classes, masks) | begun;
  uint64_t spaces = masks.spaces;
  uint64_t others = OthersIn(masks, leads) & within;
  for (; others != 0; others &= others - 1) {
    const auto bit = static_cast<size_t>(std::countr_zero(others));
    const Character character = DecodeLong(text + at + bit, size - at - bit);
    if (character.length == 0) continue;
    const uint64_t lead = uint64_t{1} << bit;
    begun |= lead;
    covered |= Ones(bit + 1, character.length - 1);
    if (bit + character.length > kBlock) beyond |= Ones(0, bit + character.length - kBlock);
    const WcClasses::Class kind = classes.Of(character.code_point);
    if (kind == WcClasses::kWord) words |= lead;
    if (kind == WcClasses::kSpace) spaces |= lead;
  }
  if (classes.other() == WcClasses::kWord) words |= masks.high & ~begun & ~covered;
  state.counts.lines += NumberOf(masks.newlines & within);
  state.counts.characters += NumberOf((~masks.high | begun) & within);
  AddWords(state, words & within, spaces & within);
  state.covered = count == kBlock ? beyond : covered >> count | beyond << (kBlock - count);
}

namespace basic {

Masks MasksOf(const uint8_t* text) {
  Masks masks{};
  for (size_t i = 0; i < kBlock; i += sizeof(Vector)) {
    const Vector bytes = Load(text + i);
    const auto bits = [i](auto answers) { return BitsOf(answers) << i; };
    masks.newlines |= bits(bytes == Fill('\n'));
    masks.spaces |= bits((bytes == Fill(' ')) | (bytes - '\t' <= Fill('\r' - '\t')));
    masks.printable |= bits((bytes > Fill(' ')) & (bytes < Fill(0x7F)));
    masks.high |= bits(bytes >= Fill(0x80));
  }
  return masks;
}

// Finds no first bytes, so each is decoded on its own.
Leads LeadsOf(const uint8_t* text) {
  Leads leads{};
  for (size_t i = 0; i < kBlock; i += sizeof(Vector)) {
    const auto are = (Load(text + i) & Fill(0xC0)) == Fill(0x80);
    leads.continuations |= BitsOf(are) << i;
  }
  return leads;
}

void Scan(WcScan::State& state, const WcClasses& classes, const uint8_t* text, size_t size,
          size_t begin, size_t end) {
  for (size_t at = begin; at < end; at += kBlock) {
    const Masks masks = MasksOf(text + at);
    if (masks.high == 0) {
      AddAscii(state, classes, masks);
    } else {
      AddAny(state, classes, text, size, at, masks, LeadsOf(text + at), kBlock);
    }
  }
}

}  // namespace basic

#ifdef __x86_64__
namespace avx2 {

constexpr size_t kAhead = 2048;  // see match/byte_match.cc
// The number of bytes after the 64 that the search for first bytes reads.
constexpr size_t kBeyond = 2;

[[gnu::target("avx2")]] inline uint64_t BitsOf(__m256i low, __m256i high) {
  return uint64_t{static_cast<uint32_t>(_mm256_movemask_epi8(high))} << 32 |
         static_cast<uint32_t>(_mm256_movemask_epi8(low));
}

[[gnu::target("avx2")]] inline __m256i Fill(char byte) { return _mm256_set1_epi8(byte); }

[[gnu::target("avx2")]] inline __m256i Signed(uint8_t byte) {
  return _mm256_set1_epi8(static_cast<char>(byte));
}

[[gnu::target("avx2")]] inline __m256i LoadHalf(const uint8_t* text, size_t half) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text) + half);
}

[[gnu::target("avx2")]] inline Masks MasksOf(const uint8_t* text) {
  __m256i bytes[2], newlines[2], spaces[2], printable[2];
  for (size_t half = 0; half < 2; ++half) {
    bytes[half] = LoadHalf(text, half);
    newlines[half] = _mm256_cmpeq_epi8(bytes[half], Fill('\n'));
    const __m256i above = _mm256_sub_epi8(bytes[half], Fill('\t'));
    const __m256i controls = _mm256_cmpeq_epi8(_mm256_min_epu8(above, Fill('\r' - '\t')), above);
    spaces[half] = _mm256_or_si256(_mm256_cmpeq_epi8(bytes[half], Fill(' ')), controls);
    // Bytes that are not of ASCII are negative.
    printable[half] = _mm256_andnot_si256(_mm256_cmpeq_epi8(bytes[half], Fill(0x7F)),
                                          _mm256_cmpgt_epi8(bytes[half], Fill(' ')));
  }
  return {BitsOf(newlines[0], newlines[1]), BitsOf(spaces[0], spaces[1]),
          BitsOf(printable[0], printable[1]), BitsOf(bytes[0], bytes[1])};
}

[[gnu::target("avx2")]] inline __m256i Twice(const std::array<uint8_t, 16>& table) {
  return _mm256_broadcastsi128_si256(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(table.data())));
}

// Returns the bits of the bytes that are followed by a continuation byte, at the distance.
template <size_t distance>
inline uint64_t Continued(const uint8_t* text, const Leads& leads) {
  static_assert(distance <= kBeyond);
  uint64_t bits = leads.continuations >> distance;
  for (size_t i = 0; i < distance; ++i) {
    bits |= uint64_t{IsContinuation(text[kBlock + i])} << (kBlock - distance + i);
  }
  return bits;
}

// Finds the letters of most alphabets; see WcClasses::low_nibbles().
[[gnu::target("avx2")]] inline Leads LettersIn(const uint8_t* text, const WcClasses& classes) {
  const __m256i low_nibbles = Twice(classes.low_nibbles());
  const __m256i high_nibbles = Twice(WcClasses::kHighNibbles);
  __m256i letters[2], of_three[2], continuations[2];
  for (size_t half = 0; half < 2; ++half) {
    const __m256i bytes = LoadHalf(text, half);
    const __m256i low = _mm256_and_si256(bytes, Fill(0x0F));
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), Fill(0x0F));
    const __m256i sets = _mm256_and_si256(_mm256_shuffle_epi8(low_nibbles, low),
                                          _mm256_shuffle_epi8(high_nibbles, high));
    letters[half] = _mm256_cmpgt_epi8(sets, _mm256_setzero_si256());
    of_three[half] = _mm256_cmpgt_epi8(bytes, Signed(0xDF));
    continuations[half] = _mm256_cmpgt_epi8(Signed(0xC0), bytes);
  }
  Leads leads{0, 0, BitsOf(continuations[0], continuations[1])};
  const uint64_t found = BitsOf(letters[0], letters[1]) & Continued<1>(text, leads);
  const uint64_t threes = BitsOf(of_three[0], of_three[1]);
  leads.of_two = found & ~threes;
  leads.of_three = found & threes & Continued<2>(text, leads);
  return leads;
}

// Adds the signs of Chinese and Japanese, and kana: U+3001 to U+303F, U+3041 to U+307F, and U+FF01
// to U+FF3F.
[[gnu::target("avx2")]] inline void AddWideSigns(const uint8_t* text, Leads& leads) {
  __m256i signs[2];
  for (size_t half = 0; half < 2; ++half) {
    const __m256i bytes = LoadHalf(text, half);
    const __m256i second = LoadHalf(text + 1, half);
    const __m256i third = LoadHalf(text + 2, half);
    const __m256i are_3000 = _mm256_and_si256(_mm256_cmpeq_epi8(bytes, Signed(0xE3)),
                                              _mm256_cmpgt_epi8(Signed(0x82), second));
    const __m256i are_ff00 = _mm256_and_si256(_mm256_cmpeq_epi8(bytes, Signed(0xEF)),
                                              _mm256_cmpeq_epi8(second, Signed(0xBC)));
    signs[half] = _mm256_and_si256(_mm256_or_si256(are_3000, are_ff00),
                                   _mm256_cmpgt_epi8(third, Signed(0x80)));
  }
  leads.of_three |= BitsOf(signs[0], signs[1]) & Continued<2>(text, leads);
}

// Adds the signs of western texts: U+00A1 to U+00BF, U+200B to U+2027, and U+2030 to U+203F.
[[gnu::target("avx2")]] inline void AddWesternSigns(const uint8_t* text, Leads& leads) {
  __m256i latin[2], signs[2];
  for (size_t half = 0; half < 2; ++half) {
    const __m256i bytes = LoadHalf(text, half);
    const __m256i second = LoadHalf(text + 1, half);
    const __m256i third = LoadHalf(text + 2, half);
    latin[half] = _mm256_and_si256(_mm256_cmpeq_epi8(bytes, Signed(0xC2)),
                                   _mm256_cmpgt_epi8(second, Signed(0xA0)));
    const __m256i are_2000 = _mm256_and_si256(_mm256_cmpeq_epi8(bytes, Signed(0xE2)),
                                              _mm256_cmpeq_epi8(second, Signed(0x80)));
    const __m256i to_2027 = _mm256_and_si256(_mm256_cmpgt_epi8(third, Signed(0x8A)),
                                             _mm256_cmpgt_epi8(Signed(0xA8), third));
    signs[half] = _mm256_and_si256(
        are_2000, _mm256_or_si256(to_2027, _mm256_cmpgt_epi8(third, Signed(0xAF))));
  }
  leads.of_two |= BitsOf(latin[0], latin[1]) & Continued<1>(text, leads);
  leads.of_three |= BitsOf(signs[0], signs[1]) & Continued<2>(text, leads);
}

// Finds most first bytes. Each step takes as long as the one before, and is taken only by texts
// that need it.
[[gnu::target("avx2")]] inline Leads LeadsOf(const uint8_t* text, const WcClasses& classes,
                                             const Masks& masks) {
  Leads leads = LettersIn(text, classes);
  if (!classes.has_common_words() || OthersIn(masks, leads) == 0) return leads;
  AddWideSigns(text, leads);
  if (OthersIn(masks, leads) != 0) AddWesternSigns(text, leads);
  return leads;
}

[[gnu::target("avx2,popcnt")]] void Scan(WcScan::State& state, const WcClasses& classes,
                                         const uint8_t* text, size_t size, size_t begin,
                                         size_t end) {
  WcScan::State own = state;  // in registers
  for (size_t at = begin; at < end; at += kBlock) {
    _mm_prefetch(reinterpret_cast<const char*>(text + at + kAhead), _MM_HINT_T0);
    const Masks masks = MasksOf(text + at);
    if (masks.high == 0) {
      AddAscii(own, classes, masks);
      continue;
    }
    const bool is_within = size - at >= kBlock + kBeyond;
    const Leads leads = is_within ? LeadsOf(text + at, classes, masks) : basic::LeadsOf(text + at);
    AddAny(own, classes, text, size, at, masks, leads, kBlock);
  }
  state = own;
}

}  // namespace avx2
#endif

}  // namespace

WcClasses::WcClasses(const std::vector<uint32_t>& spaces, const std::vector<uint32_t>& ignored,
                     bool ignores_bytes)
    : other_(ignores_bytes ? kIgnored : kWord) {
  std::vector<uint8_t> all(kLast + 1, kWord);
  const auto set = [&all](const std::vector<uint32_t>& ranges, Class kind) {
    for (size_t i = 0; i + 1 < ranges.size(); i += 2) {
      std::fill(all.begin() + ranges[i], all.begin() + ranges[i + 1] + 1, kind);
    }
  };
  set(ignored, kIgnored);
  set(spaces, kSpace);
  // Most pages are the same as the one before.
  for (uint32_t page = 0; page < pages_.size(); ++page) {
    const auto first = all.begin() + page * kPage;
    const bool is_same = page > 0 && std::equal(first, first + kPage, cells_.end() - kPage);
    if (!is_same) cells_.insert(cells_.end(), first, first + kPage);
    pages_[page] = static_cast<uint32_t>(cells_.size() - kPage);
  }
  for (uint32_t low = 0; low < low_nibbles_.size(); ++low) {
    const auto set_if = [&](uint8_t bit, bool are_words) {
      if (are_words) low_nibbles_[low] |= bit;
    };
    // C0 and C1 begin no character, and not all that E0 and ED begin are well-formed.
    set_if(1, low >= 2 && AreWords(low << 6, (low << 6) + 0x3F));
    set_if(2, AreWords(0x400 + (low << 6), 0x400 + (low << 6) + 0x3F));
    set_if(4, low != 0 && low != 0xD && AreWords(low << 12, (low << 12) + 0xFFF));
  }
  constexpr std::array<std::array<uint32_t, 2>, 6> kCommon{{{0xA1, 0xBF},
                                                            {0x200B, 0x2027},
                                                            {0x2030, 0x203F},
                                                            {0x3001, 0x303F},
                                                            {0x3041, 0x307F},
                                                            {0xFF01, 0xFF3F}}};
  has_common_words_ = std::all_of(kCommon.begin(), kCommon.end(), [this](const auto& range) {
    return AreWords(range[0], range[1]);
  });
}

bool WcClasses::AreWords(uint32_t first, uint32_t last) const {
  for (uint32_t code_point = first; code_point <= last; ++code_point) {
    if (Of(code_point) != kWord) return false;
  }
  return true;
}

WcScan::WcScan(const WcClasses& classes, const uint8_t* text, size_t size, size_t begin)
    : classes_(classes) {
  for (size_t back = 1; back <= std::min(begin, kContext); ++back) {
    const uint8_t* lead = text + begin - back;
    if (IsContinuation(*lead)) continue;
    const size_t length = DecodeLong(lead, size - begin + back).length;
    if (length > back) state_.covered = Ones(0, length - back);
    break;
  }
}

void WcScan::Scan(const uint8_t* text, size_t size, size_t begin, size_t end) {
  const size_t rest = (end - begin) % kBlock;
#ifdef __x86_64__
  const auto scan = HasAvx2() ? avx2::Scan : basic::Scan;
#else
  const auto scan = basic::Scan;
#endif
  scan(state_, classes_, text, size, begin, end - rest);
  if (rest == 0) return;
  std::array<uint8_t, kBlock> bytes{};
  std::memcpy(bytes.data(), text + end - rest, rest);
  AddAny(state_, classes_, text, size, end - rest, basic::MasksOf(bytes.data()),
         basic::LeadsOf(bytes.data()), rest);
}

}  // namespace mpicount
