// Chooses where in each of many patterns it is looked up.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "prefixes.h"

namespace mpicount {

// The maximum of anchors to choose from, besides the first.
constexpr size_t kMaxAnchors = 16;

// Upper bound on how often a key was added: hash collisions add up. The bound is good for small
// numbers; large ones are cut.
class KeyFrequency {
 public:
  // `spare_bits` more bits than needed to number the keys keep collisions rare.
  KeyFrequency(size_t keys, unsigned spare_bits)
      : bits_(std::clamp(static_cast<unsigned>(std::bit_width(keys)) + spare_bits, 12u, 25u)),
        counts_(size_t{1} << bits_) {}

  void Add(uint64_t key) {
    uint16_t& count = counts_[HashOf(key, bits_)];
    count += count != UINT16_MAX;
  }
  uint32_t Of(uint64_t key) const { return counts_[HashOf(key, bits_)]; }

 private:
  unsigned bits_;
  std::vector<uint16_t> counts_;
};

// Returns the anchor of each pattern: 0, unless more than `max_sharing` patterns have the same keys
// there; then one at which few of those patterns have the same. `keys` has
//  - ForEachKey(pattern, anchor, take), which calls take(key) for the keys of a pattern that is
//    looked up at this anchor, and
//  - ForEachAnchor(pattern, take), which calls take(anchor) for the anchors to choose from.
template <typename Keys>
std::vector<size_t> ChooseAnchors(size_t patterns, uint32_t max_sharing, unsigned spare_bits,
                                  const Keys& keys) {
  const auto add = [&](KeyFrequency& frequency, size_t pattern, size_t anchor) {
    keys.ForEachKey(pattern, anchor, [&](uint64_t key) { frequency.Add(key); });
  };
  const auto sharing = [&](const KeyFrequency& frequency, size_t pattern, size_t anchor) {
    uint32_t most = 0;
    keys.ForEachKey(pattern, anchor,
                    [&](uint64_t key) { most = std::max(most, frequency.Of(key)); });
    return most;
  };
  KeyFrequency at_start(patterns, spare_bits);
  for (size_t i = 0; i < patterns; ++i) add(at_start, i, 0);
  std::vector<size_t> crowded;
  for (size_t i = 0; i < patterns; ++i) {
    if (sharing(at_start, i, 0) > max_sharing) crowded.push_back(i);
  }
  KeyFrequency anywhere(crowded.size() * kMaxAnchors, spare_bits);
  for (const size_t i : crowded) {
    keys.ForEachAnchor(i, [&](size_t anchor) { add(anywhere, i, anchor); });
  }
  std::vector<size_t> chosen(patterns, 0);
  for (const size_t i : crowded) {
    uint32_t least = UINT32_MAX;
    keys.ForEachAnchor(i, [&](size_t anchor) {
      const uint32_t crowd = sharing(anywhere, i, anchor);
      if (crowd >= least) return;
      least = crowd;
      chosen[i] = anchor;
    });
  }
  return chosen;
}

}  // namespace mpicount
