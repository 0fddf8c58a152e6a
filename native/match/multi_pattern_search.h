// Finding many patterns in one go: a filter tells the offsets at which one of them may begin, a
// table which of them begin so, and these are looked at in full. Where many begin alike, it is not
// their beginning that is looked for, but a part in which they differ.
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
#include "linear_search.h"
#include "prefix_filter.h"
#include "prefixes.h"
#include "steps.h"
#include "verifier.h"

namespace mpicount {

class MultiPatternSearch {
 public:
  // What is to be found, and under which number. The pattern are only pointed at.
  struct Member {
    size_t part;
    const FoldedPattern* pattern;
  };

  // How many bytes occurrences have at least, up to as many as they are looked for by first.
  static constexpr uint32_t kMaxKeyBytes = 4;
  static uint32_t KeyBytes(const FoldedPattern& pattern);

  // `key_bytes`: what KeyBytes() is for all of them, 2 or more. `caseless`: letters of ASCII are
  // there in both cases.
  MultiPatternSearch(const std::vector<Member>& members, uint32_t key_bytes, bool caseless);

  // Calls found(part, start, end) for each occurrence that lies in the text: those of a pattern in
  // order, overlapping ones too. The same one may come twice.
  template <typename Found>
  void ForEach(const uint8_t* text, size_t size, const Found& found) const;

 private:
  // A prefix, and whose it is. Small, as thousands of these are looked at.
  struct PrefixEntry {
    uint64_t value;
    uint32_t member;
    uint8_t bytes;
    bool is_whole;  // where the prefix stands, the pattern stands, and no more
  };
  static_assert(sizeof(PrefixEntry) == 16);

  // `index`: by which length of the filter.
  uint32_t BucketOf(uint64_t eight, size_t index) const {
    return HashOf(FirstOf(eight, filter_->length(index)), bucket_bits_);
  }

  // A bucket to look in for what begins at a offset with these eight bytes.
  struct Lookup {
    size_t offset;
    uint64_t eight;
    uint32_t bucket;
  };
  // So many candidates are looked up together, as each has to wait for memory, but not for others.
  static constexpr size_t kBatchSize = 64;

  // False when this and what comes after it is left to the linear search.
  template <typename Found>
  bool VerifyBucket(const uint8_t* text, size_t size, const Lookup& lookup, size_t& steps,
                    const Found& found) const;

  uint32_t key_bytes_;
  uint64_t fold_;
  std::vector<Verifier> verifiers_;
  std::vector<uint32_t> parts_;  // of the entries
  std::optional<PrefixFilter> filter_;
  // In buckets, by the hash of what they are looked for by: bucket b is
  // [buckets_[b], buckets_[b + 1]).
  unsigned bucket_bits_;
  std::vector<uint32_t> buckets_;
  std::vector<PrefixEntry> prefix_entries_;
  std::unique_ptr<LinearSearch> linear_;
  size_t max_steps_;  // for each byte of a text
};

template <typename Found>
void MultiPatternSearch::ForEach(const uint8_t* text, size_t size, const Found& found) const {
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
        // What was found at this offset comes twice.
        return linear_->ForEach(text, size, lookups[i].offset, found);
      }
    }
  }
}

template <typename Found>
bool MultiPatternSearch::VerifyBucket(const uint8_t* text, size_t size, const Lookup& lookup,
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
    const Verifier::Verified verified = verifiers_[prefix.member].Verify(text, size, offset);
    if (verified.is_occurrence) found(part, verified.start, verified.end);
    steps += verified.steps;
  }
  return true;
}

}  // namespace mpicount
