// Finds one pattern: three of its bytes, the rarest ones in the text itself, are compared with many
// offsets of the text at a time, and the offsets that pass are verified. The algorithm is the
// "packed pair" of the memchr library for Rust
// (https://docs.rs/memchr/latest/memchr/arch/all/packedpair/), with bits of the bytes masked out to
// ignore case.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "byte_match.h"
#include "char_variants.h"
#include "folded_patterns.h"
#include "linear_search.h"
#include "steps.h"
#include "verifier.h"

namespace mpicount {

class LiteralSearch {
 public:
  // Tests that find the candidates to verify.
  using RareBytes = SomeTests;

  // Returns nothing for a pattern in which no element has alternatives of equal length: it has no
  // fragment to search for.
  static std::optional<LiteralSearch> For(const FoldedPattern& pattern);

  // Counts the occurrences of a short pattern in text[0, offsets) directly with SIMD, without
  // visiting candidates: short patterns are often frequent. All occurrences have one length.
  bool is_short() const { return is_short_; }
  size_t length() const { return length_; }
  uint64_t CountShort(const uint8_t* text, size_t offsets) const;
  // Does the same, and sets the bits of the offsets at which occurrences start; see MarkMatches().
  uint64_t MarkShort(const uint8_t* text, size_t offsets, uint64_t* bits) const;
  Marked MarkShortAndNewlines(const uint8_t* text, size_t offsets, uint64_t* bits,
                              uint64_t* newlines) const;

  // Returns whether occurrences of a short pattern can overlap each other.
  bool CanOverlapItself() const;

  // Chooses the rare bytes that pass least often in text like this.
  RareBytes ChooseRareBytes(const uint8_t* text, size_t size) const;

  // Calls found(start, end) for each occurrence in the text, in order, overlapping ones included.
  template <typename Found>
  void ForEach(const uint8_t* text, size_t size, const RareBytes& rare_bytes,
               const Found& found) const;

 private:
  LiteralSearch(const FoldedPattern& pattern, size_t anchor)
      : pattern_(pattern),
        verifier_(pattern, anchor),
        linear_(std::make_unique<LinearSearch>(
            LinearSearch::Member{0, static_cast<uint32_t>(anchor), pattern})) {}

  // The fragment is a sequence of elements, each with alternatives of equal length. The pattern is
  // anchored at its first element.
  FoldedPattern pattern_;
  Verifier verifier_;
  std::unique_ptr<LinearSearch> linear_;
  bool begins_ = false;  // the pattern begins, or ends, with the fragment
  bool ends_ = false;
  size_t length_ = 0;  // of the fragment
  // The bytes that match within the fragment, and right before and after it.
  std::vector<ByteTest> tests_;
  bool is_short_ = false;
};

template <typename Found>
void LiteralSearch::ForEach(const uint8_t* text, size_t size, const RareBytes& rare_bytes,
                            const Found& found) const {
  const size_t after = ends_ ? 0 : 1;
  if (size < length_ + after) return;
  size_t steps = 0;
  // Returns false if the linear search has to take over from this offset.
  const auto take = [&](size_t offset) {
    CountStep();
    size_t start, occurrence_end;
    switch (verifier_.Check(text, size, offset, start, occurrence_end)) {
      case Verifier::Answer::kNo: return true;
      case Verifier::Answer::kYes: found(start, occurrence_end); return true;
      case Verifier::Answer::kVerify: break;
    }
    if (steps > LinearSearch::kMaxSteps * size) return false;
    const Verifier::Verified verified = verifier_.Verify(pattern_, text, size, offset);
    if (verified.is_occurrence) found(verified.start, verified.end);
    steps += verified.steps;
    return true;
  };
  const auto take_rest = [&](size_t from) {
    linear_->ForEach(text, size, from, [&](size_t, size_t start, size_t occurrence_end) {
      found(start, occurrence_end);
    });
  };
  // The fragment can begin in [at, end).
  size_t at = begins_ ? 0 : 1;
  const size_t end = size - length_ - after + 1;
  for (;;) {
    uint64_t bits;
    at = FindMatches(text, at, end, rare_bytes, bits);
    if (bits == 0) break;
    for (; bits != 0; bits &= bits - 1) {
      const size_t offset = at + static_cast<size_t>(std::countr_zero(bits));
      if (!take(offset)) return take_rest(offset);
    }
    at += kStride;
  }
  for (; at < end; ++at) {
    const uint8_t* address = text + at;
    const auto fits = [address](const ByteTest& test) { return test.Fits(address[test.distance]); };
    if (std::all_of(rare_bytes.begin(), rare_bytes.end(), fits) && !take(at)) return take_rest(at);
  }
}

}  // namespace mpicount
