// Decides whether a pattern occurs at an offset of a text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "char_variants.h"
#include "folded_patterns.h"

namespace mpicount {

// As long as a cache line, because thousands of them are read.
class alignas(64) Verifier {
 public:
  // Bytes of a pattern that are compared in one step.
  static constexpr size_t kMaskSize = 16;
  // The maximum of these that precede the anchor.
  static constexpr size_t kMaxLead = kMaskSize - 4;

  // `anchor` is the element that begins at the offsets to verify.
  Verifier(const FoldedPattern& pattern, size_t anchor);

  // Verifies an occurrence in text[0, size) whose anchor begins at `offset`. There is at most one,
  // because no alternative is a prefix or a suffix of another.
  enum class Answer { kNo, kYes, kVerify };

  // Compares the head alone. On kYes, the occurrence is [start, end); kVerify means that the head
  // does not decide.
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

  // Compares all elements of the pattern, in time proportional to its length: see LinearSearch.
  Verified Verify(const FoldedPattern& pattern, const uint8_t* text, size_t size,
                  size_t offset) const;

 private:
  // Returns whether the bytes of a head are ASCII. Each element then has its least length there, as
  // in the head: longer alternatives are not ASCII.
  bool IsAscii(const uint64_t (&bytes)[2]) const {
    return ((bytes[0] & high_[0]) | (bytes[1] & high_[1])) == 0;
  }

  // The head is a sequence of elements, each at its least length, with `lead_` bytes before the
  // anchor: the bits that its bytes have in common, and the highest bit of each.
  uint64_t mask_[2] = {};
  uint64_t value_[2] = {};
  uint64_t high_[2] = {};
  uint32_t anchor_;
  uint8_t lead_ = 0;
  uint8_t masked_length_ = 0;
  bool is_fixed_ = true;        // the pattern of the head have one length each
  bool mask_is_exact_ = false;  // what fits the head is an occurrence
};

static_assert(sizeof(Verifier) == 64);

}  // namespace mpicount
