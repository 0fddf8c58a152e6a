#include "set_search.h"

#include <utility>

namespace mpicount {
namespace {

// Patterns that may begin in more ways than this are looked up by their keys only.
constexpr size_t kManyHeads = 64;

// The bit in which the cases of a letter differ, in eight bytes.
constexpr uint64_t kCase = 0x2020202020202020;

}  // namespace

uint32_t SetSearch::KeyBytes(const std::vector<Unit>& units) {
  size_t bytes = 0;
  for (const Unit& unit : units) bytes += ShortestOf(unit);
  return static_cast<uint32_t>(std::min<size_t>(bytes, kMostKeyBytes));
}

SetSearch::SetSearch(const std::vector<Member>& members, bool caseless)
    : SetSearch(members, KeyBytes(*members[0].units), caseless ? kCase : 0) {}

SetSearch::SetSearch(const std::vector<Member>& members, uint32_t key_bytes, uint64_t fold)
    : SetSearch(members, AllHeads(members, key_bytes, fold), key_bytes, fold) {}

SetSearch::SetSearch(const std::vector<Member>& members, std::vector<OwnedHead> heads,
                     uint32_t key_bytes, uint64_t fold)
    : key_bytes_(key_bytes),
      fold_(fold),
      filter_(HeadsIn(heads), key_bytes, fold),
      bucket_bits_(static_cast<unsigned>(std::bit_width(heads.size())) + 1),
      buckets_((size_t{1} << bucket_bits_) + 1) {
  for (const Member& member : members) {
    entries_.emplace_back(*member.units, 0);
    parts_.push_back(static_cast<uint32_t>(member.part));
  }
  const auto bucket_of = [&](const OwnedHead& owned) {
    return BucketOf(owned.head.value, filter_.LengthOf(owned.head));
  };
  std::stable_sort(heads.begin(), heads.end(), [&](const OwnedHead& one, const OwnedHead& other) {
    return bucket_of(one) < bucket_of(other);
  });
  for (const OwnedHead& owned : heads) {
    const auto& [value, bytes, is_whole] = owned.head;
    beginnings_.push_back({value, owned.entry, static_cast<uint8_t>(bytes), is_whole});
    ++buckets_[bucket_of(owned) + 1];
  }
  for (size_t i = 1; i < buckets_.size(); ++i) buckets_[i] += buckets_[i - 1];
}

std::vector<SetSearch::OwnedHead> SetSearch::AllHeads(const std::vector<Member>& members,
                                                      uint32_t key_bytes, uint64_t fold) {
  std::vector<OwnedHead> all;
  for (size_t i = 0; i < members.size(); ++i) {
    const std::vector<Unit>& units = *members[i].units;
    std::vector<Head> heads = HeadsOf(units, Head::kMost, fold);
    if (heads.size() > kManyHeads) heads = HeadsOf(units, key_bytes, fold);
    for (const Head& head : heads) all.push_back({head, static_cast<uint32_t>(i)});
  }
  return all;
}

std::vector<Head> SetSearch::HeadsIn(const std::vector<OwnedHead>& owned) {
  std::vector<Head> heads;
  for (const auto& [head, entry] : owned) heads.push_back(head);
  return heads;
}

}  // namespace mpicount
