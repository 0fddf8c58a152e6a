#include "anchors.h"

#include <algorithm>
#include <bit>

#include "gram.h"
#include "utf8.h"

namespace mpicount {
namespace {

using Member = GramSearch::Member;

// The number of members that may share an anchor; each of them is verified where it stands.
constexpr uint32_t kMaxSharing = 4;
// Grams that are shorter than this are frequent, so the rarest one is chosen in any case.
constexpr uint32_t kRareBytes = 12;
// The maximum of other grams to choose from.
constexpr size_t kMaxChoice = 16;

// Upper bound on how often a gram was added: hash collisions add up. The bound is good for small
// numbers; large ones are cut.
class GramFrequency {
 public:
  explicit GramFrequency(size_t grams)
      : bits_(std::clamp(static_cast<unsigned>(std::bit_width(grams)) + 1, 12u, 25u)),
        counts_(size_t{1} << bits_) {}

  void Add(uint64_t hash) {
    uint16_t& count = counts_[hash >> (64 - bits_)];
    count += count != UINT16_MAX;
  }
  uint32_t Of(uint64_t hash) const { return counts_[hash >> (64 - bits_)]; }

 private:
  unsigned bits_;
  std::vector<uint16_t> counts_;
};

// Calls take(offset) for some offsets at which an anchor of the member can begin, among them the
// first and the last.
template <typename Take>
void ForEachChoice(const Member& member, uint32_t gram_bytes, const Take& take) {
  const uint32_t last = member.length - gram_bytes;
  const uint32_t step = last / kMaxChoice + 1;
  uint32_t before = UINT32_MAX;
  for (uint32_t i = 0; i <= last / step; ++i) {
    uint32_t offset = last - (last / step - i) * step;
    if (i == 0) offset = 0;
    while (offset > 0 && IsContinuation(member.bytes[offset])) --offset;
    if (offset == before) continue;
    take(offset);
    before = offset;
  }
}

}  // namespace

void ChooseAnchors(std::vector<Member>& members, uint32_t gram_bytes) {
  const GramHash gram(gram_bytes);
  const auto hash_at = [&gram](const Member& member, uint32_t offset) {
    return gram.Of(member.bytes, member.length, offset);
  };
  GramFrequency at_start(members.size());
  for (Member& member : members) {
    member.anchor = 0;
    at_start.Add(hash_at(member, 0));
  }
  const uint32_t max_sharing = gram_bytes < kRareBytes ? 0 : kMaxSharing;
  std::vector<Member*> crowded;
  for (Member& member : members) {
    if (member.length == gram_bytes) continue;
    if (at_start.Of(hash_at(member, 0)) > max_sharing) crowded.push_back(&member);
  }
  GramFrequency anywhere(crowded.size() * kMaxChoice);
  for (const Member* member : crowded) {
    ForEachChoice(*member, gram_bytes,
                  [&](uint32_t offset) { anywhere.Add(hash_at(*member, offset)); });
  }
  for (Member* member : crowded) {
    uint32_t min = UINT32_MAX;
    ForEachChoice(*member, gram_bytes, [&](uint32_t offset) {
      const uint32_t crowd = anywhere.Of(hash_at(*member, offset));
      if (crowd >= min) return;
      min = crowd;
      member->anchor = offset;
    });
  }
}

}  // namespace mpicount
