// Finds many patterns in one pass: a filter finds the offsets at which a pattern may begin, a hash
// table finds the patterns that begin so, and a verifier checks them. Where many patterns begin
// alike, they are looked up by a later part in which they differ.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "char_variants.h"
#include "folded_patterns.h"
#include "linear_search.h"
#include "prefix_filter.h"
#include "prefixes.h"
#include "steps.h"
#include "verifier.h"

namespace mpicount {

class PrefixSearch {
 public:
  // A pattern to find, and its number.
  struct Member {
    uint32_t part;
    FoldedPattern pattern;
  };

  // The least number of bytes of an occurrence, up to the number that the filter uses first.
  static constexpr uint32_t kMaxKeyBytes = 4;
  static uint32_t KeyBytes(const FoldedPattern& pattern);

  // `key_bytes` is KeyBytes() of all members, 2 or more. With `caseless`, ASCII letters match in
  // both cases.
  PrefixSearch(const std::vector<Member>& members, uint32_t key_bytes, bool caseless);

  uint32_t key_bytes() const { return key_bytes_; }
  // Returns the parts of the members.
  const std::vector<uint32_t>& parts() const { return parts_; }

  // Calls found(part, start, end) for each occurrence in the text: those of one pattern in order,
  // overlapping ones included. The same occurrence may be reported twice.
  template <typename Found>
  void ForEach(const uint8_t* text, size_t size, const Found& found) const;

 private:
  // A prefix and its pattern. The struct is small, because thousands of them are read.
  struct PrefixEntry {
    uint64_t value;
    uint32_t member;
    uint8_t bytes;
    bool is_whole;  // where the prefix stands, the pattern stands, and no more
  };
  static_assert(sizeof(PrefixEntry) == 16);

  // `index` selects one of the lengths of the filter.
  uint32_t BucketOf(uint64_t eight, size_t index) const {
    return HashOf(FirstOf(eight, filter_->length(index)), bucket_bits_);
  }

  // A bucket to search for the patterns that begin with these eight bytes at an offset.
  struct Lookup {
    size_t offset;
    uint64_t eight;
    uint32_t bucket;
  };
  // Candidates are looked up in groups of this size, so that their waits for memory overlap.
  static constexpr size_t kBatchSize = 64;

  // Returns false if the linear search has to take over from this offset.
  template <typename Found>
  bool VerifyBucket(const uint8_t* text, size_t size, const Lookup& lookup, size_t& steps,
                    const Found& found) const;

  uint32_t key_bytes_;
  uint64_t fold_;
  // These three have an entry for each member.
  std::vector<Verifier> verifiers_;
  std::vector<FoldedPattern> patterns_;
  std::vector<uint32_t> parts_;
  std::optional<PrefixFilter> filter_;
  // Grouped by the hash of the prefix: bucket b is [buckets_[b], buckets_[b + 1]).
  unsigned bucket_bits_;
  std::vector<uint32_t> buckets_;
  std::vector<PrefixEntry> prefix_entries_;
  std::unique_ptr<LinearSearch> linear_;
  size_t max_steps_;  // for each byte of a text
};

template <typename Found>
void PrefixSearch::ForEach(const uint8_t* text, size_t size, const Found& found) const {
  if (size < key_bytes_) return;
  size_t steps = 0;
  PrefixFilter::Candidates candidates;
  const size_t end = size - key_bytes_ + 1;
  for (size_t from = 0; from < end; from += PrefixFilter::kRangeSize) {
    const size_t to = std::min(end, from + PrefixFilter::kRangeSize);
    const size_t count = filter_->Find(text, size, from, to, candidates);
    for (size_t first = 0; first < count; first += kBatchSize) {
      const size_t last = std::min(count, first + kBatchSize);
      std::array<Lookup, PrefixFilter::kLengths * kBatchSize> lookups;
      size_t wanted = 0;
      for (size_t i = first; i < last; ++i) {
        const size_t offset = from + candidates[i].offset;
        const uint64_t eight = EightAt(text, size, offset) | fold_;
        for (uint32_t left = candidates[i].lengths; left != 0; left &= left - 1) {
          const uint32_t bucket = BucketOf(eight, static_cast<size_t>(std::countr_zero(left)));
          __builtin_prefetch(&buckets_[bucket]);
          lookups[wanted++] = {offset, eight, bucket};
        }
      }
      for (size_t i = 0; i < wanted; ++i) {
        __builtin_prefetch(prefix_entries_.data() + buckets_[lookups[i].bucket]);
      }
      for (size_t i = 0; i < wanted; ++i) {
        if (VerifyBucket(text, size, lookups[i], steps, found)) continue;
        // Occurrences that were found at this offset already are reported twice.
        return linear_->ForEach(text, size, lookups[i].offset, found);
      }
    }
  }
}

template <typename Found>
bool PrefixSearch::VerifyBucket(const uint8_t* text, size_t size, const Lookup& lookup,
                                size_t& steps, const Found& found) const {
  const size_t offset = lookup.offset;
  for (uint32_t at = buckets_[lookup.bucket]; at < buckets_[lookup.bucket + 1]; ++at) {
    CountStep();
    if (++steps > max_steps_ * size) return false;
    const PrefixEntry& prefix = prefix_entries_[at];
    if (FirstOf(lookup.eight, prefix.bytes) != prefix.value) continue;
    const uint32_t part = parts_[prefix.member];
    if (prefix.is_whole) {
      if (size - offset >= prefix.bytes) found(part, offset, offset + prefix.bytes);
      continue;
    }
    size_t start, end;
    const Verifier::Answer answer = verifiers_[prefix.member].Check(text, size, offset, start, end);
    if (answer == Verifier::Answer::kYes) found(part, start, end);
    if (answer != Verifier::Answer::kVerify) continue;
    const Verifier::Verified verified =
        verifiers_[prefix.member].Verify(patterns_[prefix.member], text, size, offset);
    if (verified.is_occurrence) found(part, verified.start, verified.end);
    steps += verified.steps;
  }
  return true;
}

}  // namespace mpicount
