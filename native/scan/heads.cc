#include "heads.h"

#include <algorithm>

namespace mpicount {
namespace {

// Adds those that go on from `head` with units[unit...].
void Add(const std::vector<Unit>& units, size_t unit, const Head& head, uint32_t most,
         std::vector<Head>& heads) {
  if (unit == units.size() || head.bytes == most) {
    heads.push_back(head);
    heads.back().is_whole = unit == units.size();
    return;
  }
  for (const std::string& alternative : units[unit]) {
    Head longer = head;
    const size_t taken = std::min<size_t>(alternative.size(), most - head.bytes);
    for (size_t i = 0; i < taken; ++i, ++longer.bytes) {
      longer.value |= uint64_t{static_cast<uint8_t>(alternative[i])} << 8 * longer.bytes;
    }
    if (taken < alternative.size()) {
      heads.push_back(longer);
    } else {
      Add(units, unit + 1, longer, most, heads);
    }
  }
}

// Whether all bytes are letters of ASCII, which no other bytes become by setting the bit in which
// their cases differ.
bool AreLetters(const Head& head) {
  for (uint32_t i = 0; i < head.bytes; ++i) {
    const uint64_t byte = head.value >> 8 * i & 0xFF;
    if (byte < 'a' || byte > 'z') return false;
  }
  return true;
}

}  // namespace

std::vector<Head> HeadsOf(const std::vector<Unit>& units, uint32_t most, uint64_t fold) {
  std::vector<Head> heads;
  Add(units, 0, {}, most, heads);
  for (Head& head : heads) {
    head.value |= FirstOf(fold, head.bytes);
    head.is_whole = head.is_whole && (fold == 0 || AreLetters(head));
  }
  std::sort(heads.begin(), heads.end());
  heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
  return heads;
}

}  // namespace mpicount
