// Telling whether a pattern stands at a offset of a text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "char_variants.h"

namespace mpicount {

// As long as a line of a cache, as thousands of these are looked at.
class alignas(64) Verifier {
 public:
  // Bytes of a pattern that are compared at once.
  static constexpr size_t kMaskSize = 16;
  // Of these, so many at most before the anchor.
  static constexpr size_t kMaxLead = kMaskSize - 4;

  // `anchor`: the element that is to begin at the offsets that are tried. The pattern are only
  // pointed at.
  Verifier(const FoldedPattern& pattern, size_t anchor);

  // Whether an occurrence lies in text[0, size) whose anchor begins at `offset`. There is one at
  // most, as no alternative begins or ends another.
  enum class Answer { kNo, kYes, kVerify };

  // By the head alone; on kYes, the occurrence is [start, end). kVerify: the head does not tell.
  Answer Check(const uint8_t* text, size_t size, size_t offset, size_t& start, size_t& end) const {
    if (offset < lead_ || size - (offset - lead_) < kMaskSize) return Answer::kVerify;
    uint64_t bytes[2];
    std::memcpy(bytes, text + (offset - lead_), sizeof bytes);
    const bool fits =
        (((bytes[0] & mask_[0]) ^ value_[0]) | ((bytes[1] & mask_[1]) ^ value_[1])) == 0;
    if (fits && mask_is_exact_) {
      start = offset - lead_;
      end = start + masked_length_;
      return Answer::kYes;
    }
    return !fits && (is_fixed_ || IsAscii(bytes)) ? Answer::kNo : Answer::kVerify;
  }

  struct Verified {
    bool is_occurrence = false;
    size_t start = 0;
    size_t end = 0;
    size_t steps = 0;  // pattern that were compared
  };

  // By all pattern. Takes a time that grows with the pattern: see LinearSearch.
  Verified Verify(const uint8_t* text, size_t size, size_t offset) const;

  const FoldedPattern& pattern() const { return *pattern_; }
  size_t anchor() const { return anchor_; }

 private:
  // Whether the bytes of a head are ASCII. Then each element has its least length there, as it has
  // in the head: alternatives that are longer are not ASCII.
  bool IsAscii(const uint64_t (&bytes)[2]) const {
    return ((bytes[0] & high_[0]) | (bytes[1] & high_[1])) == 0;
  }

  // The head are pattern in a row, each at its least length, `lead_` bytes of them before the
  // anchor: what its bytes have in common, and the highest bit of each.
  uint64_t mask_[2] = {};
  uint64_t value_[2] = {};
  uint64_t high_[2] = {};
  const FoldedPattern* pattern_;
  uint32_t anchor_;
  uint8_t lead_ = 0;
  uint8_t masked_length_ = 0;
  bool is_fixed_ = true;        // the pattern of the head have one length each
  bool mask_is_exact_ = false;  // what fits the head is an occurrence
};

static_assert(sizeof(Verifier) == 64);

}  // namespace mpicount
