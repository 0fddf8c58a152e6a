#include "anchors.h"

#include "choose_anchors.h"
#include "gram.h"
#include "utf8.h"

namespace mpicount {
namespace {

using Member = GramSearch::Member;

// The number of members that may share an anchor; each of them is verified where it stands.
constexpr uint32_t kMaxSharing = 4;
// Grams that are shorter than this are frequent, so the rarest one is chosen in any case.
constexpr uint32_t kRareBytes = 12;

// The grams of members as their keys. The anchors that it knows count from the first one. Of the
// grams from an anchor on, the first and the last tell how frequent all of them are.
class GramKeys {
 public:
  GramKeys(const std::vector<Member>& members, const GramLookup& lookup)
      : members_(members), lookup_(lookup), gram_(lookup.bytes) {}

  template <typename Take>
  void ForEachKey(size_t index, size_t anchor, const Take& take) const {
    const Member& member = members_[index];
    const size_t first = member.anchor + anchor;
    take(gram_.Of(member.bytes, member.length, first));
    if (lookup_.stride == 1) return;
    take(gram_.Of(member.bytes, member.length, first + lookup_.stride - 1));
  }

  // Takes some anchors, among them the first one and the last.
  template <typename Take>
  void ForEachAnchor(size_t index, const Take& take) const {
    const Member& member = members_[index];
    const uint32_t last = member.length - lookup_.min_length() - member.anchor;
    if (last == 0) return;
    const uint8_t* const last_gram = member.bytes + member.anchor + lookup_.stride - 1;
    const uint32_t step = last / kMaxAnchors + 1;
    uint32_t before = UINT32_MAX;
    for (uint32_t i = 0; i <= last / step; ++i) {
      uint32_t offset = last - (last / step - i) * step;
      if (i == 0) offset = 0;
      while (offset > 0 && IsContinuation(last_gram[offset])) --offset;
      if (offset == before) continue;
      take(offset);
      before = offset;
    }
  }

 private:
  const std::vector<Member>& members_;
  GramLookup lookup_;
  GramHash gram_;
};

}  // namespace

std::optional<uint32_t> FirstAnchor(const uint8_t* bytes, uint32_t length,
                                    const GramLookup& lookup) {
  if (length < lookup.min_length()) return std::nullopt;
  if (lookup.stride == 1) return 0;
  for (uint32_t anchor = 0; anchor <= length - lookup.min_length(); ++anchor) {
    if (!IsContinuation(bytes[anchor + lookup.stride - 1])) return anchor;
  }
  return std::nullopt;
}

void ChooseAnchors(std::vector<Member>& members, const GramLookup& lookup) {
  for (Member& member : members) {
    member.anchor = *FirstAnchor(member.bytes, member.length, lookup);
  }
  const uint32_t max_sharing = lookup.bytes < kRareBytes ? 0 : kMaxSharing;
  const std::vector<size_t> anchors = ChooseAnchors(
      members.size(), max_sharing, lookup.stride == 1 ? 1 : 2, GramKeys(members, lookup));
  for (size_t i = 0; i < members.size(); ++i) {
    members[i].anchor += static_cast<uint32_t>(anchors[i]);
  }
}

}  // namespace mpicount
