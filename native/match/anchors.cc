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

// The grams of members as their keys.
class GramKeys {
 public:
  GramKeys(const std::vector<Member>& members, uint32_t gram_bytes)
      : members_(members), gram_(gram_bytes) {}

  template <typename Take>
  void ForEachKey(size_t member, size_t anchor, const Take& take) const {
    take(gram_.Of(members_[member].bytes, members_[member].length, anchor));
  }

  // Takes some offsets at which an anchor can begin, among them the first and the last.
  template <typename Take>
  void ForEachAnchor(size_t index, const Take& take) const {
    const Member& member = members_[index];
    const uint32_t last = member.length - gram_.bytes();
    if (last == 0) return;
    const uint32_t step = last / kMaxAnchors + 1;
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

 private:
  const std::vector<Member>& members_;
  GramHash gram_;
};

}  // namespace

void ChooseAnchors(std::vector<Member>& members, uint32_t gram_bytes) {
  const uint32_t max_sharing = gram_bytes < kRareBytes ? 0 : kMaxSharing;
  const std::vector<size_t> anchors =
      ChooseAnchors(members.size(), max_sharing, 1, GramKeys(members, gram_bytes));
  for (size_t i = 0; i < members.size(); ++i) members[i].anchor = static_cast<uint32_t>(anchors[i]);
}

}  // namespace mpicount
