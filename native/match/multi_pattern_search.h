// Finding many patterns in one go: a filter tells the places at which one of them may begin, a
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
  // What is to be found, and under which number. The units are only pointed at.
  struct Member {
    size_t part;
    const FoldedPattern* units;
  };

  // How many bytes occurrences have at least, up to as many as they are looked for by first.
  static constexpr uint32_t kMaxKeyBytes = 4;
  static uint32_t KeyBytes(const FoldedPattern& units);

  // `key_bytes`: what KeyBytes() is for all of them, 2 or more. `caseless`: letters of ASCII are
  // there in both cases.
  MultiPatternSearch(const std::vector<Member>& members, uint32_t key_bytes, bool caseless);

  // Calls found(part, start, end) for each occurrence that lies in the text: those of a pattern in
  // order, overlapping ones too. The same one may come twice.
  template <typename Found>
  void ForEach(const uint8_t* text, size_t size, const Found& found) const;

 private:
  // A head, and whose it is. Small, as thousands of these are looked at.
  struct Beginning {
    uint64_t value;
    uint32_t entry;
    uint8_t bytes;
    bool is_whole;  // where the head stands, the pattern stands, and no more
  };
  static_assert(sizeof(Beginning) == 16);

  // `index`: by which length of the filter.
  uint32_t BucketOf(uint64_t eight, size_t index) const {
    return HashOf(FirstOf(eight, filter_->length(index)), bucket_bits_);
  }

  // A bucket to look in for what begins at a place with these eight bytes.
  struct Lookup {
    size_t place;
    uint64_t eight;
    uint32_t bucket;
  };
  // So many candidates are looked up together, as each has to wait for memory, but not for others.
  static constexpr size_t kTogether = 64;

  // False when this and what comes after it is left to the linear search.
  template <typename Found>
  bool Look(const uint8_t* text, size_t size, const Lookup& lookup, size_t& steps,
            const Found& found) const;

  uint32_t key_bytes_;
  uint64_t fold_;
  std::vector<Verifier> entries_;
  std::vector<uint32_t> parts_;  // of the entries
  std::optional<PrefixFilter> filter_;
  // In buckets, by the hash of what they are looked for by: bucket b is
  // [buckets_[b], buckets_[b + 1]).
  unsigned bucket_bits_;
  std::vector<uint32_t> buckets_;
  std::vector<Beginning> beginnings_;
  std::unique_ptr<LinearSearch> linear_;
  size_t max_steps_;  // for each byte of a text
};

template <typename Found>
void MultiPatternSearch::ForEach(const uint8_t* text, size_t size, const Found& found) const {
  if (size < key_bytes_) return;
  size_t steps = 0;
  PrefixFilter::Candidates candidates;
  const size_t end = size - key_bytes_ + 1;
  for (size_t from = 0; from < end; from += PrefixFilter::kStretch) {
    const size_t to = std::min(end, from + PrefixFilter::kStretch);
    const size_t count = filter_->Find(text, size, from, to, candidates);
    for (size_t first = 0; first < count; first += kTogether) {
      const size_t last = std::min(count, first + kTogether);
      std::array<Lookup, PrefixFilter::kLengths * kTogether> lookups;
      size_t wanted = 0;
      for (size_t i = first; i < last; ++i) {
        const size_t place = from + candidates[i].place;
        const uint64_t eight = EightAt(text, size, place) | fold_;
        for (uint32_t left = candidates[i].lengths; left != 0; left &= left - 1) {
          const uint32_t bucket = BucketOf(eight, static_cast<size_t>(std::countr_zero(left)));
          __builtin_prefetch(&buckets_[bucket]);
          lookups[wanted++] = {place, eight, bucket};
        }
      }
      for (size_t i = 0; i < wanted; ++i) {
        __builtin_prefetch(beginnings_.data() + buckets_[lookups[i].bucket]);
      }
      for (size_t i = 0; i < wanted; ++i) {
        if (Look(text, size, lookups[i], steps, found)) continue;
        // What was found at this place comes twice.
        return linear_->ForEach(text, size, lookups[i].place, found);
      }
    }
  }
}

template <typename Found>
bool MultiPatternSearch::Look(const uint8_t* text, size_t size, const Lookup& lookup, size_t& steps,
                              const Found& found) const {
  const size_t place = lookup.place;
  for (uint32_t at = buckets_[lookup.bucket]; at < buckets_[lookup.bucket + 1]; ++at) {
    CountStep();
    if (++steps > max_steps_ * size) return false;
    const Beginning& head = beginnings_[at];
    if (FirstOf(lookup.eight, head.bytes) != head.value) continue;
    const uint32_t part = parts_[head.entry];
    if (head.is_whole) {
      if (size - place >= head.bytes) found(part, place, place + head.bytes);
      continue;
    }
    size_t start, end;
    const Verifier::Answer answer = entries_[head.entry].Check(text, size, place, start, end);
    if (answer == Verifier::Answer::kYes) found(part, start, end);
    if (answer != Verifier::Answer::kVerify) continue;
    const Verifier::Verified verified = entries_[head.entry].Verify(text, size, place);
    if (verified.is_occurrence) found(part, verified.start, verified.end);
    steps += verified.steps;
  }
  return true;
}

}  // namespace mpicount
