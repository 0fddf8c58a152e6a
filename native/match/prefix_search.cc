#include "prefix_search.h"

#include <utility>

namespace mpicount {
namespace {

// Patterns with more prefixes than this, each or all together, are looked up by their keys only.
constexpr size_t kMaxPrefixes = 64;
constexpr size_t kMaxPrefixesEach = 8;
constexpr size_t kMaxPrefixesInAll = 100'000;

// The number of patterns that may share a prefix; each of them is verified where the prefix occurs.
constexpr uint32_t kMaxSharing = 8;
// The maximum of other elements to look a pattern up by.
constexpr size_t kMaxAnchors = 16;

// The bit in which the cases of a letter differ, for eight bytes.
constexpr uint64_t kCase = 0x2020202020202020;

// Upper bound on how many patterns share a prefix: hash collisions add up.
class PrefixFrequency {
 public:
  explicit PrefixFrequency(size_t patterns)
      : bits_(std::clamp(static_cast<unsigned>(std::bit_width(patterns)) + 4, 12u, 24u)),
        counts_(size_t{1} << bits_) {}

  void Add(const std::vector<Prefix>& prefixes) {
    for (const Prefix& prefix : prefixes) ++counts_[HashOf(prefix.value, bits_)];
  }

  uint32_t Of(const std::vector<Prefix>& prefixes) const {
    uint32_t max = 0;
    for (const Prefix& prefix : prefixes) max = std::max(max, counts_[HashOf(prefix.value, bits_)]);
    return max;
  }

 private:
  unsigned bits_;
  std::vector<uint32_t> counts_;
};

// Returns some elements of a pattern, from its start to the last one from which a whole prefix is
// left.
std::vector<size_t> AnchorsOf(const FoldedPattern& pattern) {
  size_t last = pattern.size();
  for (size_t left = 0; last > 0 && left < Prefix::kMax;) left += ShortestOf(*pattern[--last]);
  const size_t step = last / kMaxAnchors + 1;
  std::vector<size_t> anchors;
  for (size_t anchor = last % step; anchor <= last; anchor += step) anchors.push_back(anchor);
  return anchors;
}

// Chooses the element at which each pattern is looked up: the first, unless too many others begin
// alike.
std::vector<size_t> ChooseAnchors(const std::vector<PrefixSearch::Member>& members, uint64_t fold) {
  std::vector<size_t> chosen(members.size(), 0);
  const auto prefixes_at = [&](size_t member, size_t anchor) {
    return PrefixesOf(*members[member].pattern, anchor, Prefix::kMax, fold);
  };
  PrefixFrequency at_start(members.size());
  for (size_t i = 0; i < members.size(); ++i) at_start.Add(prefixes_at(i, 0));
  std::vector<size_t> crowded;
  for (size_t i = 0; i < members.size(); ++i) {
    if (at_start.Of(prefixes_at(i, 0)) > kMaxSharing) crowded.push_back(i);
  }
  PrefixFrequency anywhere(crowded.size() * kMaxAnchors);
  for (const size_t i : crowded) {
    for (const size_t anchor : AnchorsOf(*members[i].pattern)) anywhere.Add(prefixes_at(i, anchor));
  }
  for (const size_t i : crowded) {
    uint32_t min = ~uint32_t{0};
    for (const size_t anchor : AnchorsOf(*members[i].pattern)) {
      const uint32_t crowd = anywhere.Of(prefixes_at(i, anchor));
      if (crowd >= min) continue;
      min = crowd;
      chosen[i] = anchor;
    }
  }
  return chosen;
}

}  // namespace

uint32_t PrefixSearch::KeyBytes(const FoldedPattern& pattern) {
  size_t bytes = 0;
  for (const CharVariants* element : pattern) bytes += ShortestOf(*element);
  return static_cast<uint32_t>(std::min<size_t>(bytes, kMaxKeyBytes));
}

PrefixSearch::PrefixSearch(const std::vector<Member>& members, uint32_t key_bytes, bool caseless)
    : key_bytes_(key_bytes),
      fold_(caseless ? kCase : 0),
      max_steps_(std::min(LinearSearch::kMaxListSteps, LinearSearch::kMaxSteps * members.size())) {
  const std::vector<size_t> anchors = ChooseAnchors(members, fold_);
  std::vector<Prefix> prefixes;
  std::vector<PrefixEntry> prefix_entries;
  std::vector<LinearSearch::Member> linear;
  for (size_t i = 0; i < members.size(); ++i) {
    const auto& [part, pattern] = members[i];
    std::vector<Prefix> own = PrefixesOf(*pattern, anchors[i], Prefix::kMax, fold_);
    if (own.size() > kMaxPrefixes || prefixes.size() > kMaxPrefixesEach * i + kMaxPrefixesInAll) {
      own = PrefixesOf(*pattern, anchors[i], key_bytes, fold_);
    }
    for (const Prefix& prefix : own) {
      prefixes.push_back(prefix);
      prefix_entries.push_back({prefix.value, static_cast<uint32_t>(i),
                                static_cast<uint8_t>(prefix.bytes),
                                prefix.is_whole && anchors[i] == 0});
    }
    verifiers_.emplace_back(*pattern, anchors[i]);
    parts_.push_back(static_cast<uint32_t>(part));
    linear.push_back({part, pattern, anchors[i]});
  }
  linear_ = std::make_unique<LinearSearch>(std::move(linear));
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
