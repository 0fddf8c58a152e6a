#include "prefix_search.h"

#include <utility>

#include "choose_anchors.h"

namespace mpicount {
namespace {

// Patterns with more prefixes than this, each or all together, are looked up by their keys only.
constexpr size_t kMaxPrefixes = 64;
constexpr size_t kMaxPrefixesEach = 8;
constexpr size_t kMaxPrefixesInAll = 100'000;

// The number of patterns that may share a prefix; each of them is verified where the prefix occurs.
constexpr uint32_t kMaxSharing = 8;
// The bit in which the cases of a letter differ, for eight bytes.
constexpr uint64_t kCase = 0x2020202020202020;

// The prefixes of patterns, from an element on, as their keys.
struct PrefixKeys {
  const std::vector<PrefixSearch::Member>& members;
  uint64_t fold;

  template <typename Take>
  void ForEachKey(size_t member, size_t anchor, const Take& take) const {
    for (const Prefix& prefix : PrefixesOf(members[member].pattern, anchor, Prefix::kMax, fold)) {
      take(prefix.value);
    }
  }

  // Takes some elements, from the first to the last one from which a whole prefix is left.
  template <typename Take>
  void ForEachAnchor(size_t member, const Take& take) const {
    const FoldedPattern& pattern = members[member].pattern;
    size_t last = pattern.size();
    for (size_t left = 0; last > 0 && left < Prefix::kMax;) left += ShortestOf(*pattern[--last]);
    const size_t step = last / kMaxAnchors + 1;
    for (size_t anchor = last % step; anchor <= last; anchor += step) take(anchor);
  }
};

}  // namespace

uint32_t PrefixSearch::KeyBytes(const FoldedPattern& pattern) {
  size_t bytes = 0;
  for (size_t i = 0; i < pattern.size() && bytes < kMaxKeyBytes; ++i)
    bytes += ShortestOf(*pattern[i]);
  return static_cast<uint32_t>(std::min<size_t>(bytes, kMaxKeyBytes));
}

PrefixSearch::PrefixSearch(const std::vector<Member>& members, uint32_t key_bytes, bool caseless)
    : key_bytes_(key_bytes),
      fold_(caseless ? kCase : 0),
      max_steps_(std::min(LinearSearch::kMaxListSteps, LinearSearch::kMaxSteps * members.size())) {
  const std::vector<size_t> anchors =
      ChooseAnchors(members.size(), kMaxSharing, 4, PrefixKeys{members, fold_});
  std::vector<Prefix> prefixes;
  std::vector<PrefixEntry> prefix_entries;
  std::vector<LinearSearch::Member> linear;
  for (size_t i = 0; i < members.size(); ++i) {
    const auto& [part, pattern] = members[i];
    std::vector<Prefix> own = PrefixesOf(pattern, anchors[i], Prefix::kMax, fold_);
    if (own.size() > kMaxPrefixes || prefixes.size() > kMaxPrefixesEach * i + kMaxPrefixesInAll) {
      own = PrefixesOf(pattern, anchors[i], key_bytes, fold_);
    }
    for (const Prefix& prefix : own) {
      prefixes.push_back(prefix);
      prefix_entries.push_back({prefix.value, static_cast<uint32_t>(i),
                                static_cast<uint8_t>(prefix.bytes),
                                prefix.is_whole && anchors[i] == 0});
    }
    verifiers_.emplace_back(pattern, anchors[i]);
    patterns_.push_back(pattern);
    parts_.push_back(part);
    linear.push_back({part, static_cast<uint32_t>(anchors[i]), pattern});
  }
  linear_ = std::make_unique<LinearSearch>([linear = std::move(linear)] { return linear; });
  filter_.emplace(prefixes, key_bytes, fold_);
  bucket_bits_ = static_cast<unsigned>(std::bit_width(prefixes.size())) + 1;
  buckets_.resize((size_t{1} << bucket_bits_) + 1);
  const auto bucket_of = [&](const Prefix& prefix) {
    return BucketOf(prefix.value, filter_->IndexFor(prefix));
  };
  for (const Prefix& prefix : prefixes) ++buckets_[bucket_of(prefix) + 1];
  for (size_t i = 1; i < buckets_.size(); ++i) buckets_[i] += buckets_[i - 1];
  std::vector<uint32_t> next(buckets_.begin(), buckets_.end() - 1);
  prefix_entries_.resize(prefix_entries.size());
  for (size_t i = 0; i < prefixes.size(); ++i)
    prefix_entries_[next[bucket_of(prefixes[i])]++] = prefix_entries[i];
}

}  // namespace mpicount
